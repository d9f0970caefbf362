"""A guest's state as JSON and bytes, for session files; what is read may have been forged.

Pages are not in here, only how they go with the rest. Nothing that passes can do more harm than a guest's own code:
addresses and table entries are used by the guest, and the engine checks them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from offline_ci.emscripten.checkpoint import HostState
from offline_ci.emscripten.ldso.state import ClosureState, LibraryState, LinkState
from offline_ci.emscripten.strict_json import check, fields, integer, integers, typed, unique
from offline_ci.emscripten.vfs.contents import FrozenChunk
from offline_ci.snapshot.pages import PageMap
from offline_ci.snapshot.state import Entries, GuestState, PythonState

_U32 = (1 << 32) - 1
_LIBRARY = ("name", "memory_base", "table_base", "is_global", "needed", "got", "slots")
_CLOSURE = ("slot", "cif", "function", "user_data")
_LINK = LinkState.__slots__


def state_to_json(state: GuestState) -> tuple[dict[str, Any], list[FrozenChunk]]:
    """Everything but the pages: a JSON object, and the blobs that it speaks of by number."""
    host, blobs = state.host.to_json()
    python = None
    if state.python is not None:
        python = {"link": state.python.link.to_json(), "entries": asdict(state.python.entries)}
    return {"host": host, "python": python}, blobs


def state_from_json(document: object, blobs: Sequence[FrozenChunk], pages: PageMap | None) -> GuestState:
    """Read what ``state_to_json`` gave.

    Args:
        document: the object.
        blobs: the blobs; they are kept and must never change.
        pages: of the interpreter, None where there is none.

    Raises:
        ValueError: it is something else; says what is wrong.
    """
    d = fields(document, "the state", ("host", "python"))
    check((d["python"] is None) == (pages is None), "there is memory without an interpreter, or the reverse")
    python = None
    if pages is not None:
        p = fields(d["python"], "the interpreter", ("link", "entries"))
        entries = fields(p["entries"], "the entries", Entries.__slots__)
        link = _read_link(p["link"])
        python = PythonState(link, Entries(**{name: _u32(entries[name], name) for name in entries}), pages)
    return GuestState(HostState.from_json(d["host"], blobs), python)


def _u32(value: object, where: str) -> int:
    return integer(value, where, 0, _U32)


def _text(value: object, where: str) -> str:
    return typed(value, str, where)


def _slots(value: object, where: str) -> dict[str, int]:
    return {name: _u32(slot, where) for name, slot in typed(value, dict, where).items()}


def _read_link(value: object) -> LinkState:
    d = fields(value, "the link state", _LINK)
    limits = integers(d["stack_limits"], "the stack's limits", _U32)
    check(len(limits) == 2, "the stack has two limits")
    handles = typed(d["handles"], dict, "the handles")
    check(all(key.isascii() and key.isdigit() for key in handles), "a handle is no address")
    link = LinkState(
        table_size=_u32(d["table_size"], "the table's size"),
        stack_pointer=_u32(d["stack_pointer"], "the stack pointer"),
        stack_limits=(limits[0], limits[1]),
        trampoline=_u32(d["trampoline"], "the trampoline"),
        libraries=tuple(_read_library(item) for item in typed(d["libraries"], list, "the libraries")),
        handles={_u32(int(key), "a handle"): _text(name, "a handle's library") for key, name in handles.items()},
        main_slots=_slots(d["main_slots"], "an entry of main"),
        host_slots=_slots(d["host_slots"], "an entry of the host"),
        closures=tuple(_read_closure(item) for item in typed(d["closures"], list, "the closures")),
        free_closures=tuple(integers(d["free_closures"], "a free closure", _U32)),
    )
    names = [library.name for library in link.libraries]
    unique(names, "a library")
    check(set(link.handles.values()) <= set(names), "a handle is of a library that is not there")
    return link


def _read_library(value: object) -> LibraryState:
    d = fields(value, "a library", _LIBRARY)
    got = [typed(item, list, "a GOT entry") for item in typed(d["got"], list, "the GOT")]
    check(all(len(item) == 3 for item in got), "a GOT entry has three parts")
    return LibraryState(
        name=_text(d["name"], "a library's name"),
        memory_base=_u32(d["memory_base"], "a library's memory"),
        table_base=_u32(d["table_base"], "a library's table"),
        is_global=typed(d["is_global"], bool, "is_global"),
        needed=tuple(_text(name, "a needed library") for name in typed(d["needed"], list, "the needed libraries")),
        got=tuple((_text(m, "a GOT"), _text(n, "a GOT name"), _u32(v, "a GOT value")) for m, n, v in got),
        slots=_slots(d["slots"], "an entry of a library"),
    )


def _read_closure(value: object) -> ClosureState:
    d = fields(value, "a closure", _CLOSURE)
    return ClosureState(**{name: _u32(d[name], f"a closure's {name}") for name in _CLOSURE})
