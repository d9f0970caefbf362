"""A session as a Jupyter notebook: requests and answers as Markdown, programs with their outputs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import nbformat.v4 as nbf

from offline_ci.interpreter.answer import Exchange


def notebook_bytes(exchanges: Sequence[Exchange]) -> bytes:
    """The notebook file, nbformat 4, UTF-8."""
    cells: list[Any] = []
    count = 0
    for exchange in exchanges:
        cells.append(nbf.new_markdown_cell(f"**Request:** {exchange.request}"))  # type: ignore[no-untyped-call]
        for turn in exchange.answer.turns:
            count += 1
            outputs = [nbf.output_from_msg(_message(output, count)) for output in turn.outputs]  # type: ignore[no-untyped-call]
            cells.append(nbf.new_code_cell(turn.code, outputs=outputs, execution_count=count))  # type: ignore[no-untyped-call]
        cells.append(nbf.new_markdown_cell(exchange.answer.text))  # type: ignore[no-untyped-call]
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


def _message(output: dict[str, Any], count: int) -> dict[str, Any]:
    """An output in the form that nbformat's checked constructor takes."""
    content = {key: value for key, value in output.items() if key != "output_type"}
    if output["output_type"] == "execute_result":
        content["execution_count"] = count
    return {"header": {"msg_type": output["output_type"]}, "content": content}
