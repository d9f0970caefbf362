# what = "makes C callbacks without an end, each of which is an object of the host"
# status = "error"
# error = "MemoryError"
# control = "twin"
# twin = "import ctypes\n\ncallbacks.clear()\nctypes.CFUNCTYPE(None)(lambda: print('REACHED'))()"
import ctypes

callbacks = []
for _ in range(20_000):
    callbacks.append(ctypes.CFUNCTYPE(None)(print))
