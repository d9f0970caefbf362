# what = "extracts an archive by hand whose member has the host file's name"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import io
import zipfile

data = io.BytesIO()
with zipfile.ZipFile(data, "w") as archive:
    archive.writestr("@FILE@", "overwritten")
with zipfile.ZipFile(data) as archive:
    for name in archive.namelist():
        with open(name, "wb") as file:
            file.write(archive.read(name))
if open("@FILE@").read() == "overwritten":
    print("REACHED")
