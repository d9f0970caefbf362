# what = "a small archive that unpacks to more than the disk holds"
# status = "disk_limit"
# error = "OSError"
# limit = "disk_bytes"
# control = "native"
import io
import zipfile

packed = io.BytesIO()
with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("zeros", bytes(40 << 20))
zipfile.ZipFile(packed).extractall()
print("REACHED")
