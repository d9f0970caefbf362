import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from offline_ci.artifacts.additions import Addition
from offline_ci.artifacts.lockfile import runtime_lock
from offline_ci.errors import PackageError, UsageError
from offline_ci.pyodide import guest_platform
from offline_ci.pyodide.candidates import read_candidate
from offline_ci.pyodide.resolve import MissingError, Runtime, check_together, choose, without
from support.package_wheels import package_wheel

LOCK = runtime_lock()
OWN = {"numpy": Version("2.4.3"), "six": Version("1.17.0")}


def addition(name, *requires, version="1.0", requested=True, extras=()):
    file = f"{name}-{version}-py3-none-any.whl"
    return Addition(name, version, file, name[0] * 64, 10, "MIT", "file", requested, extras, (name,), requires)


def runtime(*added):
    return Runtime(OWN, added, guest_platform.markers(LOCK), {"six": ["b; extra == 'more'"]})


@pytest.fixture
def chosen(tmp_path):
    """What is chosen for a request out of these wheels: name → (version, requirements)."""

    def choose_(request, wheels, there=None):
        found = {}
        for name, (version, *requires) in wheels.items():
            found[name] = read_candidate(package_wheel(tmp_path, name, version, requires=requires), LOCK)
        wanted = [Requirement(word) for word in request.split()]
        result = choose(wanted, lambda need: found.get(canonicalize_name(need.name)), there or runtime(), "the folder")
        return sorted(result)

    return choose_


def test_what_is_needed_comes_too(chosen):
    wheels = {"a": ("1.0", "b>=1", "numpy"), "b": ("2.0", "c"), "c": ("1.0",), "d": ("1.0",)}
    assert chosen("a", wheels) == ["a", "b", "c"]
    assert chosen("b d", wheels) == ["b", "c", "d"]


def test_circles_are_walked_once(chosen):
    assert chosen("a", {"a": ("1.0", "b"), "b": ("1.0", "a")}) == ["a", "b"]


def test_markers_are_the_guests(chosen):
    needs = ["b; sys_platform == 'emscripten'", "c; sys_platform == 'linux'", "d; python_version < '3.14'"]
    assert chosen("a", {"a": ("1.0", *needs), "b": ("1.0",)}) == ["a", "b"]


def test_extras_bring_what_they_need(chosen):
    wheels = {"a": ("1.0", "b; extra == 'more'"), "b": ("1.0",), "e": ("1.0", "a[more]")}
    assert chosen("a", wheels) == ["a"]
    assert chosen("a[more]", wheels) == ["a", "b"]
    assert chosen("e", wheels) == ["a", "b", "e"]


def test_what_the_runtime_has_is_taken_as_it_is(chosen):
    assert chosen("a", {"a": ("1.0", "numpy>=2", "b"), "b": ("2.0",)}, runtime(addition("b"))) == ["a"]
    with pytest.raises(PackageError) as error:
        chosen("a", {"a": ("1.0", "numpy>=2.5"), "numpy": ("2.5",)})
    assert str(error.value) == "a 1.0 needs numpy>=2.5, and the runtime has numpy 2.4.3. Choose another version of a."


def test_what_was_added_is_exchanged_where_it_is_named(chosen):
    assert chosen("b==2.0", {"b": ("2.0",)}, runtime(addition("b"))) == ["b"]
    with pytest.raises(PackageError, match=r"a 1\.0 needs b>=2, and the runtime has b 1\.0"):
        chosen("a", {"a": ("1.0", "b>=2"), "b": ("2.0",)}, runtime(addition("b")))


def test_extras_of_something_added_before(chosen):
    there = runtime(addition("a", "b; extra == 'more'"))
    assert chosen("e", {"e": ("1.0", "a[more]"), "b": ("1.0",)}, there) == ["b", "e"]


def test_extras_of_the_distributions_own(chosen):
    assert chosen("e", {"e": ("1.0", "six[more]"), "b": ("1.0",)}) == ["b", "e"]
    added = (addition("e", "six[more]"), addition("b", requested=False), addition("d"))
    assert names(without(["d"], runtime(*added))) == ["e", "b"]
    check_together(added, runtime())
    with pytest.raises(MissingError, match=r"six 1\.17\.0 needs b"):
        check_together(added[:1], runtime())


def test_everything_that_is_missing_is_named_with_the_mend(chosen):
    with pytest.raises(MissingError) as error:
        chosen("a", {"a": ("1.0", "b>=2", "c"), "c": ("1.0", "d")})
    assert error.value.message == "a 1.0 needs b>=2; c 1.0 needs d: not in the folder."
    assert "offline-ci runtime add … b d" in error.value.hint


def test_a_version_that_does_not_fit_is_told(chosen):
    with pytest.raises(PackageError, match=r"a 1\.0 needs b<2, and there is b 2\.0"):
        chosen("a", {"a": ("1.0", "b<2"), "b": ("2.0",)})
    with pytest.raises(PackageError, match=r"numpy==3 was asked for, and the runtime has numpy 2\.4\.3"):
        chosen("numpy==3", {})


def test_all_added_packages_must_fit_together():
    check_together([addition("a", "b>=1", "six"), addition("b")], runtime())
    with pytest.raises(PackageError, match=r"a 1\.0 needs b>=2, and the runtime would have b 1\.0"):
        check_together([addition("a", "b>=2"), addition("b")], runtime())
    with pytest.raises(MissingError, match=r"a 1\.0 needs c"):
        check_together([addition("a", "c; extra == 'x'", extras=("x",))], runtime())
    check_together([addition("a", "c; extra == 'x'")], runtime())


def names(added):
    return [addition.name for addition in added]


def test_removing_takes_along_what_nobody_else_needs():
    added = (
        addition("a", "b", "c"),
        addition("b", requested=False),
        addition("c", requested=False),
        addition("d", "c"),
    )
    assert names(without(["a"], runtime(*added))) == ["c", "d"]
    assert names(without(["A", "d"], runtime(*added))) == []
    assert names(without(["d"], runtime(*added))) == ["a", "b", "c"]


def test_what_was_asked_for_stays_when_it_is_no_longer_needed():
    assert names(without(["a"], runtime(addition("a", "b"), addition("b")))) == ["b"]


def test_what_is_needed_for_an_extra_stays():
    added = (addition("a", "b; extra == 'x'", extras=("x",)), addition("b", requested=False), addition("d"))
    assert names(without(["d"], runtime(*added))) == ["a", "b"]
    asking = (addition("a", "b; extra == 'x'"), addition("b", requested=False), addition("d"), addition("e", "a[x]"))
    assert names(without(["d"], runtime(*asking))) == ["a", "b", "e"]


def test_what_others_need_is_not_removed():
    with pytest.raises(PackageError) as error:
        without(["b"], runtime(addition("a", "b"), addition("b")))
    assert str(error.value) == "a 1.0 needs b. Remove both: offline-ci runtime remove a b"
    added = (addition("a", "b"), addition("b", "c", requested=False), addition("c"))
    with pytest.raises(PackageError, match=r"b 1\.0 needs c"):
        without(["c"], runtime(*added))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("numpy", "numpy is part of the distribution and cannot be removed."),
        ("nothing", "There is no package nothing in the runtime."),
    ],
)
def test_only_added_packages_are_removed(name, reason):
    with pytest.raises(UsageError) as error:
        without([name], runtime(addition("a")))
    assert error.value.message == reason
    assert "offline-ci runtime packages" in error.value.hint
