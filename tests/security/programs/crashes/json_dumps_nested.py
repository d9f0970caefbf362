# what = "writes a list nested a hundred thousand times as JSON"
# status = "error"
# error = "RecursionError"
# control = "twin"
# twin = "import json\nif json.dumps([[[]]]) == '[[[]]]': print('REACHED')"
import json

nested = []
for _ in range(10**5):
    nested = [nested]
json.dumps(nested)
