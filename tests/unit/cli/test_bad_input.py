"""Bad input ends with one paragraph, the contract's status, and nothing started."""

import os

import pytest

ASK = ("ask", "Do it")


@pytest.mark.parametrize("arguments", [("ask", ""), ("ask", "  \n"), ("ask", "Do it", "")])
def test_an_empty_request(refused, arguments):
    assert refused(2, *arguments) == "The request is empty. Say what is to be done, in one sentence."


def test_no_request(refused):
    assert refused(2, "ask") == "Missing argument 'REQUEST...'. See `offline-ci ask --help`."


@pytest.mark.parametrize("command", [ASK, ("exec", "-c", "1")])
def test_inputs_that_are_no_readable_files(refused, tmp_path, command):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert refused(2, *command, "-f", "gone.csv") == "There is no file 'gone.csv'. Check the path."
    assert refused(2, *command, "-f", "folder").startswith("folder is a folder. Give the files in it one by one")
    assert refused(2, *command, "-f", "pipe").startswith("pipe is not a regular file.")
    assert "cannot be opened: File name too long" in refused(2, *command, "-f", "x" * 300)


@pytest.mark.parametrize("command", [ASK, ("exec", "-c", "1")])
def test_output_folders_that_cannot_be_used(refused, tmp_path, command):
    (tmp_path / "file").write_text("")
    assert refused(2, *command, "-o", "file") == "file is a file, not a folder. Give a folder with -o DIR."
    assert refused(2, *command, "-o", "file/below") == "file is a file, not a folder. Give a folder with -o DIR."
    assert refused(2, *command, "-o", "/proc").startswith("The results cannot be written to /proc: ")


def test_nothing_to_run_and_too_much_to_run(refused, tmp_path):
    (tmp_path / "a.py").write_text("1")
    hint = "Give a program with -c CODE, as a FILE, or on standard input with -."
    assert refused(2, "exec") == f"Nothing to run was given. {hint}"
    assert refused(2, "exec", "-c", "1", "a.py") == f"Both -c CODE and a FILE were given. {hint}"


def test_programs_that_cannot_be_read(refused, tmp_path):
    (tmp_path / "latin.py").write_bytes(b"x = '\xff'\n")
    (tmp_path / "coding.py").write_bytes(b"# coding: nonsense\n")
    assert refused(2, "exec", "gone.py") == "There is no file 'gone.py'. Check the path."
    assert refused(2, "exec", tmp_path).endswith("is a folder. Give the files in it one by one, or a zip archive.")
    assert refused(2, "exec", "latin.py").startswith("latin.py is not Python source text:")
    assert refused(2, "exec", "coding.py").startswith("coding.py is not Python source text: unknown encoding")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*ASK, "--timeout", "0"), "Invalid value for '--timeout'"),
        ((*ASK, "--timeout", "nan"), "Invalid value for '--timeout'"),
        ((*ASK, "--timeout", "soon"), "Invalid value for '--timeout'"),
        ((*ASK, "--memory", "1"), "Invalid value for '--memory'"),
        ((*ASK, "--memory", "5000"), "Invalid value for '--memory'"),
        ((*ASK, "--max-turns", "0"), "Invalid value for '--max-turns'"),
        ((*ASK, "--seed", "-1"), "Invalid value for '--seed'"),
        ((*ASK, "--temperature", "3"), "Invalid value for '--temperature'"),
        ((*ASK, "--gpu-layers", "some"), "Invalid value for '--gpu-layers': 'some' is neither auto nor a number"),
        ((*ASK, "--nonsense"), "No such option"),
        (("nonsense",), "No such command 'nonsense'"),
        (("models", "nonsense"), "No such command 'nonsense'"),
        (("setup", "--model", "x", "--no-model"), "--model and --no-model exclude each other"),
    ],
)
def test_options_that_make_no_sense(refused, arguments, said):
    assert refused(2, *arguments).startswith(said)


def test_a_notebook_that_cannot_be_written(refused, tmp_path):
    assert refused(2, *ASK, "--ipynb", tmp_path).endswith("is a folder. Give a file name with --ipynb PATH.")
    assert refused(2, *ASK, "--ipynb", "/proc/x.ipynb").startswith("The results cannot be written to /proc")


def test_an_unknown_model_names_the_closest(refused):
    said = refused(4, *ASK, "-m", "qwen2.5-coder-1.5b-instuct")
    assert said.startswith("There is no model 'qwen2.5-coder-1.5b-instuct'. Did you mean qwen2.5-coder-1.5b-instruct")
    assert "`offline-ci models list`" in said


def test_a_model_that_is_not_here_says_how_to_get_it(refused):
    assert refused(4, *ASK).endswith("Run `offline-ci models pull qwen2.5-coder-1.5b-instruct`.")
    assert refused(4, *ASK, "-m", "gone.gguf") == "There is no file gone.gguf. Check the path."


def test_a_file_that_is_no_gguf(refused, tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"PK\x03\x04 a zip archive")
    assert refused(4, *ASK, "-m", "model.gguf").startswith("model.gguf is not a GGUF file")
    assert refused(4, "models", "add", "model.gguf").startswith("model.gguf is not a GGUF file")
    assert refused(4, "models", "info", "model.gguf").startswith("model.gguf is not a GGUF file")


@pytest.mark.parametrize("subcommand", ["verify", "info", "remove", "pull"])
def test_models_commands_know_no_strangers(refused, subcommand):
    assert refused(4, "models", subcommand, "nonsense").startswith("There is no model 'nonsense'.")


def test_a_missing_runtime_says_how_to_get_it(refused):
    assert "offline-ci setup" in refused(4, "exec", "-c", "1")
    assert "offline-ci setup" in refused(4, "runtime", "info")
    assert "offline-ci setup" in refused(4, "runtime", "packages")


def test_a_source_that_is_none(refused):
    assert refused(2, "setup", "--source", "gone").endswith("(--source or OFFLINE_CI_SOURCE_DIR).")
    assert refused(2, "runtime", "fetch", "--source", "ftp://x").startswith("The mirror 'ftp://x' is not")


def test_names_from_strangers_do_not_steer_the_terminal(refused):
    assert refused(2, *ASK, "-f", "a\x1b[2Jb\n") == "There is no file 'a\\x1b[2Jb\\n'. Check the path."
    assert "\\x1b" in refused(2, "exec\x1b[2J")


@pytest.mark.parametrize(
    ("status", "arguments", "said"),
    [
        (2, ("create", "x", "--model", "a", "--no-model"), "--model and --no-model exclude each other"),
        (2, ("create", "x", "--split", "many"), "Invalid value for '--split': 'many' is no size: give for example 4G"),
        (2, ("create", "x", "--split", "1K"), "Parts of 1,000 bytes are too small. Give --split 1M or more."),
        (2, ("create", "x", "--platform", "win_amd64"), "A bundle for win_amd64 cannot be made here, on linux"),
        (2, ("create", "no/folder/x"), "There is no folder no/folder. Create it first."),
        (2, ("create", "."), ". is a folder. Give the name of a file in it."),
        (2, ("create", "there"), "there is there already. Choose another name, or give --force to replace it."),
        (4, ("verify", "gone"), "There is no file gone. Check the path."),
        (4, ("verify", "there"), "there is no offline-ci bundle, or the end of the file is missing or damaged."),
        (4, ("install", "there", "--prefix", "p"), "there is no offline-ci bundle"),
        (4, ("copy", "there", "folder"), "there is no offline-ci bundle"),
        (4, ("remove", "--prefix", "p"), "No bundle is installed below "),
    ],
)
def test_bundles(refused, tmp_path, status, arguments, said):
    (tmp_path / "there").write_text("mine")
    assert refused(status, "bundle", *arguments).startswith(said)
    assert (tmp_path / "there").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
