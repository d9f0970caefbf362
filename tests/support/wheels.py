"""Small wheels, well-formed or not."""

import base64
import hashlib
import zipfile

METADATA = "Metadata-Version: 2.4\nName: Tiny-Thing\nVersion: 1.2\nLicense-Expression: MIT\n\nA description.\n"
INFO = "tiny_thing-1.2.dist-info"


def record_line(name, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}"


def make_wheel(folder, files, *, metadata=METADATA, unlisted=(), record_extra=(), damaged=()):
    """A wheel with these files (name → bytes); ``damaged`` ones differ from RECORD, ``unlisted`` ones lack there."""
    members = {**files, f"{INFO}/METADATA": metadata.encode()}
    lines = [record_line(name, data) for name, data in members.items() if name not in unlisted]
    lines += [*record_extra, f"{INFO}/RECORD,,"]
    path = folder / "tiny_thing-1.2-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data + b"!" if name in damaged else data)
        archive.writestr(f"{INFO}/RECORD", "\n".join(lines) + "\n")
    return path
