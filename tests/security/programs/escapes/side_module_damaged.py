# what = "links a damaged copy of a library of the runtime"
# status = "error"
# error = "OSError"
# says = "is not a library"
# control = "twin"
# twin = "import ctypes\n\nctypes.CDLL(\"/lib/python3.14/site-packages/numpy/fft/_pocketfft_umath.cpython-314-wasm32-emscripten.so\")\nprint(\"REACHED\")"
import ctypes
import pathlib

name = "{}/numpy/fft/_pocketfft_umath.cpython-314-wasm32-emscripten.so"
library = bytearray(pathlib.Path(name.format("/lib/python3.14/site-packages")).read_bytes())
library[4000:] = library[4000:][::-1]
pathlib.Path("damaged.so").write_bytes(library)
ctypes.CDLL("/mnt/data/damaged.so")
print("REACHED")
