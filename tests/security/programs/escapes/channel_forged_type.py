# what = "sends the host a message whose type is a list"
# status = "ok"
# control = "twin"
# twin = "import os\n\nos.write(1, b\"REACHED\")"
import os

os.write(3, b'{"type": []}\n')
