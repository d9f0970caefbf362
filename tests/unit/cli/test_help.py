"""Every command and option is documented, and the overview needs none of them."""

import subprocess
import sys

import click
import pytest

from offline_ci.cli.commands import TABLE, cli

HEAVY = ["llama_cpp", "huggingface_hub", "nbformat", "rich", "wasmtime", "asyncio", "socket", "pyodide_lock"]


def all_commands(command=cli, path=("offline-ci",)):
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from all_commands(command.get_command(context, name), (*path, name))


COMMANDS = list(all_commands())


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[" ".join(path) for path, _ in COMMANDS])
def test_every_command_and_option_has_help(path, command):
    assert command.help
    assert command.get_short_help_str()
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def test_the_contracts_commands_are_there():
    names = {" ".join(path[1:]) for path, _ in COMMANDS}
    models = {f"models {name}" for name in ("list", "recommend", "pull", "add", "verify", "info", "remove")}
    runtime = {f"runtime {name}" for name in ("fetch", "build", "info", "verify", "packages", "add", "remove")}
    bench = {f"bench {name}" for name in ("list", "pull", "run", "score", "report", "compare", "verify")}
    bundle = {f"bundle {name}" for name in ("create", "verify", "install", "copy", "remove")}
    groups = {"models", "runtime", "bench", "bundle"}
    single = {"", "ask", "chat", "exec", "setup", "doctor", "verify"}
    assert names == single | groups | models | runtime | bench | bundle


@pytest.mark.parametrize("name", TABLE)
def test_the_table_says_what_the_command_says(name):
    command = cli.get_command(click.Context(cli), name)
    assert command.name == name
    assert command.get_short_help_str(200) == TABLE[name].short_help


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[" ".join(path) for path, _ in COMMANDS])
def test_help_can_be_shown(run_cli, path, command):
    status, out = run_cli(*path[1:], "--help")
    assert status == 0
    assert out.startswith(f"Usage: {' '.join(path)}")


@pytest.fixture
def run_cli(capsys):
    from offline_ci.cli.run import run

    def call(*arguments):
        return run(arguments), capsys.readouterr().out

    return call


def test_no_arguments_show_the_overview_as_wrong_usage(run_cli):
    status, out = run_cli()
    assert status == 2
    assert all(name in out for name in TABLE)


def test_version(run_cli):
    from offline_ci import __version__

    assert run_cli("--version") == (0, f"offline-ci {__version__}\n")


@pytest.mark.parametrize("modules", ["offline_ci.cli.run", "offline_ci.cli.exec_code"])
def test_the_overview_and_exec_import_nothing_heavy(modules):
    code = f"import sys, {modules}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
