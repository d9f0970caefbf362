"""What stands on a terminal after all that was written to it."""

import re

_PART = re.compile(r"\x1b\[([0-?]*)([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b_[^\x1b]*\x1b\\|[\r\n]|[^\x1b\r\n]+")


def screen(written):
    """The lines, those scrolled away too; knows what rich writes: moves up, erased lines, returns."""
    lines, row, column = [""], 0, 0
    for part in _PART.finditer(written):
        text, (count, final) = part[0], part.groups()
        if text == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        elif text == "\r":
            column = 0
        elif final == "A":
            row = max(0, row - int(count or 1))
        elif final == "K":
            lines[row] = "" if count == "2" else lines[row][:column]
        elif not text.startswith("\x1b"):
            line = lines[row].ljust(column)
            lines[row] = line[:column] + text + line[column + len(text) :]
            column += len(text)
    return "\n".join(line.rstrip() for line in lines)
