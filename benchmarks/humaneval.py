"""HumanEval with a model, raw or through the interpreter's loop: pass@1, greedy.

    python benchmarks/humaneval.py [--model NAME] [--mode raw|loop] [--limit N] [--jobs N] [--fresh]
    python benchmarks/humaneval.py --show FILE

raw: EvalPlus's chat prompt with the open fence (evalplus 0.3.1, codegen.py), one completion. loop: the same function
asked of the interpreter, which may run what it writes and the examples in the docstring, never the hidden tests. Both
are cut down to imports, definitions and assignments and judged alike: in a fresh session of the sandbox.

Verdicts are written to benchmarks/results as they come, so a run that was ended goes on where it was.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import platform
import statistics
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from benchmark_jobs import run_jobs
from interpreter_results import RESULTS, wilson

import offline_ci
from offline_ci import CodeInterpreter, Sandbox, _env
from offline_ci.artifacts.runtime import dataset_file
from offline_ci.errors import OfflineCIError
from offline_ci.interpreter.extract import extract_code, parses
from offline_ci.interpreter.interpreter import resolve_model
from offline_ci.llm.base import CodeModel, GenerationParams, Message

Mode = Literal["raw", "loop"]
_INSTRUCTION = (
    "Please provide a self-contained Python script that solves the following problem in a markdown code block:"
)
_RESPONSE = (
    "Below is a Python script with a self-contained function that solves the problem and passes corresponding tests:"
)
_MAX_TOKENS = 768
_TIME_S = 20.0
_KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


@dataclass(slots=True)
class Sample:
    """One solution and its verdict; a line of a result file.

    Attributes:
        task_id: of HumanEval.
        solution: what was judged, as EvalPlus calls it.
        passed: whether the hidden tests passed.
        reason: why not.
        seconds: that writing it took.
        turns: programs that ran before, 0 in raw mode.
        completion_tokens: tokens that the model wrote.
    """

    task_id: str
    solution: str
    passed: bool = False
    reason: str = ""
    seconds: float = 0.0
    turns: int = 0
    completion_tokens: int = 0


def main() -> None:
    """Entry point."""
    options = _options()
    if options.show:
        print(_summary([Sample(**line) for line in _lines(options.show)[1:]]))
        return
    with gzip.open(dataset_file("humaneval"), "rt", encoding="utf-8") as lines:
        problems = [json.loads(line) for line in lines][: options.limit]
    file = resolve_model(options.model)
    path, samples = _open_results(_header(options, file.name, file.sha256, len(problems)), fresh=options.fresh)
    done = {sample.task_id for sample in samples}
    left = [problem for problem in problems if problem["task_id"] not in done]
    by_id = {problem["task_id"]: problem for problem in problems}
    with Sandbox() as judge:
        for sample in run_jobs(file, options.jobs, lambda problem, model: _write(problem, model, options.mode), left):
            _judge(judge, by_id[sample.task_id], sample)
            samples.append(sample)
            with path.open("a", encoding="utf-8") as out:
                out.write(json.dumps(asdict(sample), ensure_ascii=False) + "\n")
            verdict = "pass" if sample.passed else "FAIL"
            print(f"{verdict}  {sample.task_id}  {sample.seconds:.1f} s  {sample.reason}", flush=True)
    print(_summary(samples))
    print(path)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--model", help="name or path; by default the catalogue's default")
    parser.add_argument("--mode", choices=["raw", "loop"], default="raw", help="one completion, or our interpreter")
    parser.add_argument("--limit", type=int, default=None, metavar="N", help="the first problems only")
    parser.add_argument("--jobs", type=int, default=1, help="problems at a time; timings count only with one")
    parser.add_argument("--fresh", action="store_true", help="do not go on with an unfinished run")
    parser.add_argument("--show", type=Path, metavar="FILE", help="only sum up a result file")
    return parser.parse_args()


def _write(problem: dict[str, str], model: CodeModel, mode: Mode) -> Sample:
    sample = Sample(problem["task_id"], "")
    begin = time.perf_counter()
    try:
        (_write_raw if mode == "raw" else _write_in_loop)(problem, model, sample)
    except OfflineCIError as error:
        sample.reason = error.message
    sample.seconds = round(time.perf_counter() - begin, 2)
    return sample


def _write_raw(problem: dict[str, str], model: CodeModel, sample: Sample) -> None:
    asked = f"{_INSTRUCTION}\n```\n{problem['prompt'].strip()}\n```\n"
    prefill = f"{_RESPONSE}\n```python\n"
    params = GenerationParams(max_tokens=_MAX_TOKENS, temperature=0.0, stop=("\n```",))
    completion = model.generate([Message("user", asked)], params, prefill=prefill)
    sample.solution = sanitize(completion.text)
    sample.completion_tokens = completion.completion_tokens


def _write_in_loop(problem: dict[str, str], model: CodeModel, sample: Sample) -> None:
    with CodeInterpreter(model, seed=0) as interpreter:
        answer = interpreter.ask(f"Complete this function:\n```python\n{problem['prompt'].strip()}\n```")
    programs = [turn.code for turn in answer.turns]
    if programs:  # where none kept to the examples, the first one, which was written at temperature 0
        sample.solution = sanitize(programs[-1] if answer.status == "ok" else programs[0])
    sample.turns = len(programs)
    sample.completion_tokens = answer.usage.completion_tokens


def sanitize(text: str) -> str:
    """Imports, definitions and assignments of the longest beginning of a text that is Python."""
    code = extract_code(text) or text
    lines = code.split("\n")
    code = next((begin for n in range(len(lines), 0, -1) if parses(begin := "\n".join(lines[:n]))), "")
    return "\n".join(ast.unparse(node) for node in ast.parse(code).body if isinstance(node, _KEPT))


def _judge(sandbox: Sandbox, problem: dict[str, str], sample: Sample) -> None:
    program = f"{sample.solution}\n\n{problem['test']}\n\ncheck({problem['entry_point']})\n"
    result = sandbox.run(program, time_s=_TIME_S)
    sandbox.reset()
    sample.passed = result.status == "ok"
    if not sample.passed and not sample.reason:
        error = result.error
        sample.reason = f"{error.ename}: {error.evalue}"[:200].split("\n")[0] if error else str(result.status)


# --- result files


def _header(options: argparse.Namespace, name: str, sha256: str, problems: int) -> dict[str, Any]:
    return {
        "schema": 1,
        "suite": "humaneval",
        "mode": options.mode,
        "model": name,
        "model_sha256": sha256,
        "problems": problems,
        "temperature": 0.0,
        "jobs": options.jobs,
        "version": offline_ci.__version__,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpu": _env.cpu_name(), "cpus": _env.usable_cpus(), "system": platform.system()},
    }


def _open_results(header: dict[str, Any], *, fresh: bool) -> tuple[Path, list[Sample]]:
    """The unfinished file of the same run, or a new one."""
    stem = f"humaneval-{header['mode']}-{header['model']}"
    for path in sorted(RESULTS.glob(f"{stem}-*.jsonl"), reverse=True):
        found, *records = _lines(path)
        same = all(found[key] == header[key] for key in header if key not in {"date", "machine"})
        if same and not fresh and len(records) < header["problems"]:
            return path, [Sample(**record) for record in records]
    path = RESULTS / f"{stem}-{header['date'].replace('-', '').replace(':', '')[:15]}.jsonl"
    path.write_text(json.dumps(header) + "\n", encoding="utf-8")
    return path, []


def _lines(path: Path) -> list[dict[str, Any]]:
    """A result file; a last line that was cut off when its writer was killed is left out, in the file too."""
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, encoding="utf-8")
    return [json.loads(line) for line in whole.splitlines()]


def _summary(samples: list[Sample]) -> str:
    passed = sum(sample.passed for sample in samples)
    low, high = wilson(passed, len(samples))
    median = statistics.median(sample.seconds for sample in samples)
    tokens = sum(sample.completion_tokens for sample in samples)
    share = f"{passed} of {len(samples)}; 95 %: {100 * low:.1f} to {100 * high:.1f}"
    score = f"pass@1 {100 * passed / len(samples):.1f} % ({share})"
    return f"{score}\nmedian {median:.1f} s a problem, {tokens} tokens written"


if __name__ == "__main__":
    main()
