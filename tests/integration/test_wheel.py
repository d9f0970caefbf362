"""The built package works outside a checkout: its data travels in the wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = [
    "models/catalog.toml",
    "wasm_runtime/runtime.lock.json",
    "wasm_runtime/trampoline.wat",
    "wasm_runtime/images.toml",
    "wasm_runtime/guest/offline_ci_guest/cell.py",
    "wasm_runtime/guest/offline_ci_guest/libproducts.wat",
    "wasm_runtime/guest/IPython/display.py",
]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([*command, str(folder), str(ROOT)], check=True, timeout=120)
    [wheel] = folder.glob("offline_ci-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(site, code):
    # -P and a foreign folder: nothing of the checkout is in reach but through the wheel's contents.
    program = f"import sys; sys.path.insert(0, {str(site)!r}); {code}"
    return subprocess.run(
        [sys.executable, "-P", "-c", program], cwd=site, capture_output=True, text=True, check=True, timeout=120
    ).stdout


def test_the_wheel_carries_its_data_and_the_licences(installed):
    for name in DATA:
        assert (installed / "offline_ci" / "_data" / name).read_bytes() == (ROOT / name).read_bytes()
    [info] = installed.glob("offline_ci-*.dist-info")
    assert (info / "licenses" / "LICENSE").is_file()
    assert (info / "licenses" / "THIRD_PARTY_NOTICES.md").is_file()


@pytest.mark.runtime
def test_it_runs_python_from_its_own_data(installed):
    code = "import offline_ci; from offline_ci import Sandbox, _env; s = Sandbox(isolation='inline'); "
    code += "print(offline_ci.__file__, _env.data_file('models/catalog.toml'), s.run('6 * 7').result)"
    package, catalogue, result = run(installed, code).split()
    assert Path(package).is_relative_to(installed)
    assert Path(catalogue).is_relative_to(installed)
    assert result == "42"
