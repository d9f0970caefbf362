"""The contract, against the machine's file system and against ours."""

import pytest

from conformance import fs_contract
from conformance.fs_adapters import GuestFiles, RealFiles


@pytest.fixture(params=["machine", "guest"])
def files(request, tmp_path):
    adapter = RealFiles(tmp_path) if request.param == "machine" else GuestFiles()
    yield adapter
    adapter.close_all()


class TestOpen(fs_contract.OpenContract):
    pass


class TestIo(fs_contract.IoContract):
    pass


class TestDirectories(fs_contract.DirectoryContract):
    pass


class TestPaths(fs_contract.PathContract):
    pass


class TestRename(fs_contract.RenameContract):
    pass


class TestAttributes(fs_contract.AttributeContract):
    pass


class TestPipes(fs_contract.PipeContract):
    pass
