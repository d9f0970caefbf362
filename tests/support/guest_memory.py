"""A guest without an engine: memory is a ``bytearray``, and malloc only ever goes forward."""

from offline_ci.emscripten.abi.errno import ErrnoError
from offline_ci.emscripten.clock import Clock
from offline_ci.emscripten.host import Host
from offline_ci.emscripten.ports import WASM_PAGE_BYTES
from offline_ci.emscripten.registry import Convention
from offline_ci.emscripten.vfs.standard import standard_filesystem

EPOCH_NS = 1_700_000_000_000_000_000


class ByteArrayMemory:
    """A ``GuestMemory`` with a limit."""

    def __init__(self, pages=4, limit_pages=64):
        self.data = bytearray(pages * WASM_PAGE_BYTES)
        self._limit = limit_pages * WASM_PAGE_BYTES

    def view(self):
        return memoryview(self.data)

    def grow(self, n_pages):
        size = len(self.data) + n_pages * WASM_PAGE_BYTES
        if size > self._limit:
            return False
        self.data = bytearray(self.data) + bytearray(n_pages * WASM_PAGE_BYTES)
        return True


class FakeInstance:
    """An instance whose exports are malloc and its relatives; functions are (type, name) pairs."""

    def __init__(self, memory=None):
        self.table = {}
        self.memory = memory or ByteArrayMemory()
        self.calls = []
        self.out_of_memory = False
        self._top = 3 * WASM_PAGE_BYTES

    def call(self, name, *args):
        self.calls.append((name, *args))
        if name == "malloc":
            return self._allocate(16, args[0])
        if name == "emscripten_builtin_memalign":
            return self._allocate(16, args[1])
        assert name == "free", name
        return 0

    def find_table(self, index):
        return self.table.get(index)

    def function_type(self, func):
        return func[0]

    def call_function(self, func, *args):
        self.calls.append((func[1], *args))
        return 0

    def _allocate(self, align, size):
        start = (self._top + align - 1) & -align
        if self.out_of_memory or start + size > len(self.memory.data):
            return 0
        self._top = start + size
        return start


class GuestSide:
    """Calls host functions as the engine does: by name, with errors in the function's own convention."""

    def __init__(self, host):
        self.host = host
        self._next = 1024

    def __call__(self, name, *args):
        function = self.host.functions.find(name)
        try:
            result = function.handler(self.host, *args)
        except ErrnoError as error:
            if function.convention is Convention.PLAIN:
                raise
            return -error.errno if function.convention is Convention.SYSCALL else int(error.errno)
        return (result or 0) if function.convention is Convention.WASI else result

    def alloc(self, n, data=b""):
        """Scratch memory below the heap."""
        ptr = self._next
        self._next += (max(n, len(data)) + 15) & ~15
        assert self._next < 2 * WASM_PAGE_BYTES, "the test uses too much scratch memory"
        self.host.memory.write_bytes(ptr, data)
        return ptr

    def string(self, text):
        """A NUL-terminated string in guest memory."""
        return self.alloc(0, text.encode("utf-8", "surrogateescape") + b"\0")

    def reset(self):
        """Forget all scratch memory."""
        self._next = 1024


def make_host(*, instance=None, fs=None, quota=None, epoch_ns=EPOCH_NS, sleep=lambda seconds: None, **options):
    """A host with a fixed clock, zero entropy and an attached fake instance."""
    clock = Clock(epoch_ns)
    fs = fs or standard_filesystem(clock.realtime_ns, bytes, quota=quota)
    host = Host(fs=fs, clock=clock, entropy=bytes, sleep=sleep, **options)
    host.attach(instance or FakeInstance())
    return host
