import mmap
import sys

import pytest

from offline_ci.snapshot.pages import PAGE_BYTES
from offline_ci.snapshot.pages_choice import mechanism, new_store
from offline_ci.snapshot.pages_mapped import MappedStore
from offline_ci.snapshot.pages_portable import PortableStore


@pytest.fixture(autouse=True)
def _asked_anew():
    mechanism.cache_clear()
    yield
    mechanism.cache_clear()


@pytest.mark.skipif(sys.platform != "linux" or mmap.PAGESIZE != PAGE_BYTES, reason="elsewhere memory is copied")
def test_linux_maps():
    assert mechanism().is_mapped
    assert mechanism().reason == "/proc/self/pagemap tells which pages changed"
    assert isinstance(new_store(), MappedStore)


def test_another_system_copies_and_says_why(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert mechanism().reason == "only Linux tells which pages changed"
    assert isinstance(new_store(), PortableStore)


def test_pages_of_another_size_are_copied(monkeypatch):
    monkeypatch.setattr(mmap, "PAGESIZE", 65536)
    assert not mechanism().is_mapped
    assert mechanism().reason == "pages of memory have 65536 bytes here, not 4096"


def test_hidden_page_tables_are_found_out(monkeypatch, tmp_path):
    nothing = tmp_path / "pagemap"
    monkeypatch.setattr("offline_ci.snapshot.pages_dirty.PAGEMAP", str(nothing))
    assert mechanism().reason == "No such file or directory"
    nothing.write_bytes(b"")
    mechanism.cache_clear()
    assert mechanism().reason == "the kernel hides this process's page tables"
    assert not mechanism().is_mapped


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has page tables to read")
def test_page_tables_that_tell_nothing_are_found_out(monkeypatch):
    monkeypatch.setattr("offline_ci.snapshot.pages_dirty.PAGEMAP", "/dev/zero")
    assert mechanism().reason == "/proc/self/pagemap does not tell which pages changed"
