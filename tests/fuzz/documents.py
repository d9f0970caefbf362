"""Changes to JSON documents that nobody thought of."""

import copy

JUNK = (
    None, True, False, 0, 1, -1, 2, 3, 5, 20, 1 << 31, 1 << 32, 1 << 63, 1 << 70, -(1 << 64), 0.5, -0.0, 1e308,
    float("nan"), float("inf"), "", "/", ".", "..", "a/b", "\0", "\ud800", "x", "node", "path", "file", "directory",
    "stream", "error", "ok", "stdout", [], {}, [0], [[]], {"a": 1},
)  # fmt: skip


def places(value, path=()):
    """The path of each value in a document."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def damaged(document, source, found):
    """A copy of the document with up to four changes.

    Args:
        document: any JSON value.
        source: draws the changes.
        found: ``places`` of the document.
    """
    document = copy.deepcopy(document)
    for _ in range(1 + source.below(4)):
        path, how = found[source.below(len(found))], source.below(4)
        junk = source.text() if how == 3 else copy.deepcopy(source.pick(JUNK))
        change(document, path, junk, ("put", "take", "copy", "put")[how])
    return document


def change(document, path, junk, how):
    """Put, take away or double what is at the place, if an earlier change has left it there."""
    holder = document
    for key in path[:-1]:
        try:
            holder = holder[key]
        except (LookupError, TypeError):
            return
    if not path or not isinstance(holder, (dict, list)):
        return
    key = path[-1]
    if isinstance(holder, list) and (type(key) is not int or key >= len(holder)):
        return
    if how == "put":
        holder[key] = junk
    elif isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key])) if how == "copy" else holder.pop(key)
    elif how == "take":
        holder.pop(key, None)
    elif isinstance(junk, str):
        holder[junk] = copy.deepcopy(holder.get(key))
