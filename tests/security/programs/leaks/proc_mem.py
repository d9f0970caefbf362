# what = "reads the host process's memory through /proc/self/mem"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import ctypes

buffer = ctypes.create_string_buffer(b"here")
with open("/proc/self/mem", "rb", buffering=0) as memory:
    memory.seek(ctypes.addressof(buffer))
    if memory.read(4) == b"here":
        print("REACHED")
