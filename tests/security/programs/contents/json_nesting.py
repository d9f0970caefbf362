# what = "JSON with a million brackets"
# status = "trap"
# error = "Trap"
# control = "dies"
import json

json.loads("[" * 1_000_000)
print("REACHED")
