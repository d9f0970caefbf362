# what = "tells the host of an error that never happened"
# status = "ok"
# control = "twin"
# twin = "import os\n\nos.write(1, b\"REACHED\")"
import os

os.write(3, b'{"type": "error"}\n')
