# what = "makes C callbacks without an end, each of which is an object of the host"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "twin"
# twin = "import ctypes\n\nctypes.CFUNCTYPE(None)(lambda: print(\"REACHED\"))()"
import ctypes

callbacks = []
while True:
    callbacks.append(ctypes.CFUNCTYPE(None)(print))
