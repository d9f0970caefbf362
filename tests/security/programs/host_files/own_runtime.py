# what = "replaces a module of the runtime that later sessions import"
# status = "error"
# error = "OSError"
# says = "Read-only"
# control = "native"
import json

open(json.__file__, "a").close()
print("REACHED")
