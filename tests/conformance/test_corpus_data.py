"""The corpus refuses files that say nothing, and a difference that is no longer true."""

import pytest

from conformance.corpus_data import Difference, Outcome, read_differences, read_programs, verdict

NATIVE = Outcome("1\n", "")
KNOWN = Difference("why", stdout="2\n")


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return folder


def test_programs_are_split_at_their_names(tmp_path):
    programs = read_programs(write(tmp_path, "programs/a.py", "# --- one\nprint(1)\n\n# --- two\n# c\nx\n\n\n"))
    assert [(program.id, program.code) for program in programs] == [("a/one", "print(1)\n"), ("a/two", "# c\nx\n")]


@pytest.mark.parametrize("text", ["print(1)\n", "x = 1\n# --- one\n1\n", "# --- one\n1\n# --- one\n2\n"])
def test_a_program_without_a_name_of_its_own_is_refused(tmp_path, text):
    with pytest.raises(ValueError, match=r"a\.py must begin with `# --- name`"):
        read_programs(write(tmp_path, "programs/a.py", text))


@pytest.mark.parametrize("table", ['stdout = ""', 'reason = "why"', 'reason = "why"\nstdout = ""\nstdin = ""'])
def test_a_difference_says_what_differs_and_why(tmp_path, table):
    with pytest.raises(ValueError, match="a/b needs `reason`"):
        read_differences(write(tmp_path, "differences.toml", f'["a/b"]\n{table}\n'))


@pytest.mark.parametrize(
    ("here", "known", "found"),
    [
        (NATIVE, None, ""),
        (Outcome("2\n", ""), KNOWN, ""),
        (Outcome("2\n", ""), None, "differs from native Python"),
        (Outcome("1\n", "ValueError: x"), None, "differs from native Python"),
        (NATIVE, KNOWN, "differs no longer"),
        (Outcome("3\n", ""), KNOWN, "differs otherwise"),
        (Outcome("2\n", "ValueError: x"), KNOWN, "differs otherwise"),
        (Outcome("1\n", "E: here"), Difference("why", error="E: here"), ""),
    ],
)
def test_only_what_is_the_same_or_known_passes(here, known, found):
    assert verdict(NATIVE, here, known).startswith(found)
    assert bool(verdict(NATIVE, here, known)) == bool(found)
