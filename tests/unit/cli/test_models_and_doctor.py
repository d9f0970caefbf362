"""``models`` and ``doctor`` on an empty home with small files."""

import json

import pytest

from support.gguf_bytes import gguf


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "Tiny.gguf"
    path.write_bytes(gguf())
    return path


def test_a_model_is_added_shown_verified_and_removed(cli, tiny):
    added = cli("models", "add", "Tiny.gguf")
    assert (added.status, added.out.split(" (")[0]) == (0, f"tiny is {tiny}")
    listed = cli("models", "list").out
    assert any(line.startswith("tiny ") and " here " in line for line in listed.splitlines())
    assert cli("models", "verify").out == "tiny: ready\n"
    assert cli("models", "verify").status == 0
    told = cli("models", "info", "tiny").out
    assert "llama, Tiny" in told
    assert "\x1b" not in told
    assert "trained for 512 tokens" in told
    assert cli("models", "info", "Tiny.gguf").status == 0
    removed = cli("models", "remove", "tiny")
    assert removed.out == f"tiny is removed. Your file {tiny} is still there.\n"
    assert tiny.exists()


def test_a_damaged_model_is_found(cli, tiny):
    cli("models", "add", "Tiny.gguf", "--name", "mine")
    tiny.write_bytes(gguf() + b"more")
    ended = cli("models", "verify", "mine")
    assert (ended.status, ended.out) == (4, "mine: damaged\n")


def test_a_missing_model_can_be_looked_up(cli):
    told = cli("models", "info", "smollm2-135m-instruct")
    assert told.status == 0
    assert "no; `offline-ci models pull smollm2-135m-instruct` gets it" in told.out
    assert cli("models", "verify", "smollm2-135m-instruct").status == 4


def test_a_name_is_checked(refused, tiny):
    assert refused(2, "models", "add", "Tiny.gguf", "--name", "No Name").startswith("'No Name' is no model name.")


def test_runtime_verify_tells_both_halves(cli):
    ended = cli("runtime", "verify")
    assert ended.status == 4
    first, second = ended.out.splitlines()
    assert first.startswith("Fetched files: ")
    assert first.endswith("Run `offline-ci runtime fetch`.")
    assert second.startswith("Built runtime: ")


def test_doctor_names_every_mend(cli):
    ended = cli("doctor")
    assert ended.status == 4
    assert "Run `offline-ci models pull qwen2.5-coder-1.5b-instruct`." in ended.out
    assert "Run `offline-ci runtime fetch`, or `offline-ci setup` for everything." in ended.out
    assert ended.out.endswith("Something is missing. `offline-ci setup` gets and builds whatever is.\n")


def test_doctors_document(cli):
    ended = cli("doctor", "--json")
    document = json.loads(ended.out)
    assert (ended.status, document["ready"]) == (4, False)
    names = [check["name"] for check in document["checks"]]
    assert names[:8] == [
        "python",
        "platform",
        "processor",
        "memory",
        "disk",
        "wasmtime",
        "runtime files",
        "runtime",
    ]
    assert {"llama.cpp", "gpu", "matrix extensions"} <= set(names)
    for check in document["checks"]:
        assert set(check) == {"name", "state", "detail", "mend", "required"}
        assert check["state"] in {"ok", "note", "problem"}
        assert check["detail"]
        assert check["mend"] or check["state"] != "problem"


def test_doctor_tells_what_llama_cpp_is_for_and_what_was_measured(cli, tmp_path, monkeypatch):
    from offline_ci.llm.llama_cpp_look import look
    from offline_ci.llm.speed import Speed, remember

    monkeypatch.setenv("OFFLINE_CI_HOME", str(tmp_path))
    monkeypatch.setenv("OFFLINE_CI_LLAMA", "threads=7")
    remember(Speed("m", 1 << 30, 12.5, 90.0, 2, "another", 29))
    document = json.loads(cli("doctor", "--json").out)
    checks = {check["name"]: check for check in document["checks"]}
    assert checks["threads"]["detail"].startswith("7, as $OFFLINE_CI_LLAMA says (")
    assert checks["llama.cpp"]["detail"].endswith(f"build {look().build_id}, for CPU")
    assert checks["model memory"]["mend"] == "Run `offline-ci models pull NAME`."
    assert checks["speed"]["state"] == "note"
    assert checks["speed"]["detail"] == (
        "m writes 12.5 tokens a second and reads 90 (2 threads, 29 layers on the GPU), measured with another build of "
        "llama.cpp"
    )
    assert set(document["llama"]) == {"backends", "devices", "gpus", "fit", "speed"}
    assert document["llama"]["speed"]["tokens_per_s"] == 12.5
    assert document["llama"]["devices"][-1]["kind"] == "cpu"
    assert "no model is here to measure" in cli("doctor", "--measure").out


def test_doctor_tells_how_checkpoints_are_taken(cli, monkeypatch):
    from offline_ci.snapshot import pages_choice

    for is_mapped, state, said in ((True, "ok", "copy-on-write"), (False, "note", "compared and copied")):
        found = pages_choice.Mechanism(is_mapped, "why")
        monkeypatch.setattr(pages_choice, "mechanism", lambda found=found: found)
        checks = {check["name"]: check for check in json.loads(cli("doctor", "--json").out)["checks"]}
        assert checks["checkpoints"]["state"] == state
        assert said in checks["checkpoints"]["detail"]
        assert "(why)" in checks["checkpoints"]["detail"]
