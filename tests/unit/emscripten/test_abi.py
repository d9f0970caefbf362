"""Layouts and numbers against emscripten 5.0.3 ``src/struct_info_generated.json``, copied by hand where they matter."""

from struct import unpack_from

import pytest

from offline_ci.emscripten.abi import structs
from offline_ci.emscripten.abi.errno import Errno

# name: (size, {field index in our layout: (offset, width)})
LAYOUTS = {
    "STAT": (96, {
        0: (0, "I"), 1: (4, "I"), 2: (8, "I"), 3: (12, "I"), 4: (16, "I"), 5: (20, "I"), 6: (24, "q"), 7: (32, "i"),
        8: (36, "i"), 9: (40, "q"), 10: (48, "I"), 11: (56, "q"), 12: (64, "I"), 13: (72, "q"), 14: (80, "I"),
        15: (88, "Q"),
    }),
    "STATFS": (88, {
        1: (4, "I"), 2: (8, "q"), 3: (16, "q"), 4: (24, "q"), 5: (32, "q"), 6: (40, "q"), 7: (48, "q"), 8: (56, "I"),
        9: (60, "I"), 10: (64, "I"),
    }),
    "IOVEC": (8, {0: (0, "I"), 1: (4, "I")}),
    "POLLFD": (8, {0: (0, "i"), 1: (4, "h"), 2: (6, "h")}),
    "TIMESPEC": (16, {0: (0, "q"), 1: (8, "i")}),
    "FDSTAT": (24, {0: (0, "B"), 1: (2, "H"), 2: (8, "Q"), 3: (16, "Q")}),
    "TM": (40, {0: (0, "i"), 1: (4, "i"), 2: (8, "i"), 3: (12, "i"), 4: (16, "i"), 5: (20, "i"), 6: (24, "i"),
                7: (28, "i"), 8: (32, "i"), 9: (36, "i")}),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts_are_those_of_the_c_structures(name):
    size, fields = LAYOUTS[name]
    layout = getattr(structs, name)
    assert layout.size == size
    n = len(layout.unpack(bytes(size)))
    for index, (offset, width) in fields.items():
        packed = layout.pack(*[7 if i == index else 0 for i in range(n)])
        assert unpack_from("<" + width, packed, offset) == (7,)


def test_a_directory_record_has_room_for_any_name():
    assert structs.DIRENT_HEADER.size == 19
    assert structs.DIRENT_HEADER.size + structs.DIRENT_NAME_BYTES <= structs.DIRENT_BYTES


@pytest.mark.parametrize(
    ("name", "number"),
    [("E2BIG", 1), ("ENOENT", 44), ("EINVAL", 28), ("EAGAIN", 6), ("EWOULDBLOCK", 6), ("ENOTSUP", 138), ("EXDEV", 75)],
)
def test_errors_have_wasi_numbers(name, number):
    assert Errno[name] == number
