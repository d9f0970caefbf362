"""The proof: a bundle is carried to a machine with nothing but Python and no network, and everything works there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import air_gap
from support.small_bundle import write_bundle

MODEL = "smollm2-135m-instruct"
PROGRAM = "/root/.local/bin/offline-ci"
BUNDLE = "/media/offline-ci.bundle"

pytestmark = [pytest.mark.runtime, pytest.mark.model, pytest.mark.slow]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[air_gap.Machine]:
    """The other machine, with the bundle on a medium."""
    folder = tmp_path_factory.mktemp("air-gap")
    (folder / "root").mkdir()
    machine = air_gap.build(folder / "root", folder / "trace")
    made = folder / "made"
    made.mkdir()
    ours = [sys.executable, "-m", "offline_ci.cli.main", "bundle"]
    choice = ["--model", MODEL, "--image", "standard", "--split", "300M"]
    subprocess.run([*ours, "create", made / "offline-ci.bundle", *choice], check=True, capture_output=True)
    subprocess.run([*ours, "copy", made / "offline-ci.bundle", folder / "root/media"], check=True, capture_output=True)
    shutil.rmtree(made)
    yield machine
    shutil.rmtree(folder)  # a gigabyte that nobody looks at


def test_it_is_installed_and_works_there(machine: air_gap.Machine) -> None:
    assert machine.run(["/usr/bin/python3", "-c", "import os; print(os.listdir('/sys/class/net'))"]).returncode == 1
    interfaces = machine.run(["/usr/bin/python3", "-c", "print(open('/proc/net/dev').read())"]).stdout
    assert [line.split(":")[0].strip() for line in interfaces.splitlines()[2:] if line] == ["lo"]

    installed = machine.run(["/usr/bin/python3", BUNDLE, "install"])
    assert installed.returncode == 0, installed.stderr
    assert "The sandbox works." in installed.stderr
    assert not [line for line in machine.reached_out() if "connect" in line]
    machine.trace.unlink()

    code = "import pandas as pd; pd.Series([1, 2]).plot(); print(pd.Series([1, 2, 4]).sum())"
    done = machine.run([PROGRAM, "exec", "--json", "-c", code])
    result = json.loads(done.stdout)
    assert (result["status"], result["stdout"]) == ("ok", "7\n"), done.stderr
    assert any("image/png" in output.get("data", {}) for output in result["outputs"])

    asked = machine.run([PROGRAM, "ask", "--json", "-m", MODEL, "--max-turns", "1", "Print 6*7."])
    answer = json.loads(asked.stdout)
    assert asked.returncode in {0, 1}, asked.stderr  # the model is too small to be right, not to be run
    assert answer["turns"][0]["code"]

    bench = ["bench", "run", "--suite", "humaneval", "-m", MODEL, "--limit", "1", "-o", "/root/bench"]
    ran = machine.run([PROGRAM, *bench])
    assert ran.returncode == 0, ran.stderr
    assert "pass@1" in ran.stdout
    assert machine.reached_out() == []


def test_verify_names_what_was_changed_and_install_mends_it(machine: air_gap.Machine) -> None:
    intact = machine.run([PROGRAM, "verify"])
    assert (intact.returncode, intact.stdout.count("intact")) == (0, 4), intact.stdout
    model = machine.root / "root/.local/share/offline-ci/models/SmolLM2-135M-Instruct.Q4_1.gguf"
    with model.open("r+b") as file:
        file.seek(50_000_000)
        file.write(b"?")
    foreign = next(machine.root.glob("root/.local/lib/offline-ci/*/lib/python3*/site-packages")) / "evil.pth"
    foreign.write_text("import os\n")
    found = machine.run([PROGRAM, "verify", "--json"])
    problems = json.loads(found.stdout)["problems"]["Program and packages"]
    assert found.returncode == 4
    assert [text.rpartition("/")[2] for text in problems] == [
        "evil.pth was not installed by us.",
        "SmolLM2-135M-Instruct.Q4_1.gguf is not as it was installed.",
    ]
    foreign.unlink()
    mended = machine.run(["/usr/bin/python3", BUNDLE, "install"])
    assert "1 files that it needs were put back" in mended.stderr
    assert machine.run([PROGRAM, "verify"]).returncode == 0


def test_remove_leaves_what_is_the_users(machine: air_gap.Machine) -> None:
    home = machine.root / "root/.local/share/offline-ci"
    own = home / "sessions" / "mine.session"
    own.parent.mkdir(exist_ok=True)
    own.write_text("mine")
    removed = machine.run(["/usr/bin/python3", BUNDLE, "remove"])
    assert removed.returncode == 0, removed.stderr
    assert own.read_text() == "mine"
    assert not (machine.root / PROGRAM.removeprefix("/")).is_symlink()
    assert not list((machine.root / "root/.local/lib").glob("offline-ci/*"))
    assert not list(home.glob("runtime/**/*.cwasm"))
    assert not list(home.glob("models/*.gguf"))


@pytest.mark.parametrize(
    ("mount", "message"),
    [
        ('mount --bind "$1" "$1" && mount -o remount,ro,bind "$1"', "is on a read-only medium or cannot be written to"),
        ('mount -t tmpfs -o size=20m tmpfs "$1"', "The installation takes 0.10 GB, and the disk of"),
    ],
)
def test_targets_that_cannot_take_it(tmp_path: Path, mount: str, message: str) -> None:
    bundle = write_bundle(tmp_path / "x.bundle")
    prefix = tmp_path / "prefix"
    prefix.mkdir()
    script = f'{mount} && exec "$2" "$3" install --prefix "$1"'
    command = ["unshare", "--mount", "sh", "-c", script, "sh", prefix, sys.executable, bundle.path]
    environment = {name: value for name, value in os.environ.items() if name != "OFFLINE_CI_HOME"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert message in done.stderr
