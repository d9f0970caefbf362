# what = "sends the host a message nested a million deep"
# status = "ok"
# control = "twin"
# twin = "import os\n\nos.write(1, b\"REACHED\" + b\"[\" * 10**3)"
import os

os.write(3, b"[" * 10**6 + b"\n")
