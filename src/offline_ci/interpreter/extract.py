"""Finds the program in what a model wrote.

Models wrap programs in fences of several kinds, forget to close them, talk around them, and paste notebook or REPL
prompts. What comes out is source text; whether it compiles is for the sandbox to say.
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from dataclasses import dataclass

_PYTHON_LABELS = frozenset({"python", "python3", "py", "py3", "ipython", "ipython3", "pycon", "jupyter", "{python}"})
_FENCE = re.compile(r"[ \t]{0,3}(`{3,}|~{3,})[ \t]*([^`\n]*?)[ \t]*")
_IN_PROMPT = re.compile(r"^[ \t]*In ?\[ *\d*\]: ?")
_CONTINUED_PROMPT = re.compile(r"^[ \t]*\.\.\.: ?")
_OUT_PROMPT = re.compile(r"^[ \t]*Out ?\[ *\d*\]:")
_REPL_PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.)(?: |$)")
_MAGIC = re.compile(r"^[ \t]*[%!?]")


@dataclass(frozen=True, slots=True)
class _Block:
    label: str
    text: str


def extract_code(reply: str) -> str | None:
    """The program in a reply, None where there is none.

    Python blocks are joined in their order: models cut one program into several. A block without a label counts
    where it is Python; a reply without fences counts where all of it is.

    Args:
        reply: the whole message, the prefilled fence included.
    """
    blocks = _fenced_blocks(reply)
    programs = [clean_code(block.text) for block in blocks if block.label in _PYTHON_LABELS]
    if not any(programs):
        unlabelled = (clean_code(block.text) for block in blocks if not block.label)
        programs = [code for code in unlabelled if parses(code)]
    if not blocks:
        code = clean_code(reply)
        programs = [code] if _is_program(code) else []
    return "\n\n".join(code for code in programs if code) or None


def clean_code(text: str) -> str:
    """Program text without prompts, magics and common indentation."""
    lines = textwrap.dedent(text.replace("\r\n", "\n")).strip("\n").split("\n")
    if any(_IN_PROMPT.match(line) for line in lines):
        lines = _notebook_input(lines)
    elif lines[0].lstrip().startswith(">>>"):
        lines = [_REPL_PROMPT.sub("", line, count=1) for line in lines if _REPL_PROMPT.match(line)]
    code = "\n".join(lines).rstrip()
    if not parses(code):
        code = "\n".join(line for line in lines if not _MAGIC.match(line)).rstrip()
    return code.strip("\n")


def syntax_tree(code: str) -> ast.Module | None:
    """The program as this Python parses it, without its warnings; None where it cannot."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def parses(code: str) -> bool:
    """Whether this Python can parse it, and it is not blank."""
    return syntax_tree(code) is not None and bool(code.strip())


def fence_position(text: str) -> int:
    """Where the first fence at the beginning of a line starts; -1 where there is none."""
    match = re.search(r"^[ \t]{0,3}(?:`{3}|~{3})", text, re.MULTILINE)
    return match.start() if match else -1


def _fenced_blocks(reply: str) -> list[_Block]:
    blocks: list[_Block] = []
    fence, label, lines = "", "", list[str]()
    for line in reply.replace("\r\n", "\n").split("\n"):
        match = _FENCE.fullmatch(line)
        if not fence:
            if match:
                fence, label, lines = match[1], match[2].lower().split(" ")[0], []
        elif match and match[1].startswith(fence) and not match[2]:
            blocks.append(_Block(label, "\n".join(lines)))
            fence = ""
        elif match and match[2] and not "\n".join(lines).strip():
            label = match[2].lower().split(" ")[0]  # the model opened the prefilled fence once more
        else:
            lines.append(line)
    if fence:
        blocks.append(_Block(label, "\n".join(lines)))
    return blocks


def _notebook_input(lines: list[str]) -> list[str]:
    kept: list[str] = []
    in_output = False
    for line in lines:
        if _OUT_PROMPT.match(line):
            in_output = True
        elif _IN_PROMPT.match(line):
            in_output = False
            kept.append(_IN_PROMPT.sub("", line))
        elif not in_output:
            kept.append(_CONTINUED_PROMPT.sub("", line))
    return kept


def _is_program(code: str) -> bool:
    """Whether unfenced text is Python and not a word or a number that happens to parse."""
    if not parses(code):
        return False
    body = ast.parse(code).body
    return any(not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call | ast.Await) for node in body)


def without_comments(code: str) -> str:
    """The program as Python understands it: two that differ in comments and blanks only are the same."""
    try:
        return ast.unparse(ast.parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code
