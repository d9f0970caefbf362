# what = "replaces the functions by which the session's runner talks to the host"
# status = "ok"
# control = "twin"
# twin = "print(\"REACHED\")"
import os

os.read = lambda *_: b"{}\n"
