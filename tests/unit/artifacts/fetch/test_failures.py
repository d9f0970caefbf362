import pytest

from offline_ci.artifacts.fetch.failures import FailureLog, SourceFailedError, failure_from_output, redact
from support.artifacts import spec_of

SPECS = [spec_of(b"%d" % n, name=f"file{n}") for n in range(6)]


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("Collecting x\nERROR: No matching distribution found for x==1", "No matching distribution found for x==1"),
        (
            "npm error code ETARGET\nnpm error notarget No matching version found for x@1.\nnpm error A complete log",
            "notarget No matching version found for x@1.",
        ),
        ("one\ntwo\nthree\n", "two three"),
        ("", "it said nothing"),
        ("ERROR: same\nERROR: same\n", "same"),
        ("ERROR: " + "x" * 400, "x" * 299 + "…"),
        ("ERROR: 404 for https://me:pw@example.org/x", "404 for https://example.org/x"),
        (
            f"ERROR: THESE PACKAGES\n   Expected sha256 {'a' * 64}\n        Got        {'b' * 64}\n",
            f"what it has is not the pinned file: found {'b' * 64}, expected {'a' * 64}",
        ),
    ],
)
def test_the_telling_words_are_found(output, reason):
    failure = failure_from_output(output)
    assert (failure.reason, failure.unreachable) == (reason, False)


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("WARNING: ... [Errno -3] Temporary failure in name resolution\nERROR: No matching", "name resolution"),
        ("npm error code ENOTFOUND\nnpm error errno ENOTFOUND", "ENOTFOUND"),
        ("npm error request failed, reason: connect ECONNREFUSED 127.0.0.1:9", "ECONNREFUSED"),
        ("ConnectError: [Errno 111] Connection refused", "ConnectError"),
        ("OfflineModeIsEnabled: Cannot reach x: offline mode is enabled", "Cannot reach"),
        ("[Errno 101] Network is unreachable", "Network is unreachable"),
    ],
)
def test_the_words_of_an_absent_network_are_known(output, words):
    failure = failure_from_output(output)
    assert (failure.reason, failure.unreachable) == (f"cannot be reached ({words})", True)


def test_credentials_are_left_out():
    assert redact("see https://me:secret@host/x and http://token@host/") == "see https://host/x and http://host/"


def test_the_error_tells_each_reason_once():
    log = FailureLog()
    for n, spec in enumerate(SPECS):
        log.add(spec, f"pip x{n}", SourceFailedError("gone."))
        log.add(spec, "mirror/", SourceFailedError("HTTP 404"))
    error = log.error(SPECS)
    assert error.message == (
        "Could not fetch file0, file1, file2 and 3 more: pip x0, pip x1, pip x2 and 3 more: gone; mirror/: HTTP 404."
    )
    assert error.hint.startswith("Look at what each source said; then run `offline-ci runtime fetch` again")


def test_the_error_names_the_mend_of_the_failure():
    log = FailureLog()
    log.add(SPECS[0], "npm x", SourceFailedError("there is no npm", mend="Install npm"))
    log.add(SPECS[0], "mirror/", SourceFailedError("no", unreachable=True))
    assert log.error(SPECS[:1]).hint == (
        "Install npm; then run `offline-ci runtime fetch` again; what has arrived is kept."
    )


def test_the_error_names_the_ways_without_a_network():
    log = FailureLog()
    log.add(SPECS[0], "pip", SourceFailedError("cannot be reached", unreachable=True))
    hint = log.error(SPECS[:1]).hint
    assert hint.startswith("This machine seems to have no network. Connect it, or bring the files another way: ")
    assert "OFFLINE_CI_SOURCE_DIR" in hint
    assert "OFFLINE_CI_MIRROR" in hint
    assert "copy the folder OFFLINE_CI_HOME" in hint


def test_an_artefact_without_a_source_is_told_so():
    assert FailureLog().error(SPECS[:1]).message == "Could not fetch file0: it has no source."
