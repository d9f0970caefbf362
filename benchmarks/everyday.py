"""Ask a model two dozen everyday requests and check what it does: the loop's own benchmark.

    python benchmarks/everyday.py [--model NAME] [--only WORD]... [--save benchmarks/results/NAME.json]

Every request gets a fresh session on the real sandbox; the model is loaded once. Checks look at files and numbers, not
at words. Timings count only on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import everyday_files
from everyday_held_out import HELD_OUT
from everyday_tasks import TASKS, Given, Task

from offline_ci import CodeInterpreter, __version__, _env
from offline_ci.interpreter.answer import Answer
from offline_ci.interpreter.interpreter import resolve_model
from offline_ci.llm.llama_cpp import LlamaCppModel


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--model", help="name or path; by default the catalogue's default model")
    parser.add_argument("--only", action="append", default=[], metavar="WORD", help="requests whose name has this word")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the results as JSON")
    parser.add_argument("--log", type=Path, metavar="FILE", help="write every program and output")
    parser.add_argument("--held-out", action="store_true", help="the dozen requests with which no prompt was tuned")
    arguments = parser.parse_args()
    offered = HELD_OUT if arguments.held_out else TASKS
    tasks = [task for task in offered if not arguments.only or any(word in task.name for word in arguments.only)]
    file = resolve_model(arguments.model)
    model = LlamaCppModel(file.path, name=file.name, sha256=file.sha256)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder) / "inputs"
        everyday_files.make_all(inputs)
        for i, task in enumerate(tasks):
            row, answer = _run(task, model, inputs, Path(folder) / f"out-{i}")
            rows.append(row)
            print(
                f"{'pass' if row['passed'] else 'FAIL'}  {task.name:18} {row['turns']} programs {row['total_s']:6.1f} s"
                f"  {answer.text[:80]!r}",
                flush=True,
            )
            if arguments.log:
                _log(arguments.log, task, answer, passed=row["passed"])
    passed = sum(row["passed"] for row in rows)
    print(f"{passed} of {len(rows)} passed; median {sorted(row['total_s'] for row in rows)[len(rows) // 2]:.1f} s")
    if arguments.save:
        arguments.save.write_text(
            json.dumps(_document(model, rows, passed, held_out=arguments.held_out), indent=1) + "\n"
        )
    model.close()


def _run(task: Task, model: LlamaCppModel, inputs: Path, out: Path) -> tuple[dict[str, object], Answer]:
    begin = time.perf_counter()
    with CodeInterpreter(model, output_dir=out, seed=1) as interpreter:
        answer = interpreter.ask(task.request, [inputs / name for name in task.files])
    passed = answer.status == "ok" and _check(task, Given(answer.text, out, inputs))
    row = {
        "name": task.name,
        "passed": passed,
        "status": answer.status,
        "turns": len(answer.turns),
        "completion_tokens": answer.usage.completion_tokens,
        "total_s": round(time.perf_counter() - begin, 1),
    }
    return row, answer


def _check(task: Task, given: Given) -> bool:
    try:
        return bool(task.check(given))
    except (OSError, ValueError, KeyError) as error:  # a result that cannot be read is a wrong result
        print(f"      {task.name}: {error!r}")
        return False


def _log(path: Path, task: Task, answer: Answer, *, passed: bool) -> None:
    parts = [f"######## {'pass' if passed else 'FAIL'} {task.name}: {task.request}"]
    for turn in answer.turns:
        texts = [
            str(output.get("text") or output.get("evalue") or output.get("data", {}).get("text/plain"))
            for output in turn.outputs
        ]
        parts += [f"--- program\n{turn.code}", f"--- {turn.status}", *texts]
    parts += [f"--- answer ({answer.status})\n{answer.text}", "files: " + ", ".join(str(f.path) for f in answer.files)]
    with path.open("a") as file:
        file.write("\n".join(parts) + "\n\n")


def _document(model: LlamaCppModel, rows: list[dict[str, object]], passed: int, *, held_out: bool) -> dict[str, object]:
    return {
        "schema": 1,
        "benchmark": "everyday-held-out" if held_out else "everyday",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": __version__,
        "model": {"name": model.info.name, "sha256": model.info.sha256, "n_ctx": model.info.n_ctx},
        "machine": {"cpu": _env.cpu_name(), "cpus": _env.usable_cpus(), "system": platform.system()},
        "passed": passed,
        "of": len(rows),
        "requests": rows,
    }


if __name__ == "__main__":
    main()
