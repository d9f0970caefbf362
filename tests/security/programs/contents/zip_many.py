# what = "an archive with more members than there may be files"
# status = "disk_limit"
# limit = "files"
# error = "OSError"
# control = "twin"
# twin = "print('REACHED')"
import io
import zipfile

data = io.BytesIO()
with zipfile.ZipFile(data, "w") as archive:
    for i in range(3_000):
        archive.writestr(str(i), "")
zipfile.ZipFile(data).extractall()
print("REACHED")
