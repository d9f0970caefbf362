"""Renders a model's chat template, in a process of its own (started by ``template.py``, run by path, not imported).

A template is a program written by whoever made the model. Jinja's sandbox keeps it from Python's objects, but nothing
inside a process keeps it from looping or from doubling a string forty times; the limits of a process do.

Protocol: one JSON document a line; first ``{"source", "bos", "eos"}``, then ``{"messages"}`` any number of times;
each is answered by ``{"text"}`` or ``{"error"}``.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import datetime
from typing import Any, NoReturn

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.parser
import jinja2.sandbox

MAX_MEMORY_BYTES = 512 << 20
MAX_CPU_S = 60
MAX_TEXT = 1 << 20


class Generation(jinja2.ext.Extension):
    """``{% generation %}`` marks training spans in some templates; here it means nothing."""

    tags = {"generation"}  # noqa: RUF012 - Jinja declares it so

    def parse(self, parser: jinja2.parser.Parser) -> list[jinja2.nodes.Node]:
        """The block's contents."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def to_json(value: Any, ensure_ascii: bool = False, indent: int | None = None, **options: Any) -> str:
    """JSON as transformers' ``tojson`` writes it: not escaped for HTML, as Jinja's would be."""
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, **options)


def raise_exception(message: str) -> NoReturn:
    """What templates call to refuse a conversation."""
    raise jinja2.TemplateError(message)


def strftime_now(layout: str) -> str:
    """Today, for templates that tell the model."""
    return datetime.now().astimezone().strftime(layout)


def compile_template(source: str, bos: str, eos: str) -> jinja2.Template:
    """The template with all that transformers' environment offers."""
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[Generation, "jinja2.ext.loopcontrols"],
    )
    environment.filters["tojson"] = to_json
    environment.globals.update(bos_token=bos, eos_token=eos, raise_exception=raise_exception, strftime_now=strftime_now)
    return environment.from_string(source)


def limit_process() -> None:
    """No memory without end, no time without end, no files, no core dump."""
    for what, limit in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_CPU, MAX_CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        wanted = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (wanted, wanted))


def render(template: jinja2.Template, messages: list[dict[str, str]]) -> str:
    """The conversation up to the point where the assistant begins to write."""
    text = template.render(
        messages=messages, add_generation_prompt=True, enable_thinking=False, tools=None, documents=None
    )
    if len(text) > MAX_TEXT:
        raise jinja2.TemplateError("it writes more than a million characters")
    return text


def answer(reply: dict[str, object]) -> None:
    """Send one line."""
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until standard input ends."""
    limit_process()
    template: jinja2.Template | None = None
    for line in sys.stdin:
        request = json.loads(line)
        number = request.pop("number")
        try:
            if template is None:
                template = compile_template(**request)
                answer({"number": number, "text": ""})
            else:
                answer({"number": number, "text": render(template, request["messages"])})
        except Exception as error:  # noqa: BLE001 - a template can raise anything
            answer({"number": number, "error": str(error) or type(error).__name__})


if __name__ == "__main__":
    main()
