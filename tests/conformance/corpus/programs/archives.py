# --- zip
import zipfile
with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("d/a.txt", "text" * 100)
    z.writestr(zipfile.ZipInfo("b.bin", (2024, 1, 2, 3, 4, 6)), b"\0\1")
    z.mkdir("empty")
with zipfile.ZipFile("a.zip") as z:
    print(z.namelist(), z.read("b.bin"), z.testzip(), [(i.filename, i.file_size, i.is_dir()) for i in z.infolist()], z.getinfo("b.bin").date_time, z.open("d/a.txt").read(6))
    z.extractall("out")
print(open("out/d/a.txt").read(4), zipfile.is_zipfile("a.zip"), sorted(p.name for p in zipfile.Path("a.zip").iterdir()))

# --- zip_missing_member
import zipfile
with zipfile.ZipFile("a.zip", "w") as z: z.writestr("a", "")
zipfile.ZipFile("a.zip").read("b")

# --- zip_bad_file
import zipfile
open("a.zip", "w").write("no zip")
zipfile.ZipFile("a.zip")

# --- zip_damaged
import zipfile
with zipfile.ZipFile("a.zip", "w") as z: z.writestr("a", "contents")
data = bytearray(open("a.zip", "rb").read())
data[data.index(b"contents")] ^= 1
open("a.zip", "wb").write(data)
zipfile.ZipFile("a.zip").read("a")

# --- zip_methods
import io, zipfile
for m in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
    f = io.BytesIO()
    with zipfile.ZipFile(f, "w", m) as z: z.writestr("a", b"abc" * 1000)
    with zipfile.ZipFile(f) as z: print(m, z.read("a") == b"abc" * 1000, z.getinfo("a").compress_size < 3001)

# --- zip_slip
import os, zipfile
with zipfile.ZipFile("a.zip", "w") as z:
    z.writestr("../up", "1")
    z.writestr("/abs", "2")
zipfile.ZipFile("a.zip").extractall("out")
print(sorted(os.listdir("out")), os.path.exists("up"))

# --- tar
import io, tarfile
with tarfile.open("a.tar.gz", "w:gz") as t:
    for name, data in (("d/a.txt", b"one"), ("é" * 60 + ".txt", b"two")):
        i = tarfile.TarInfo(name)
        i.size, i.mtime, i.mode = len(data), 1e9, 0o640
        t.addfile(i, io.BytesIO(data))
with tarfile.open("a.tar.gz") as t:
    print([(m.name, m.size, m.mtime, oct(m.mode), m.isfile()) for m in t], t.extractfile("d/a.txt").read())
    t.extractall("out", filter="data")
print(open("out/d/a.txt").read(), tarfile.is_tarfile("a.tar.gz"))

# --- tar_outside
import io, tarfile
with tarfile.open("a.tar", "w") as t: t.addfile(tarfile.TarInfo("../evil"), io.BytesIO())
try: tarfile.open("a.tar").extractall("out", filter="data")
except tarfile.FilterError as e: print(type(e).__name__)

# --- tar_link_outside
import io, tarfile
i = tarfile.TarInfo("l")
i.type, i.linkname = tarfile.SYMTYPE, "/etc/passwd"
with tarfile.open("a.tar", "w") as t: t.addfile(i)
try: tarfile.open("a.tar").extractall("out", filter="data")
except tarfile.FilterError as e: print(type(e).__name__, e)

# --- tar_links_inside
import os, tarfile
open("t", "w").write("target")
os.symlink("t", "s")
with tarfile.open("a.tar", "w") as t: t.add("t"); t.add("s")
with tarfile.open("a.tar") as t:
    t.extractall("out", filter="data")
    print([(m.name, m.issym(), m.linkname) for m in t])
print(os.readlink("out/s"), open("out/s").read())

# --- tar_bad
import tarfile
open("a.tar", "w").write("x" * 2000)
tarfile.open("a.tar")

# --- tar_methods
import io, tarfile
for m in ("gz", "bz2", "xz", ""):
    f = io.BytesIO()
    with tarfile.open(fileobj=f, mode=f"w:{m}") as t:
        i = tarfile.TarInfo("a")
        i.size = 3000
        t.addfile(i, io.BytesIO(b"abc" * 1000))
    f.seek(0)
    with tarfile.open(fileobj=f) as t: print(m, t.getnames(), t.extractfile("a").read() == b"abc" * 1000)

# --- gzip
import gzip, io
data = gzip.compress(b"text " * 100, mtime=0)
print(gzip.decompress(data) == b"text " * 100, data[:4], gzip.decompress(gzip.compress(b"a") + gzip.compress(b"b")))
with gzip.open("a.gz", "wt", encoding="utf-8") as f: f.write("é\n")
print(gzip.open("a.gz", "rt", encoding="utf-8").read(), gzip.GzipFile(fileobj=io.BytesIO(data)).read(7))

# --- gzip_bad
import gzip
gzip.decompress(b"not gzip")

# --- gzip_truncated
import gzip
gzip.decompress(gzip.compress(b"x" * 100)[:-10])

# --- zlib
import zlib
d = zlib.compress(b"abc" * 100)
o = zlib.decompressobj()
print(zlib.decompress(d)[:6], zlib.crc32(b"hello"), zlib.adler32(b"hello"), o.decompress(d[:10], 5) + o.flush()[:0], o.eof, zlib.decompress(zlib.compress(b"raw", wbits=-15), wbits=-15))

# --- zlib_bad
import zlib
zlib.decompress(b"garbage")

# --- zlib_incomplete
import zlib
zlib.decompress(zlib.compress(b"a" * 100)[:-6])

# --- bz2
import bz2
d = bz2.compress(b"abc" * 100)
print(d[:4], bz2.decompress(d)[:6], len(d))
with bz2.open("a.bz2", "wt") as f: f.write("line\n")
print(bz2.open("a.bz2", "rt").readlines())

# --- bz2_bad
import bz2
bz2.decompress(b"garbage")

# --- lzma
import lzma
d = lzma.compress(b"abc" * 100)
print(d[:6], lzma.decompress(d)[:6], lzma.decompress(lzma.compress(b"x", format=lzma.FORMAT_ALONE)), lzma.is_check_supported(lzma.CHECK_SHA256))
with lzma.open("a.xz", "w") as f: f.write(b"1\n2\n")
print(list(lzma.open("a.xz")))

# --- lzma_bad
import lzma
lzma.decompress(b"garbage")

# --- zstd
from compression import zstd
d = zstd.compress(b"abc" * 100)
print(d[:4], zstd.decompress(d)[:6])

# --- shutil_archives
import os, shutil
os.makedirs("s/d")
open("s/d/f", "w").write("data")
for kind in ("zip", "tar", "gztar", "bztar", "xztar"):
    name = shutil.make_archive("arc", kind, "s")
    shutil.unpack_archive(name, kind + "-out")
    print(os.path.basename(name), open(kind + "-out/d/f").read())

# --- sizes_of_deflate
import zlib
print([len(zlib.compress(b"the quick brown fox " * 50, level)) for level in range(10)])
