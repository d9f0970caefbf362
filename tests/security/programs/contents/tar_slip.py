# what = "extracts a tar file, fully trusted, with the host file's name in it: it lands in the guest's own tree"
# status = "ok"
# says = "own"
# control = "native"
import io
import os
import tarfile

was_there = os.path.exists("@FILE@")
data = io.BytesIO()
with tarfile.open(fileobj=data, mode="w") as archive:
    member = tarfile.TarInfo("@FILE@")
    member.size = 11
    archive.addfile(member, io.BytesIO(b"overwritten"))
data.seek(0)
tarfile.open(fileobj=data).extractall(filter="fully_trusted")
assert open("@FILE@").read() == "overwritten"
print("REACHED" if was_there else "own")
