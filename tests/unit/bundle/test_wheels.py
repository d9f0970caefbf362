"""Installed packages as wheels, and what describes them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from offline_ci.bundle.licences import Component, table, wheel_texts
from offline_ci.bundle.sbom import sbom
from offline_ci.bundle.wheels import Wheel, changed_files, needed_packages, pack
from offline_ci.errors import ArtifactError

FILES = {
    "demo/__init__.py": b"answer = 42\n",
    "demo/fast.cpython-311-x86_64-linux-gnu.so": b"\x7fELF",
    "demo-1.0.dist-info/METADATA": b"Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nLicense-Expression: MIT\n",
    "demo-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nTag: py2-none-any\nTag: py3-none-any\n",
    "demo-1.0.dist-info/entry_points.txt": b"[console_scripts]\ndemo = demo:main\n",
    "demo-1.0.dist-info/licenses/LICENSE": b"Do what you like.",
    "demo-1.0.dist-info/INSTALLER": b"pip\n",
    "../../../bin/demo": b"#!/venv/bin/python\nmade by pip\n",
    "../../../bin/demo-tool": b"#!/venv/bin/python3\nits own\n",
    "../../../share/man/man1/demo.1": b".TH demo",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An environment with one package."""
    site = tmp_path / "lib/python3.11/site-packages"
    rows = ["demo/__pycache__/__init__.cpython-311.pyc,,", "demo-1.0.dist-info/RECORD,,"]
    for name, data in FILES.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(data)}")
    (site / "demo-1.0.dist-info/RECORD").write_text("\n".join(rows) + "\n")
    return site


def _package(site: Path) -> Distribution:
    return PathDistribution(site / "demo-1.0.dist-info")


def test_a_wheel_has_what_was_installed_and_nothing_of_pips(site: Path) -> None:
    wheel = pack(_package(site), {"demo/lib/more.so": b"\x7fELF more"})
    assert (wheel.filename, wheel.licence) == ("demo-1.0-py2.py3-none-any.whl", "MIT")
    assert wheel.licence_texts == {"demo-1.0.dist-info/licenses/LICENSE": b"Do what you like."}
    with zipfile.ZipFile(io.BytesIO(wheel.data)) as archive:
        assert archive.namelist() == [
            "demo-1.0.data/data/share/man/man1/demo.1",
            "demo-1.0.data/scripts/demo-tool",
            "demo-1.0.dist-info/METADATA",
            "demo-1.0.dist-info/WHEEL",
            "demo-1.0.dist-info/entry_points.txt",
            "demo-1.0.dist-info/licenses/LICENSE",
            "demo/__init__.py",
            "demo/fast.cpython-311-x86_64-linux-gnu.so",
            "demo/lib/more.so",
            "demo-1.0.dist-info/RECORD",
        ]
        assert archive.read("demo-1.0.data/scripts/demo-tool").startswith(b"#!python\n")


def test_the_same_installation_gives_the_same_bytes(site: Path) -> None:
    assert pack(_package(site)).data == pack(_package(site)).data


def test_a_changed_installation_is_not_packed(site: Path) -> None:
    assert list(changed_files(_package(site))) == []
    (site / "demo/__init__.py").write_text("answer = 43\n")
    with pytest.raises(ArtifactError, match=r"package demo was changed: demo/__init__\.py"):
        pack(_package(site))
    assert len(list(changed_files(_package(site)))) == 1
    (site / "demo/__init__.py").unlink()
    with pytest.raises(ArtifactError, match=r"demo is damaged: demo/__init__\.py cannot be read"):
        pack(_package(site))


def test_another_package_under_development_is_refused(site: Path) -> None:
    direct = {"url": "file:///src/demo", "dir_info": {"editable": True}}
    (site / "demo-1.0.dist-info/direct_url.json").write_text(json.dumps(direct))
    with pytest.raises(ArtifactError, match="installed from /src/demo") as caught:
        pack(_package(site))
    assert "pip install /src/demo" in (caught.value.hint or "")


def test_what_we_need_is_found_with_what_that_needs() -> None:
    names = [package.metadata["Name"].lower().replace("_", "-") for package in needed_packages()]
    assert {"offline-ci", "pip", "wasmtime", "llama-cpp-python", "jsonschema", "markupsafe"} <= set(names)
    assert not {"pytest", "mypy", "ray", "hypothesis"} & set(names)
    assert names == sorted(names)


PARTS = (
    Component("library", "demo", "1.0", "MIT", "pkg:pypi/demo@1.0", "0" * 64, "host"),
    Component("file", "main.wasm", "", "", "", "1" * 64, "sandbox"),
    Component("machine-learning-model", "tiny", "", "Apache-2.0", "", "2" * 64, "model"),
)


def test_the_list_of_components_is_cyclonedx() -> None:
    text = json.dumps(sbom(PARTS, "0123456789abcdef"))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert text == json.dumps(sbom(PARTS, "0123456789abcdef"))


def test_the_table_of_licences_names_everything() -> None:
    lines = table(PARTS).decode().splitlines()
    assert "| demo | 1.0 | MIT | host |" in lines
    assert "| main.wasm |  | see its text | sandbox |" in lines


def test_licences_of_one_name_are_all_carried() -> None:
    texts = {f"demo-1.0.dist-info/licenses/{path}": path.encode() for path in ("LICENSE", "vendored/LICENSE")}
    items = list(wheel_texts([Wheel("demo", "1.0", "MIT", "demo-1.0-py3-none-any.whl", b"", texts)]))
    assert [(item.target, item.source) for item in items] == [
        ("licences/host/demo-1.0/licenses_LICENSE", b"LICENSE"),
        ("licences/host/demo-1.0/licenses_vendored_LICENSE", b"vendored/LICENSE"),
    ]
