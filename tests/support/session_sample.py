"""A guest with something of everything that a session file keeps."""

from offline_ci.emscripten.checkpoint import capture_host
from offline_ci.emscripten.ldso.state import ClosureState, LibraryState, LinkState
from offline_ci.snapshot.pages import PAGE_BYTES
from offline_ci.snapshot.session_file import SavedSession
from offline_ci.snapshot.state import Entries, GuestState, PythonState
from support.guest_memory import make_host
from support.linear_memory import WASM_PAGE, LinearMemory

MEMORY_BYTES = 4 * WASM_PAGE
IMAGE = bytes(range(256)) * 256
LINK = LinkState(
    table_size=9000,
    stack_pointer=5_000_000,
    stack_limits=(5_242_880, 4_194_304),
    trampoline=8000,
    libraries=(
        LibraryState(
            "/lib/a.so", 1 << 20, 8001, True, (), (("env", "memory_base", 7), ("GOT.func", "f", 0)), {"f": 8100}
        ),
        LibraryState("/lib/b.so", 2 << 20, 8051, False, ("/lib/a.so",), (), {}),
    ),
    handles={4_000_000: "/lib/b.so"},
    main_slots={"free": 8101},
    host_slots={"now": 8102},
    closures=(ClosureState(8103, 1, 2, 3), ClosureState(8104)),
    free_closures=(8105,),
)


def host_state():
    host = make_host()
    host.fs.write_file("/tmp/table.csv", b"a,b\n1,2\n")
    return capture_host(host)


def some_session(store, *, extra=None):
    memory = LinearMemory(IMAGE, MEMORY_BYTES)
    pages = store.track(memory.address, MEMORY_BYTES)
    memory.grow(1)
    memory.write(0, bytes(2 * PAGE_BYTES))
    memory.write(20 * PAGE_BYTES + 5, b"state")
    memory.write(MEMORY_BYTES + 3, b"grown")
    python = PythonState(LINK, Entries(11, 12), pages.checkpoint(memory.memory_bytes))
    return SavedSession("build-1", "standard", GuestState(host_state(), python), extra or {}), memory.read()
