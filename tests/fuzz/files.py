"""File operations on the machine's file system and on ours at once; see ``conformance.test_fs_stateful``."""

from conformance.test_fs_stateful import DATA_BYTES, FLAG_SETS, NAMES, OFFSET_RANGE, TARGET_NAMES, SameBehaviour
from fuzz.source import Source

OPERATIONS = (
    "open", "write", "read", "pwrite", "pread", "ftruncate", "fstat", "close", "mkdir", "rmdir", "unlink", "rename",
    "symlink", "readlink", "stat", "listdir",
)  # fmt: skip


def run(data: bytes) -> int:
    """Does up to 40 operations twice; the trees are compared after each."""
    source, n_done = Source(data), 0
    both = SameBehaviour()
    try:
        while source and n_done < 40:
            _step(both, source.pick(OPERATIONS), source)
            both.the_trees_are_equal()
            both.the_quota_knows_all_bytes()
            n_done += 1
    finally:
        both.teardown()
    return n_done


def _step(both, operation, source):
    match operation:
        case "open":
            both.open(path=source.pick(NAMES), flags=source.pick(FLAG_SETS))
        case "write":
            both.write(which=source.below(51), data=source.take(source.below(DATA_BYTES)))
        case "read":
            both.read(which=source.below(51), n=source.below(31))
        case "pwrite":
            both.pwrite(which=source.below(51), data=source.take(source.below(DATA_BYTES)), offset=_offset(source))
        case "pread":
            both.pread(which=source.below(51), n=source.below(31), offset=_offset(source))
        case "ftruncate":
            both.ftruncate(which=source.below(51), size=_offset(source))
        case "fstat" | "close":
            getattr(both, operation)(which=source.below(51))
        case "rename":
            both.rename(old=source.pick(NAMES), new=source.pick(NAMES))
        case "symlink":
            both.symlink(points_to=source.pick(TARGET_NAMES), path=source.pick(NAMES))
        case _:
            getattr(both, operation)(path=source.pick(NAMES))


def _offset(source):
    low, high = OFFSET_RANGE
    return low + source.below(high - low + 1)
