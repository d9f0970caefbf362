"""What a column of a table holds, and what must be done before it can be used.

This module runs in the guest; see the package.
"""

from __future__ import annotations

import re

_INTEGER = re.compile(r"[+-]?\d{1,18}")
_FLOAT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_COMMA_FLOAT = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?")
_THOUSANDS = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_OBJECT = re.compile(r"\[?\{['\"].*\}\]?", re.DOTALL)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}(?: \d\d:\d\d.*)?")
_DATES = (
    re.compile(r"\d{4}-\d\d?-\d\d?.*"),
    re.compile(r"\d{4}/\d\d?/\d\d?.*"),
    re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}.*"),
    re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}.*"),
    re.compile(r"\d{1,2}-\d{1,2}-\d{4}.*"),
    re.compile(r"\d{1,2}\.? [A-Za-z]{3,9}\.?,? \d{2,4}.*"),
    re.compile(r"[A-Za-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}.*"),
)
_DAY_FIRST = re.compile(r"(?:1[3-9]|2\d|3[01])[./-]\d|\d{1,2}\.\d{1,2}\.\d")
# Letters right before the digits make a code of it: S01.
_AMOUNT = re.compile(
    r"(?:[^\w.,+-]{1,3}|[A-Za-z]{2,3}\.? )?[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
    r"(?: ?[^\d\W]{1,5}\.?| ?[^\w.,]{1,3})?"
)
_TIME = re.compile(r"\d{1,2}:\d\d(?::\d\d)?")
_STAND_INS = ("-999", "-99", "-9999", "9999", "99999", "-1")
_UNITS = (
    {
        "mg": 1e-6,
        "g": 0.001,
        "gr": 0.001,
        "gram": 0.001,
        "grams": 0.001,
        "kg": 1.0,
        "kilo": 1.0,
        "kilos": 1.0,
        "t": 1000.0,
    },
    {"mm": 0.001, "cm": 0.01, "m": 1.0, "km": 1000.0},
    {"ml": 0.001, "cl": 0.01, "dl": 0.1, "l": 1.0},
    {"s": 1 / 60, "sec": 1 / 60, "min": 1.0, "mins": 1.0, "h": 60.0, "hr": 60.0, "hrs": 60.0, "hours": 60.0},
    {"kb": 0.001, "mb": 1.0, "gb": 1000.0},
)
_MOSTLY = 0.6
_MISSING = {"", "na", "n/a", "nan", "null", "none", "-"}


def is_number(cell: str) -> bool:
    """Whether Python reads it as a number."""
    return _FLOAT.fullmatch(cell) is not None


def kind_of(cells: list[str]) -> str:
    """What a column holds, in a few words.

    Args:
        cells: as they are written, without blanks around them.
    """
    values = [cell for cell in cells if cell.lower() not in _MISSING]
    missing = f", {len(cells) - len(values)} missing" if len(values) < len(cells) else ""
    if not values:
        return "empty"
    for pattern, name in ((_INTEGER, "int"), (_FLOAT, "float")):
        if all(pattern.fullmatch(value) for value in values):
            return name + missing
    if form := _number_form(values):
        return form + missing
    if all(_OBJECT.fullmatch(value) for value in values):
        return "Python objects" + missing
    if all(_DATE.fullmatch(value) for value in values):
        return f"date as text, such as {values[0]!r}{missing}"
    if all(_TIME.fullmatch(value) for value in values):
        return f"time of day as text, such as {values[0]!r}{missing}"
    distinct = list(dict.fromkeys(values))
    if len(distinct) <= 8 and sum(map(len, distinct)) < 150:
        return f"text, one of {', '.join(map(repr, distinct))}{missing}"
    return f"text, such as {values[0][:40]!r}{missing}"


def note_on(name: str, cells: list[str]) -> str:
    """What must be done to a column before it can be used, as code; empty where nothing.

    Args:
        name: of the column.
        cells: as they are written.
    """
    values = [cell for cell in cells if cell.strip().lower() not in _MISSING]
    column = f"df[{name!r}]"
    texts = [value.strip() for value in values]
    kind = kind_of(texts)
    n_meant = len({text.casefold() for text in texts})
    if n_meant < len(set(values)) and all("@" in text for text in texts):
        return f"; the same in several spellings, so first: {column} = {column}.str.strip().str.lower()"
    if n_meant < len(set(values)) < len(values):
        return f"; the same in several spellings, so first: {column} = {column}.str.strip().str.title()"
    if kind.startswith("text") and texts and all(_AMOUNT.fullmatch(text) for text in texts):
        if units := _several_units(texts):
            return (
                f"; in several units, so first: unit = {column}.str.extract(r'([A-Za-z]+)')[0].str.lower(); "
                f"{column} = {column}.str.extract(r'([0-9.]+)')[0].astype(float) * unit.map({units})"
            )
        digits = f'{column}.str.replace(r"[^0-9.-]", "", regex=True)'
        return f"; numbers with other signs, so first: {column} = pd.to_numeric({digits})"
    if note := _note_on_numbers(column, texts):
        return note
    if kind.startswith("time of day"):
        seconds = "" if texts[0].count(":") > 1 else ' + ":00"'
        return (
            f"; to compute with it: {column} = pd.to_timedelta({column}{seconds}); a difference past midnight: "
            '(end - begin) % pd.Timedelta("1D"); in minutes: .dt.total_seconds() / 60'
        )
    forms = [next((i for i, form in enumerate(_DATES) if form.fullmatch(value)), -1) for value in texts]
    if len(set(forms)) > 1 and -1 not in forms:
        parsed = f'pd.to_datetime({column}, format="mixed")'
        if any(_DAY_FIRST.match(value) for value in texts):  # which would turn 2024-10-07 round, too
            parsed = f"{column}.map(lambda text: pd.to_datetime(text, dayfirst=not str(text)[:4].isdigit()))"
        return f"; dates in several forms, so first: {column} = {parsed}"
    if texts and forms[0] > 1 and any(_DAY_FIRST.match(value) for value in texts):
        return f"; the day comes first, so: {column} = pd.to_datetime({column}, dayfirst=True)"
    return ""


def _several_units(texts: list[str]) -> dict[str, float]:
    """Factors of the units in which a column is written, where it is in more than one; empty otherwise."""
    found = {match[0].lower() for text in texts if (match := re.search(r"[^\W\d]+", text))}
    for factors in _UNITS:
        if len(found) > 1 and found <= factors.keys():
            return {unit: factors[unit] for unit in sorted(found)}
    return {}


def _note_on_numbers(column: str, texts: list[str]) -> str:
    """Numbers among which something else stands for what is missing."""
    numbers = [text for text in texts if is_number(text)]
    if len(numbers) < _MOSTLY * len(texts) or not numbers:
        return ""
    others = [abs(float(text)) for text in numbers if text not in _STAND_INS]
    large = 3 * max(others, default=0)
    stand_in = next((text for text in _STAND_INS if text in numbers and abs(float(text)) > large), "")
    replaced = f".replace({stand_in}, np.nan)" if stand_in else ""
    if len(numbers) < len(texts):
        what = f"some are no numbers{f', and {stand_in} stands for none' if stand_in else ''}"
        return f'; {what}, so first: {column} = pd.to_numeric({column}, errors="coerce"){replaced}'
    return f"; {stand_in} stands for a missing value, so first: {column} = {column}{replaced}" if stand_in else ""


def _number_form(values: list[str]) -> str:
    """How numbers are written that Python does not read; empty where they are none."""
    is_split = any(re.search(r",\d{3}(?:[,.]|$)", value) for value in values)
    if is_split and all(_THOUSANDS.fullmatch(value) for value in values):
        return "float with commas between thousands"
    if all(_COMMA_FLOAT.fullmatch(value) for value in values):
        is_split = any("." in value for value in values)
        return "float with decimal comma" + (" and points between thousands" if is_split else "")
    return ""
