# what = "sends the host an output that it can read but not pass on, nested six hundred deep"
# status = "ok"
# control = "twin"
# twin = "import os\n\nos.write(3, b'{\"type\": \"display_data\", \"metadata\": {}, \"data\": {\"x\": [[]]}}\\n')\nprint(\"REACHED\")"
import os

data = b"[" * 600 + b"]" * 600
os.write(3, b'{"type": "display_data", "metadata": {}, "data": {"x": ' + data + b"}}\n")
