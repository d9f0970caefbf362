"""A session as a Jupyter notebook: requests and answers as Markdown, programs with their outputs.

Jupyter shows Markdown with the HTML in it when a file is opened, trusted or not; so words bring none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import nbformat.v4 as nbf

from offline_ci.interpreter.answer import Exchange, Step, turns_of
from offline_ci.interpreter.safe_markdown import safe_markdown
from offline_ci.sandbox.result import Output


def notebook_bytes(history: Sequence[Step]) -> bytes:
    """The notebook file, nbformat 4, UTF-8."""
    cells: list[Any] = []
    count = 0
    for step in history:
        if isinstance(step, Exchange):
            cells.append(nbf.new_markdown_cell(safe_markdown(f"**Request:** {step.request}")))  # type: ignore[no-untyped-call]
        for turn in turns_of(step):
            count += 1
            outputs = [_output(output, count) for output in turn.outputs]
            cells.append(nbf.new_code_cell(turn.code, outputs=outputs, execution_count=count))  # type: ignore[no-untyped-call]
        if isinstance(step, Exchange):
            cells.append(nbf.new_markdown_cell(safe_markdown(step.answer.text)))  # type: ignore[no-untyped-call]
    for i, cell in enumerate(cells):
        cell["id"] = f"cell-{i}"
    notebook = nbf.new_notebook(  # type: ignore[no-untyped-call]
        cells=cells,
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
    )
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _output(output: Output, count: int) -> Any:
    """An output as nbformat has it; of what a program shows, which it can make up, only what the format allows."""
    content = {key: value for key, value in output.items() if key != "output_type"}
    if "data" in content:
        content["data"] = {mime: value for mime, value in content["data"].items() if _is_allowed(mime, value)}
    if output["output_type"] == "execute_result":
        content["execution_count"] = count
    return nbf.output_from_msg({"header": {"msg_type": output["output_type"]}, "content": content})  # type: ignore[no-untyped-call]


def _is_allowed(mime: str, value: Any) -> bool:
    is_json = mime == "application/json" or (mime.startswith("application/") and mime.endswith("+json"))
    return is_json or isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))
