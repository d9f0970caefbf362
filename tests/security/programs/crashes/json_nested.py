# what = "JSON of a million opening brackets"
# status = "trap"
# error = "Trap"
# control = "twin"
# twin = "import json\nif json.loads('[' * 9 + ']' * 9): print('REACHED')"
import json

json.loads("[" * 10**6)
