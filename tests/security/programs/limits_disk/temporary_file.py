# what = "a temporary file, outside the folder of the user's files"
# status = "disk_limit"
# error = "OSError"
# limit = "disk_bytes"
# control = "native"
import tempfile

with tempfile.TemporaryFile() as file:
    for _ in range(50):
        file.write(bytes(1 << 20))
print("REACHED")
