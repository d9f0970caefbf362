"""Dataclasses as JSON and back, checked: a value is what its annotation says, or a ``ValueError`` names the place."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_MAX_DEPTH = 60


def to_json(value: Any) -> Any:
    """Dataclasses, lists, tuples, dicts and paths as what ``json.dumps`` takes."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    return str(value) if isinstance(value, Path) else value


def from_json(kind: type[T], value: Any) -> T:
    """What ``to_json`` made of a ``kind``.

    Raises:
        ValueError: the value is something else.
    """
    made: T = _read(kind, value, kind.__name__, 0)
    return made


def _read(kind: Any, value: Any, where: str, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise ValueError(f"{where} is nested too deeply")
    if kind is Any:
        return value
    if is_dataclass(kind):
        return _read_fields(kind, value, where, depth)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        return _read_union(arguments, value, where, depth)
    if origin is Literal:
        if value not in arguments:
            raise ValueError(f"{where} is {value!r}")
        return value
    if kind is Path:
        return Path(_exactly(str, value, where))
    if kind is float:
        return float(_exactly(float, value, where)) if type(value) is not int else float(value)
    if origin in {list, tuple}:
        items = [
            _read(arguments[0], item, f"{where}[{i}]", depth + 1) for i, item in enumerate(_exactly(list, value, where))
        ]
        return tuple(items) if origin is tuple else items
    if origin is dict:
        return {
            key: _read(arguments[1], item, f"{where}[{key!r}]", depth + 1)
            for key, item in _exactly(dict, value, where).items()
        }
    return _exactly(kind, value, where)


def _read_fields(kind: Any, value: Any, where: str, depth: int) -> Any:
    hints = _hints(kind)
    if _exactly(dict, value, where).keys() != hints.keys():
        raise ValueError(f"{where} has the fields {sorted(value)} instead of {sorted(hints)}")
    return kind(**{name: _read(hint, value[name], f"{where}.{name}", depth + 1) for name, hint in hints.items()})


def _read_union(kinds: tuple[Any, ...], value: Any, where: str, depth: int) -> Any:
    for kind in kinds:
        try:
            return _read(kind, value, where, depth + 1)
        except ValueError as exc:
            problem = exc
    raise ValueError(f"{where} is none of what it may be") from problem


def _exactly(kind: type[T], value: Any, where: str) -> T:
    if type(value) is not kind:
        raise ValueError(f"{where} is {type(value).__name__} instead of {kind.__name__}")
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
