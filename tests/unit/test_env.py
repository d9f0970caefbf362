"""Where our folder is: what platformdirs says, without asking it where that is plain."""

from pathlib import Path

import platformdirs
import pytest

from offline_ci import _env


@pytest.mark.parametrize(
    ("home", "data_home"), [("/home/a", None), ("/home/a", "/data"), ("/home/a", ""), ("relative", None), ("", None)]
)
def test_home_is_the_platforms_user_data_folder(monkeypatch, home, data_home):
    monkeypatch.delenv("OFFLINE_CI_HOME")
    monkeypatch.setenv("HOME", home)
    if data_home is None:
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_DATA_HOME", data_home)
    assert _env.home() == Path(platformdirs.user_data_dir("offline-ci"))


def test_home_is_what_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OFFLINE_CI_HOME", "here")
    assert _env.home() == tmp_path / "here"
