"""The pages that are written from the code are up to date."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("tool", ["gen_cli_doc.py", "gen_errors_doc.py", "gen_models_doc.py"])
def test_the_page_is_up_to_date(tool):
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / tool), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
