"""``runtime packages``, ``add`` and ``remove`` without a runtime; with one: ``tests/integration``."""

import json
from pathlib import Path

import pytest

from offline_ci import _env
from offline_ci.artifacts.additions import Addition, write_additions
from offline_ci.cli.runtime_packages import _tell
from offline_ci.sandbox.package_change import Change

SUMS = Addition("sums", "1.0", "sums-1.0-py3-none-any.whl", "a" * 64, 1200, "MIT", "index", False, (), ("sums",), ())
CHARTS = Addition("charts", "2.0", "c.whl", "c" * 64, 5_000_000, "BSD", "file", True, (), ("charts",), ("sums>=1",))


class Runtime:
    build_id = "0123456789abcdef"
    folder = Path("/home/runtime/0123456789abcdef")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("add", "./nothing.whl"), 2, "There is no nothing.whl. Check the path"),
        (("add", "nothing.tar.gz"), 2, "There is no nothing.tar.gz."),
        (("add", "a b"), 2, "'a b' is neither a package's name nor a path"),
        (("add", "a @ file:///a.whl", "b"), 2, "There is no a @ file:"),
        (("add", "rich"), 4, "offline-ci runtime fetch"),
        (("add", "rich", "--source", "nowhere"), 2, "The source folder"),
        (("add",), 2, "Missing argument"),
        (("remove", "numpy"), 2, "numpy is part of the distribution and cannot be removed."),
        (("remove", "nothing"), 2, "There is no package nothing in the runtime."),
        (("remove", "micropip"), 2, "There is no package micropip in the runtime."),
    ],
)
def test_what_makes_no_sense_is_told(refused, words, status, said):
    assert said in refused(status, "runtime", *words)


def test_a_damaged_list_is_told_with_the_mend(refused):
    path = _env.home() / "packages" / "packages.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    for command in (("exec", "-c", "1"), ("runtime", "packages"), ("runtime", "add", "rich"), ("runtime", "info")):
        assert f"Delete {path}" in refused(4, *command)


def test_doctor_and_verify_name_an_added_wheel_that_is_gone(cli):
    write_additions(_env.home(), (CHARTS,))
    checks = json.loads(cli("doctor", "--json").out)["checks"]
    files = next(check for check in checks if check["name"] == "runtime files")
    assert files["mend"] == "Run `offline-ci runtime add c.whl`."
    problems = json.loads(cli("verify", "--json").out)["problems"]["Pinned distribution"]
    assert problems[-1].endswith("c.whl is missing. Run `offline-ci runtime add c.whl`.")


def test_a_change_is_told(capsys):
    change = Change(
        (CHARTS, SUMS), (), ("charts 2.0: its module x cannot be imported.",), Runtime(), ("standard",), 65.2
    )
    _tell(change, as_json=False)
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "Added: charts 2.0 (5.0 MB, BSD)",
        "Added: sums 1.0 (1.2 kB, MIT), which others need",
        "The runtime is /home/runtime/0123456789abcdef, 1 min 5 s.",
    ]
    assert told.err == "offline-ci: charts 2.0: its module x cannot be imported.\n"
    _tell(change, as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["requested"], one["origin"]) for one in document["added"]] == [
        ("charts", True, "file"),
        ("sums", False, "index"),
    ]
    assert document["runtime"] == {"build_id": "0123456789abcdef", "folder": "/home/runtime/0123456789abcdef"}
    _tell(Change((), (), (), Runtime(), (), 0.1), as_json=False)
    assert capsys.readouterr().out == "Nothing had to be changed.\n"
