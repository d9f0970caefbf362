# what = "extracts an archive with a link to the host's folder, and then a file through it"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import io
import os
import stat
import zipfile

data = io.BytesIO()
with zipfile.ZipFile(data, "w") as archive:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(link, "@FOLDER@")
    archive.writestr("link/file", "overwritten")
with zipfile.ZipFile(data) as archive:
    for member in archive.infolist():
        if stat.S_ISLNK(member.external_attr >> 16):
            os.symlink(archive.read(member), member.filename)
        else:
            with open(member.filename, "wb") as file:
                file.write(archive.read(member))
if open("@FILE@").read() == "overwritten":
    print("REACHED")
