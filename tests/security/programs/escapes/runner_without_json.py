# what = "replaces the function by which the session's runner writes its answers"
# status = "ok"
# control = "twin"
# twin = "print(\"REACHED\")"
import json

json.dumps = lambda *_: "x"
