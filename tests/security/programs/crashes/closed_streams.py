# what = "closes the descriptors of its streams and of our channel"
# status = "ok"
# control = "twin"
# twin = "import os\nos.closerange(50, 64)\nprint('REACHED')"
import os

os.closerange(0, 64)
