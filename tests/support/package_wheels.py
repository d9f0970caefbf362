"""Wheels of small packages, as an index or a user would have them."""

import zipfile

from support.wheels import record_line


def package_wheel(
    folder,
    name,
    version="1.0",
    files=None,
    *,
    requires=(),
    tag="py3-none-any",
    headers=(),
    damaged=(),
    says=None,
):
    """A wheel; by default of one module that is named as the package.

    ``damaged`` members differ from RECORD; ``says`` is the name in the metadata where it is another one.
    """
    module = name.replace("-", "_")
    stem = f"{module}-{version}"
    info = f"{stem}.dist-info"
    metadata = [
        "Metadata-Version: 2.1",
        f"Name: {says or name}",
        f"Version: {version}",
        "License: MIT",
        *headers,
        *(f"Requires-Dist: {text}" for text in requires),
    ]
    members = dict(files if files is not None else {f"{module}.py": f"version = {version!r}\n".encode()})
    members[f"{info}/METADATA"] = ("\n".join(metadata) + "\n\n").encode()
    members[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()
    record = [*(record_line(path, data) for path, data in members.items()), f"{info}/RECORD,,"]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for place, data in members.items():
            archive.writestr(place, data + b"#" if place in damaged else data)
        archive.writestr(f"{info}/RECORD", "\n".join(record) + "\n")
    return path
