# what = "links a module that wants four gigabytes of memory and four billion functions"
# status = "error"
# error = "OSError"
# says = "is not a library"
# control = "twin"
# twin = "import ctypes\n\nctypes.CDLL(\"/lib/python3.14/site-packages/numpy/fft/_pocketfft_umath.cpython-314-wasm32-emscripten.so\")\nprint(\"REACHED\")"
import ctypes

sizes = bytes([1, 22]) + b"\xff\xff\xff\xff\x0f\x20" + b"\xff\xff\xff\xff\x0f\x20" + bytes(10)
section = bytes([8]) + b"dylink.0" + sizes
open("hostile.so", "wb").write(b"\0asm\1\0\0\0" + bytes([0, len(section)]) + section)
ctypes.CDLL("/mnt/data/hostile.so")
print("REACHED")
