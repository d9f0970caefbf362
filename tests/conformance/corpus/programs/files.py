# --- text_modes
with open("a.txt", "w") as f: print(f.write("one\ntwo\n"), f.tell(), f.mode, f.encoding, f.closed)
with open("a.txt", "a") as f: f.write("three")
with open("a.txt") as f: print(f.read(), f.read(), f.seek(4), f.readline(), list(f))
with open("a.txt", "r+") as f: f.write("ONE"); f.truncate(5)
print(repr(open("a.txt").read()))

# --- exclusive
open("x", "x").close()
open("x", "x")

# --- missing
open("nothing.txt")

# --- missing_folder
open("no/such/folder.txt", "w")

# --- is_a_directory
import os
os.mkdir("d")
open("d")

# --- not_a_directory
open("f", "w").close()
open("f/x")

# --- bad_mode
open("f", "rw")

# --- closed
f = open("f", "w")
f.close()
f.write("x")

# --- not_readable
open("f", "w").read()

# --- write_bytes_as_text
open("f", "w").write(b"bytes")

# --- binary
with open("b.bin", "wb") as f: print(f.write(bytes(range(256))), f.tell())
with open("b.bin", "rb+") as f: print(f.seek(-3, 2), f.read(), f.seek(10), f.read(2), f.readinto(bytearray(4)), f.write(b"zz"), f.tell())
print(open("b.bin", "rb").read()[14:20])

# --- newlines
open("n", "wb").write(b"a\r\nb\rc\n")
print([open("n", newline=n).readlines() for n in (None, "", "\n", "\r\n")])
with open("m", "w", newline="\r\n") as f: f.write("a\nb\n")
print(open("m", "rb").read())

# --- encodings
open("e", "w", encoding="latin-1").write("é")
print(open("e", "rb").read(), open("e", encoding="latin-1").read(), ascii(open("e", errors="replace").read()))
open("e").read()

# --- unbuffered_and_lines
with open("l", "wb", buffering=0) as f: print(f.write(b"1\n2\n3"), type(f).__name__)
with open("l") as f: print(next(f), f.readlines(2), f.readlines(), f.isatty(), f.seekable())

# --- tell_while_iterating
open("t", "w").write("a\nb\n")
f = open("t")
next(f)
f.tell()

# --- pathlib_basics
from pathlib import Path
p = Path("dir") / "sub" / "f.tar.gz"
p.parent.mkdir(parents=True)
p.write_text("hé")
print(p.name, p.stem, p.suffix, p.suffixes, p.parts, p.parent, p.exists(), p.is_file(), p.read_bytes(), p.with_suffix(".zip"), p.with_name("x"), p.stat().st_size, Path("dir").is_dir())
p.rename("moved")
print(sorted(Path().rglob("*")), Path("a/../b").resolve().name, Path("/a/b").relative_to("/a"), Path("a").match("*"), Path("x").absolute().is_absolute())

# --- pathlib_errors
from pathlib import Path
for f in (lambda: Path("no").read_text(), lambda: Path("no").unlink(), lambda: Path("no").iterdir().__next__(), lambda: Path("a/b").mkdir(), lambda: Path(".").rmdir(), lambda: Path("/a").relative_to("/b"), lambda: Path("a").with_name(""), lambda: Path("no").stat(), lambda: Path("no").rename("x")):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)

# --- pure_paths
from pathlib import PurePosixPath, PureWindowsPath
w = PureWindowsPath(r"C:\Users\a\f.txt")
print(w.drive, w.root, w.as_posix(), w.parts, PurePosixPath("/a/./b//c").parts, PurePosixPath("a.b.c").stem, w == PureWindowsPath("c:/users/A/F.TXT"), PurePosixPath("/a/b/c").is_relative_to("/a"), PurePosixPath("a/b.py").full_match("**/*.py"))

# --- os_listing
import os
os.makedirs("a/b/c")
for n in ("a/1", "a/b/2", "a/b/c/3"): open(n, "w").write(n)
print(sorted(os.listdir("a")), [(r, sorted(d), sorted(f)) for r, d, f in os.walk("a")], sorted((e.name, e.is_dir()) for e in os.scandir("a")), [r for r, *_ in os.walk("a", topdown=False)])

# --- os_errors
import os
open("f", "w").close()
os.makedirs("d/e")
for f in (lambda: os.mkdir("d"), lambda: os.rmdir("d"), lambda: os.remove("d/zz"), lambda: os.rename("no", "x"), lambda: os.listdir("f"), lambda: os.chdir("no"), lambda: os.rmdir("f"), lambda: os.rename("f", "d"), lambda: os.stat("f/x"), lambda: os.close(99), lambda: os.readlink("f"), lambda: os.truncate("f", -1), lambda: os.open("no", os.O_RDONLY), lambda: os.mkdir(""), lambda: os.replace("d", "d/e/x"), lambda: os.listdir("x" * 300), lambda: open("a\0b")):
    try: print(f())
    except Exception as e: print(type(e).__name__, str(e)[:60])

# --- remove_a_directory
import os
os.mkdir("d")
os.remove("d")

# --- os_path
import os.path as p
print(p.join("a", "/b", "c"), p.split("/a/b"), p.splitext("a.tar.gz"), p.normpath("a//./b/../c"), p.basename("a/"), p.dirname("/a/b"), p.commonpath(["/a/b", "/a/c"]), p.relpath("/a/b", "/a/c/d"), p.isabs("a"), p.expanduser("~x"), p.commonprefix(["abc", "abd"]), p.exists("no"), p.lexists("no"))

# --- links
import os
open("t", "w").write("target")
os.symlink("t", "l")
os.symlink("gone", "dangling")
os.symlink("loop", "loop")
print(os.readlink("l"), open("l").read(), os.path.islink("l"), os.path.exists("dangling"), os.path.lexists("dangling"), os.stat("l").st_size, os.lstat("l").st_size, os.path.basename(os.path.realpath("l")))
open("loop")

# --- permissions
import os, stat
open("f", "w").close()
os.chmod("f", 0o640)
s = os.stat("f")
print(stat.filemode(s.st_mode), oct(s.st_mode), os.access("f", os.R_OK), s.st_nlink, s.st_size)
os.utime("f", (1000000000, 1234567890.5))
print(os.stat("f").st_mtime, os.stat("f").st_atime, os.path.getmtime("f"))

# --- descriptors
import os
fd = os.open("f", os.O_RDWR | os.O_CREAT, 0o600)
print(os.write(fd, b"hello world"), os.lseek(fd, 0, 0), os.read(fd, 5), os.pread(fd, 3, 6), os.pwrite(fd, b"W", 6), os.fstat(fd).st_size)
d = os.dup(fd)
os.ftruncate(fd, 8)
os.close(fd)
print(os.lseek(d, 0, os.SEEK_END), os.fdopen(d).name == d, os.path.getsize("f"))

# --- hard_links
import os
open("a", "w").write("x")
os.link("a", "b")
print(os.stat("b").st_nlink)

# --- pipe
import os
r, w = os.pipe()
os.write(w, b"through")
print(os.read(r, 10))

# --- pipe_ends
import os, stat
r, w = os.pipe()
print(stat.S_ISFIFO(os.fstat(r).st_mode), os.fstat(w).st_ino == os.fstat(r).st_ino, os.get_inheritable(r), os.get_blocking(w), os.isatty(r))
with os.fdopen(w, "w") as file: file.write("a\nb\n")
with os.fdopen(r) as file: print(file.readlines(), file.read(), file.seekable())
r, w = os.pipe()
os.close(r)
os.write(w, b"x")

# --- pipe_that_does_not_block
import errno, os, select
r, w = os.pipe()
os.set_blocking(r, False)
print(select.select([r], [w], [], 0) == ([], [w], []))
os.write(w, b"x")
print(select.select([r], [], [], 0)[0] == [r], os.read(r, 5))
try: os.lseek(r, 0, 0)
except OSError as exc: print(exc.errno == errno.ESPIPE)
os.read(r, 5)

# --- pipe_and_threads
import os, threading
r, w = os.pipe()
data = bytes(range(256)) * 1000
def produce():
    print(os.write(w, data))
    os.close(w)
thread = threading.Thread(target=produce)
thread.start()
got = b""
while piece := os.read(r, 10_000): got += piece
thread.join()
print(got == data)

# --- shutil
import os, shutil
os.makedirs("s/d")
open("s/a.txt", "w").write("A")
open("s/d/b.py", "w").write("B")
print(shutil.copy("s/a.txt", "c.txt"), shutil.copytree("s", "t", ignore=shutil.ignore_patterns("*.py")), sorted(os.listdir("t")), os.listdir("t/d"), shutil.move("c.txt", "t/d"), shutil.which("nothing-here"))
shutil.rmtree("s")
print(os.path.exists("s"), shutil.get_terminal_size((70, 20)))
shutil.rmtree("s")

# --- shutil_same_file
import shutil
open("f", "w").close()
shutil.copy("f", "f")

# --- copytree_exists
import os, shutil
os.makedirs("a")
os.makedirs("b")
shutil.copytree("a", "b")

# --- tempfile
import os, tempfile
with tempfile.TemporaryDirectory() as d:
    with tempfile.NamedTemporaryFile("w+", dir=d, suffix=".t", delete=False) as f:
        f.write("x")
        print(os.path.dirname(f.name) == d, f.name.endswith(".t"))
    print(len(os.listdir(d)))
print(os.path.exists(d))
with tempfile.TemporaryFile() as f: print(f.write(b"ab"), f.seek(0), f.read())
with tempfile.SpooledTemporaryFile(max_size=5) as f: f.write(b"123456789"); f.seek(0); print(f.read())
fd, name = tempfile.mkstemp()
print(os.path.isfile(name), oct(os.stat(name).st_mode & 0o777))

# --- glob
import glob, os, fnmatch
os.makedirs("g/x/y")
for n in ("g/a.txt", "g/b.py", "g/.h", "g/x/c.txt", "g/x/y/d.txt"): open(n, "w").close()
print(sorted(glob.glob("g/*")), sorted(glob.glob("g/**/*.txt", recursive=True)), sorted(glob.glob("g/[ab].*")), sorted(glob.glob("*", root_dir="g", include_hidden=True)), glob.escape("a[b]"), fnmatch.filter(["a.py", "b.txt"], "*.py"), fnmatch.translate("a?[!b]*"))

# --- fileinput_and_linecache
import fileinput, linecache
open("1", "w").write("a\nb\n")
open("2", "w").write("c\n")
with fileinput.input(["1", "2"]) as f: print([(fileinput.filename(), fileinput.filelineno(), line) for line in f])
with fileinput.input("1", inplace=True) as f:
    for line in f: print(line.upper(), end="")
print(open("1").read(), repr(linecache.getline("2", 1)))

# --- filecmp
import filecmp, os
os.makedirs("a"), os.makedirs("b")
for n, t in (("a/1", "x"), ("b/1", "x"), ("a/2", "y"), ("b/2", "zz"), ("a/3", "")): open(n, "w").write(t)
c = filecmp.dircmp("a", "b")
print(c.left_only, c.same_files, c.diff_files, filecmp.cmp("a/1", "b/1", shallow=False))

# --- umask_and_modes
import os
old = os.umask(0o077)
open("f", "w").close()
os.mkdir("d")
print(oct(old), oct(os.stat("f").st_mode), oct(os.stat("d").st_mode))
os.umask(old)

# --- mmap
import mmap
open("m", "wb").write(b"hello world")
with open("m", "r+b") as f, mmap.mmap(f.fileno(), 0) as m:
    print(m[:5], m.find(b"world"), len(m), m.readline())
    m[0:5] = b"HELLO"
    m.flush()
print(open("m").read())

# --- renames_over
import os
open("a", "w").write("A")
open("b", "w").write("B")
os.replace("a", "b")
print(os.listdir(), open("b").read())
os.renames("b", "x/y/z")
print(os.path.exists("x/y/z"))

# --- removed_while_open
import os
f = open("f", "w+")
f.write("still here")
os.remove("f")
f.seek(0)
print(f.read(), os.listdir())

# --- names
import os
for n in ("é", "日本", "a b", "tab\t", "quote'\"", ".hidden", "x" * 255, b"\xff".decode("utf-8", "surrogateescape")):
    open(n, "w").close()
print(ascii(sorted(os.listdir())), os.listdir(b".").count(b"\xff"))
try: open("x" * 256, "w")
except OSError as e: print(str(e)[:36])
