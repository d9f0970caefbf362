# what = "extracts a tar file whose member climbs out of the folder it is extracted to"
# status = "error"
# error = "OutsideDestinationError"
# control = "native"
import io
import os
import tarfile

open("kept.txt", "w").write("kept")
os.mkdir("into")
data = io.BytesIO()
with tarfile.open(fileobj=data, mode="w") as archive:
    member = tarfile.TarInfo("../kept.txt")
    member.size = 11
    archive.addfile(member, io.BytesIO(b"overwritten"))
data.seek(0)
tarfile.open(fileobj=data).extractall("into")
if open("kept.txt").read() == "overwritten":
    print("REACHED")
