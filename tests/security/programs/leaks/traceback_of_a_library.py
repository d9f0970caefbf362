# what = "looks for a folder of the host in a library's traceback"
# status = "ok"
# control = "native"
import json
import traceback

try:
    json.loads("[")
except ValueError as error:
    frames = traceback.extract_tb(error.__traceback__)
if not all(frame.filename.startswith(("<", "/lib/python3.14/")) for frame in frames):
    print("REACHED")
