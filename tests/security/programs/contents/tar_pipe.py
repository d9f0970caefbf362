# what = "extracts a tar file with a named pipe in it"
# status = "error"
# error = "SpecialFileError"
# control = "native"
import io
import os
import stat
import tarfile

data = io.BytesIO()
with tarfile.open(fileobj=data, mode="w") as archive:
    member = tarfile.TarInfo("pipe")
    member.type = tarfile.FIFOTYPE
    archive.addfile(member)
data.seek(0)
tarfile.open(fileobj=data).extractall()
if stat.S_ISFIFO(os.stat("pipe").st_mode):
    print("REACHED")
