"""A ``CellRunner`` whose cells end as they are told to: for tests of the loop without a runtime."""

import json
from pathlib import Path

from offline_ci.errors import UsageError
from offline_ci.limits import ResourceLimits
from offline_ci.sandbox.result import ExecutionResult, GuestError, GuestFile


def ok(stdout="", *, files=(), result=None, outputs=()):
    """A cell that ran to its end."""
    shown = list(outputs)
    if stdout:
        shown.insert(0, {"output_type": "stream", "name": "stdout", "text": stdout})
    if result is not None:
        data = {"text/plain": result}
        shown.append({"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": None})
    changed = [GuestFile(name, size) for name, size in files]
    return ExecutionResult("ok", stdout=stdout, result=result, outputs=shown, files=changed, elapsed_s=0.01)


def error(ename, evalue, line=1, *, stdout="", files=()):
    """A cell that raised in one of its own lines."""
    traceback = [
        "Traceback (most recent call last):",
        f'  File "<cell 1>", line {line}, in <module>',
        f"{ename}: {evalue}",
    ]
    shown = [{"output_type": "stream", "name": "stdout", "text": stdout}] if stdout else []
    shown.append({"output_type": "error", "ename": ename, "evalue": evalue, "traceback": traceback})
    changed = [GuestFile(name, size) for name, size in files]
    guest_error = GuestError(ename, evalue, traceback)
    return ExecutionResult("error", stdout=stdout, error=guest_error, outputs=shown, files=changed, elapsed_s=0.01)


class ScriptedFiles:
    """Files below ``/mnt/data``, in a dict."""

    def __init__(self):
        self.contents = {}
        self.granted = {}

    def write(self, name, data):
        self.contents[name] = data

    def read(self, name):
        return self.contents[name]

    def list(self):
        return [GuestFile(name, len(data)) for name, data in sorted(self.contents.items())]

    def grant(self, host_path, name=None):
        path = Path(host_path)
        try:
            data = path.read_bytes()
        except OSError as exc:
            raise UsageError(f"The input file {path} cannot be opened: {exc.strerror}.") from exc
        name = name or path.name
        self.contents[name] = self.granted[name] = data
        return name


class ScriptedSandbox:
    """Gives the results in turn; cells of the interpreter's own (inspection, variables) find nothing.

    Attributes:
        broken_examples: what the cells that try the request's examples find, in turn; nothing when all are used up.
        programs: the model's programs that have run.
        on_run: called before each of them, for side effects such as an interruption.
    """

    def __init__(self, *results, on_run=None, broken_examples=()):
        self.limits = ResourceLimits()
        self.files = ScriptedFiles()
        self.programs = []
        self.interrupted = False
        self.closed = False
        self.on_run = on_run
        self.broken_examples = list(broken_examples)
        self._results = list(results)

    def run(self, code, *, on_output=None, on_input=None, time_s=None):
        if "offline_ci_examples" in code and self.broken_examples:
            return ok(json.dumps({"tried": 1, "broken": self.broken_examples.pop(0)}))
        if "offline_ci_" in code:
            return ok("not JSON")
        self.programs.append(code)
        if self.on_run is not None:
            self.on_run(self)
        result = self._results.pop(0)
        for file in result.files:
            self.files.contents[file.path] = b"x" * file.bytes
        for output in result.outputs:
            if on_output is not None:
                on_output(output)
        return result

    def interrupt(self):
        self.interrupted = True

    def save(self, path):
        Path(path).write_bytes(b"".join(self.files.contents.values()))

    def checkpoint(self):
        return dict(self.files.contents)

    def restore(self, checkpoint):
        self.files.contents = dict(checkpoint)

    def reset(self):
        self.files.contents = dict(self.files.granted)

    def close(self):
        self.closed = True
