# what = "has the linker read the name of a library from beyond memory"
# status = "trap"
# error = "Trap"
# says = "bad pointer"
# control = "twin"
# twin = "import ctypes\n\nctypes.CDLL(\"/lib/python3.14/site-packages/numpy/fft/_pocketfft_umath.cpython-314-wasm32-emscripten.so\")\nprint(\"REACHED\")"
import ctypes

lib = ctypes.CDLL(None)
lib._dlopen_js(0xFFFFFFF0)
