# what = "asks for the host's operating system and kernel"
# status = "ok"
# control = "native"
import os

if os.uname().sysname in {"Linux", "Darwin"}:
    print("REACHED")
