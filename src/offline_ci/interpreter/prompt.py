"""Everything that is said to the model. Changes here are measured (``benchmarks/interpreter.py``) before they stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from offline_ci.interpreter.answer import UserCell
from offline_ci.interpreter.consistency import suit_request
from offline_ci.interpreter.inspect_files import FileFacts
from offline_ci.interpreter.outputs import render_outputs
from offline_ci.interpreter.recipes import placeholders
from offline_ci.interpreter.shorten import shorten_middle

PREFILL: Final = "```python\n"
"""The model's message begins with an open fence, so that it runs code before it answers."""
STOP: Final = ("\n```",)
_MAX_CELLS: Final = 4
_CELL_CHARS: Final = 600
_BEFORE_CHARS: Final = 300
_NO_FILES: Final = "There are no files."

_SYSTEM: Final = """\
You are a careful Python programmer. The user wants something done or a question answered. \
You write one complete Python program; it is run for you and you see its output.

The program runs in a notebook with Python 3.14. The working directory holds the user's files; \
save new files there, under the names that the user asks for.
Libraries: numpy, pandas, matplotlib, seaborn, scipy, sklearn, sympy, networkx, PIL, openpyxl, docx, pptx, pypdf, \
lxml, bs4, and the standard library (sqlite3, zipfile, json, csv, re, ...). \
Not available: network, pip, cv2, input(), subprocess.

Rules:
- Import what you use. Read the files with the calls that are given with them. Use their real column names.
- Print every result with print(), with a label.
- Do exactly what was asked, nothing else.
- Tables: pandas. Computed values become columns of the table: df["new"] = .... \
"Per", "for each" and "which ... has the most" mean df.groupby(...)[...].sum() first. \
Excel files: df.to_excel("name.xlsx", index=False).
- Charts, only where one is asked for: matplotlib; title and axis labels; plt.savefig("name.png") before plt.show().
- Pictures: PIL and numpy."""


_LAST_LIBRARY: Final = "lxml, bs4,"


@dataclass(frozen=True, slots=True)
class _Note:
    """What a program's last line means that small models read as a result.

    Attributes:
        pattern: of the line.
        meaning: for the model.
        beginning: of the answer, where that line is all there is.
    """

    pattern: re.Pattern[str]
    meaning: str
    beginning: str


_NOTES: Final = (
    _Note(
        re.compile(r"(?:^|[\s:(=])nan\W*$", re.IGNORECASE),
        "nan means that no rows match: there is nothing to compute from.",
        "There is nothing to compute this from:",
    ),
    _Note(
        re.compile(r"^(?:[^\d\[\]{}]*[\s:=])?(?:\[\]|\{\}|set\(\)|EmptySet)$|^Empty DataFrame|^Series\(\[\]"),
        "An empty list means that there is none: no solution, no match.",
        "There is none:",
    ),
    _Note(re.compile(r"^(?:\D*[\s:=])?None$"), "None means that nothing was found.", "There is none:"),
)
_FAILED_LINE: Final = re.compile(r"in line \d+: ")
_ZERO: Final = re.compile(r"(?:^|[:=]\s*[$€]?|\bis )(?:0|0\.0+|-)\.?$|(?<![\d.,])0 [a-z]+\.?$")


def system_prompt(added: Sequence[str] = ()) -> str:
    """The system message; always the same for the same runtime, so that its evaluation can be kept.

    Args:
        added: modules that were added to the runtime.
    """
    if not added:
        return _SYSTEM
    prompt = _SYSTEM.replace(" cv2,", "", 1) if "cv2" in added else _SYSTEM
    return prompt.replace(_LAST_LIBRARY, f"{_LAST_LIBRARY} {', '.join(added)},", 1)


def request_message(
    request: str,
    facts: Sequence[FileFacts],
    earlier: Sequence[str] = (),
    cells: Sequence[UserCell] = (),
    recipes: Sequence[str] = (),
    false_premises: Sequence[str] = (),
    before: str | None = None,
) -> str:
    """The user's request with what is known about the files.

    Args:
        request: the user's words.
        facts: files attached to this request.
        earlier: names of files that the session has besides them.
        cells: what the user ran since the last request.
        recipes: lines that may help.
        false_premises: what the request names that is not there, one sentence each.
        before: what it may go on from, see ``request_before``.
    """
    parts = list(map(_user_cell, cells[-_MAX_CELLS:]))
    if facts:
        parts.append("Files:\n" + "\n".join(f"- {suit_request(fact, request)}" for fact in facts))
    if earlier:
        parts.append("Also in the working directory: " + ", ".join(earlier[:30]))
    if recipes:
        has_names = any(map(placeholders, recipes))
        how = "; names in capitals stand for the real ones" if has_names else ", with other values"
        parts.append(f"Lines that may help, where they fit{how}:\n" + "\n\n".join(recipes))
    if not facts and not earlier and not cells:
        parts.append(_NO_FILES)
    if false_premises:
        said = " ".join(false_premises)
        parts.append(f"Mind: {said} Nothing else can stand for it. The program only says so:\nprint({said!r})")
    if before is not None:
        parts.append(before)
    parts.append(f"Request: {request}")
    return "\n\n".join(parts)


# Source: evalplus 0.3.1, evalplus/codegen.py: the chat prompt with the fence left open.
FUNCTION_INSTRUCTION: Final = (
    "Please provide a self-contained Python script that solves the following problem in a markdown code block:"
)
FUNCTION_RESPONSE: Final = (
    "Below is a Python script with a self-contained function that solves the problem and passes corresponding tests:"
)
FUNCTION_PREFILL: Final = f"{FUNCTION_RESPONSE}\n{PREFILL}"
_BLOCK: Final = re.compile(r"```[\w+-]*\n(.*?)\n?```", re.DOTALL)
_COMPLETE: Final = re.compile(
    r"[^.\n]{0,60}\b(?:complete|finish|implement|write|fill in)\b[^.\n]{0,60}[:.]?", re.IGNORECASE
)


def function_prompt(code: str, words: str = "") -> str:
    """A function's head, and more words about it where there are any, as coding models were tuned and are measured."""
    more = f"{words}\n" if words else ""
    return f"{FUNCTION_INSTRUCTION}\n{more}```\n{code.strip()}\n```\n"


def asks_only_for_function(request: str) -> bool:
    """Whether a request is a function's head with no words around it, or those that say that it is to be written."""
    block = _BLOCK.search(request)
    return block is not None and _says_only_complete((request[: block.start()] + request[block.end() :]).strip())


def _says_only_complete(words: str) -> bool:
    return not words or _COMPLETE.fullmatch(words) is not None


def function_message(request: str) -> str:
    """A request for a function in those words.

    With our own, which speak of files, printing and charts, the default model's first program is right for fewer
    functions (``docs/design/0002-the-loop.md``).
    """
    block = _BLOCK.search(request)
    if block is None:
        return f"{FUNCTION_INSTRUCTION}\n{request.strip()}\n"
    words = (request[: block.start()] + request[block.end() :]).strip()
    return function_prompt(block[1], "" if _says_only_complete(words) else words)


def request_before(request: str, answer: str, written: Sequence[str], selection: str | None = None) -> str:
    """Reminds of the request before: what "it", "there" and "the same" mean in the next one.

    Args:
        request: the user's words then.
        answer: what was said to it.
        written: files that it wrote.
        selection: the rows that it chose, as code; where the next one speaks of them.
    """
    said = f"The request before: {shorten_middle(request, _BEFORE_CHARS)!r}."
    if written:
        return f'{said} In the next one "it", "that" and "the result" mean {", ".join(written[:5])}.'
    result = shorten_middle(answer, _BEFORE_CHARS)
    said = f'{said} Its result: {result!r}. In the next one "it", "they", "there" and "that" may mean this.'
    return f'{said} "They" and "these" are the rows {selection}.' if selection else said


def _user_cell(cell: UserCell) -> str:
    """What the user ran; the variables of a program that failed half-way are not worth a word."""
    turn = cell.turn
    code = shorten_middle(turn.code.strip(), _CELL_CHARS)
    if turn.status != "ok":
        return f"The user ran this program, and it failed:\n{PREFILL}{code}\n```"
    output = render_outputs(turn.outputs, _CELL_CHARS)
    said = f"\nIts output:\n{output}" if output else ""
    return f"The user ran this program in the notebook; its variables are there:\n{PREFILL}{code}\n```{said}"


def function_answer(name: str, n_examples: int, n_tried: int, error: str | None = None) -> str:
    """The answer where all that was asked for is a function.

    Args:
        name: the function's.
        n_examples: how many the request has.
        n_tried: how many of them call what the program defines; all of these hold.
        error: the exception that a test of the program's own ended with.
    """
    if not n_tried:
        return f"The function `{name}` is written. The request has no example to try it with."
    if n_tried < n_examples:
        held = f"the {n_tried} of {n_examples} examples of the request that call it"
    else:
        held = "the example of the request" if n_examples == 1 else f"all {n_examples} examples of the request"
    own = f" A test that the program makes of its own failed ({error})." if error else ""
    return f"The function `{name}` is written, and {held} came out right.{own}"


def output_message(output: str, files: Sequence[FileFacts], false_premises: Sequence[str] = ()) -> str:
    """A program's output, and the question for the answer."""
    parts = ["The program ran without errors." + (f" Its output:\n{output}" if output else "")]
    if notes := [*false_premises, *(() if files else _notes_on(output))]:
        parts.append("Mind: " + " ".join(notes) + " Say so in the answer.")
    if files:
        parts.append("Files written:\n" + "\n".join(f"- {fact.text}" for fact in files))
    what = "with the results from above, and name the files written" if files else "with the results from above"
    parts.append(f"Now answer the request in one to three plain sentences, {what}. No code, no LaTeX.")
    return "\n\n".join(parts)


def _notes_on(output: str) -> list[str]:
    last = output.strip().split("\n")[-1]
    return [note.meaning for note in _NOTES if note.pattern.search(last)]


def beginning_of_answer(output: str, false_premises: Sequence[str], *, has_files: bool = False) -> str:
    """What an answer must begin with, because small models do not say it: that something is not there.

    Args:
        output: the program's.
        false_premises: what the request names that is not there.
        has_files: it wrote files: what it printed, such as the None of ``to_json``, is not all.
    """
    if false_premises:
        return " ".join(false_premises)
    if has_files or "\n" in output.strip():
        return ""
    return next((note.beginning for note in _NOTES if note.pattern.search(output.strip())), "")


def found_nothing(output: str) -> str | None:
    """Said once of a program that read files and whose result is nothing: most often it looked for the wrong thing."""
    last = output.strip().split("\n")[-1].strip()
    if not (_ZERO.search(last) or last.endswith(":") or any(note.pattern.search(last) for note in _NOTES)):
        return None
    return (
        f"{FOUND_NOTHING} ({last[:80]}). Print how the texts and values really are, "
        "then find them as they are written; "
        r're.findall(r"\d+(?:\.\d+)?", text) takes the numbers out of a text. If there is really nothing, print that.'
    )


def error_message(problem: str, output: str) -> str:
    """A failure, and the wish for a corrected program."""
    parts = [f"Output before the failure:\n{output}"] if output else []
    parts.append(f"The program failed.\n{problem}")
    parts.append("Write the complete corrected program.")
    return "\n\n".join(parts)


def unfinished_message(problem: str, output: str) -> str:
    """The program ran, but the request is not fulfilled."""
    parts = [f"Output of the program:\n{output}"] if output else []
    parts.append(problem)
    parts.append("Write the complete corrected program.")
    return "\n\n".join(parts)


def repeated_note(problem: str, lacking: str | None = None) -> str:
    """Added to the request when the same mistake has been made twice.

    Args:
        problem: the mistake.
        lacking: what the request names, the programs looked for and is not there.
    """
    if lacking:
        return (
            f"Earlier programs failed, because there is no {lacking}. If it cannot be computed from what there is, "
            f"the program only says so:\nprint({f'There is no {lacking}.'!r})"
        )
    # Not with the line that failed: it would be written again.
    shown = "\n".join(line for line in problem.split("\n") if not _FAILED_LINE.match(line))
    return f"Earlier programs failed:\n{shown}\nDo it in another way: simpler, step by step, with other functions."


NO_CODE: Final = "There was no program. Write one complete Python program that does what was asked."
TOO_LONG: Final = "The program was cut off because it was too long. Write a much shorter program."
BROKEN_EXAMPLES: Final = "The program ran, but the request's own examples do not hold."
_SHOWN_EXAMPLES: Final = 3
FOUND_NOTHING: Final = "The program ran, but found nothing"
UNANSWERED: Final = (
    "The program ran, but printed nothing, and the request asks a question. Print the answer with a label."
)
SILENT: Final = "The program printed nothing and wrote no file. Print the results with print()."


def broken_examples(broken: Sequence[str]) -> str | None:
    """What the request says of a function is not what the function does, one line for each example; None for none."""
    return "\n".join([BROKEN_EXAMPLES, *broken[:_SHOWN_EXAMPLES]]) if broken else None


def neglected(advice: str) -> str:
    """The program does not heed a word of the request."""
    return f"The program ran, but does something else than the request says. {advice}"


CONTRADICTION: Final = "The program ran, but contradicts itself."


def contradiction(found: str) -> str:
    """The program is wrong, whatever the request is."""
    return f"{CONTRADICTION} {found}"


def left_over(words: Sequence[str]) -> str:
    """The program has placeholders of the lines that it was to use."""
    return f"{', '.join(words)} in the program stand for real names: write those of the files or the request instead."


def missing_format(suffix: str) -> str:
    """The request asks for a kind of file that the program did not write."""
    return (
        f"The program ran, but wrote no .{suffix} file. The request asks for one: save the result as a .{suffix} file."
    )


def empty_files(names: Sequence[str]) -> str:
    """Files were written that hold nothing."""
    return f"The program ran, but {', '.join(names)} holds nothing. Look at what was read before it is written."


def broken_file(name: str, reason: str) -> str:
    """A file was written that cannot be read as what its name says."""
    return f"The program ran, but {name} cannot be read back: {reason}. Write it in the right form."


def packed_columns(name: str, columns: Sequence[str]) -> str:
    """A table was written whose cells hold whole objects."""
    return (
        f"The program ran, but in {name} the cells of {', '.join(columns)} hold whole objects. Make a column of each "
        'value that was asked for, as in record["OUTER"]["INNER"], and leave out the rest.'
    )


def miscounted(rows: int) -> str:
    """The program took the header for a row, or left one out."""
    return f"The table has {rows} rows: len(df) is {rows}. The header is no row of df, so nothing is to be subtracted."


def unchanged_picture(name: str, given: str) -> str:
    """A picture was written that shows what a given one shows."""
    return f"The program ran, but {name} has the same pixels as {given}. Save the changed picture."


def foreign_numbers(numbers: Sequence[str]) -> str:
    """The answer has numbers that no program printed."""
    return (
        f"The output does not have {', '.join(numbers)}. Answer again in one or two plain sentences, "
        "with the numbers exactly as they are in the output. No code."
    )


def missing_files(names: Sequence[str]) -> str:
    """The request names files that are not there after the run."""
    return f"The program ran, but did not save {', '.join(names)}. Save with exactly this name."
