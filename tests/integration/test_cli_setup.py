"""``setup``, ``doctor`` and ``runtime`` on a machine where everything is here, and on one without a network."""

import json
import signal
import subprocess
import sys
import time

import pytest

from support.command_line import call

NOWHERE = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/",
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_CONFIG_FILE": "/dev/null",
    "npm_config_registry": "http://127.0.0.1:9/",
    "HF_ENDPOINT": "http://127.0.0.1:9",
}


@pytest.fixture
def fresh_and_offline(tmp_path, monkeypatch):
    """A home with nothing in it, and registries that nobody answers for."""
    for name, value in NOWHERE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OFFLINE_CI_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.mark.runtime
@pytest.mark.model
def test_setup_where_all_is_done_says_so_and_needs_no_network(tmp_path, monkeypatch):
    for name, value in NOWHERE.items():
        monkeypatch.setenv(name, value)
    begin = time.monotonic()
    ended = call("setup", cwd=tmp_path)
    assert (ended.status, ended.out) == (0, ""), ended.err
    assert [line.rsplit(" (", 1)[0] for line in ended.err.splitlines()] == [
        "The runtime's files are here",
        "The runtime is built",
        "The images are done",
        "The model qwen2.5-coder-1.5b-instruct is here",
        "The sandbox works",
        "The model works",
    ]
    assert time.monotonic() - begin < 60
    assert list(tmp_path.iterdir()) == []


@pytest.mark.runtime
@pytest.mark.model
def test_doctor_finds_everything(tmp_path):
    ended = call("doctor", "--json", cwd=tmp_path)
    document = json.loads(ended.out)
    assert (ended.status, document["ready"]) == (0, True)
    states = {check["name"]: check["state"] for check in document["checks"]}
    assert "problem" not in states.values()
    assert states["runtime"] == states["model qwen2.5-coder-1.5b-instruct"] == "ok"


@pytest.mark.runtime
def test_the_runtime_can_be_looked_at(tmp_path):
    info = call("runtime", "info", cwd=tmp_path)
    assert info.status == 0
    assert ["pyodide", "314.0.3"] in [line.split() for line in info.out.splitlines()]
    packages = call("runtime", "packages", cwd=tmp_path).out
    assert {"numpy", "pandas", "matplotlib", "pillow", "scipy", "openpyxl"} <= {
        line.split()[0].lower() for line in packages.splitlines()
    }
    verified = call("runtime", "verify", cwd=tmp_path)
    assert (verified.status, verified.out) == (0, "Fetched files: all here and intact.\nBuilt runtime: intact.\n")
    built = call("runtime", "build", cwd=tmp_path)
    assert built.status == 0
    assert built.out.startswith("The runtime is built: ")


@pytest.mark.parametrize(
    ("arguments", "again"),
    [
        (("setup", "--no-model"), "offline-ci runtime fetch"),
        (("runtime", "fetch"), "offline-ci runtime fetch"),
        (("models", "pull", "smollm2-135m-instruct"), "offline-ci models pull smollm2-135m-instruct"),
    ],
)
@pytest.mark.slow
def test_without_a_network_the_way_out_is_named(fresh_and_offline, arguments, again):
    ended = call(*arguments, cwd=fresh_and_offline)
    assert (ended.status, ended.out) == (4, "")
    last = ended.err.splitlines()[-1]
    assert last.startswith("offline-ci: Could not fetch ")
    assert f"`{again}`" in last
    assert "Traceback" not in ended.err


def test_an_unknown_model_is_told_before_anything_is_fetched(fresh_and_offline):
    ended = call("setup", "--model", "smollm2-135m-instuct", cwd=fresh_and_offline)
    assert (ended.status, ended.out) == (4, "")
    assert ended.err.startswith(
        "offline-ci: There is no model 'smollm2-135m-instuct'. Did you mean smollm2-135m-instruct"
    )
    assert ended.err.count("\n") == 1


def test_a_home_that_cannot_be_is_told(fresh_and_offline, monkeypatch):
    monkeypatch.setenv("OFFLINE_CI_HOME", "/dev/null/home")
    ended = call("models", "pull", "smollm2-135m-instruct", cwd=fresh_and_offline)
    assert (ended.status, ended.out) == (4, "")
    assert "OFFLINE_CI_HOME" in ended.err.splitlines()[-1]
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("delay_s", [0.3, 1.5])
def test_ctrl_c_during_setup(fresh_and_offline, delay_s):
    code = "from offline_ci.cli.main import main; print('go', flush=True); main(['setup'])"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=fresh_and_offline, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "go\n"
    time.sleep(delay_s)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err.endswith("offline-ci: Interrupted.\n")
    assert "Traceback" not in err
