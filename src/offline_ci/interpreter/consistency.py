"""What a program must have in it if it does what the request says: a small model drops a word of a request.

Each sign is a guess, so it is told once. The words must be plain (a median, a month), and the program must have none of
the many ways to come by it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from offline_ci.interpreter.extract import syntax_tree
from offline_ci.interpreter.inspect_files import FileFacts


@dataclass(frozen=True, slots=True)
class _Sign:
    """A word of a request, and what a program that heeds it has: patterns, compiled when a program has run.

    Attributes:
        asked: in the request.
        done: in the program.
        advice: what to write.
        for_tables: only where a table is attached.
        for_dates: only where a table with a column of dates is.
    """

    asked: str
    done: str
    advice: str
    for_tables: bool = True
    for_dates: bool = False


def _sign(asked: str, done: str, advice: str, *, for_tables: bool = True, for_dates: bool = False) -> _Sign:
    return _Sign(asked, done, advice, for_tables, for_dates)


_CHART: Final = r"(?:bar |line |pie )?(?:charts?|plots?|graphs?|diagrams?|histograms?)"
_SIGNS: Final = (
    _sign(
        r"\bwhole words?\b|\bas a (?:whole )?word\b",
        r"\\b|split|\\w|==|in words",
        'The request asks for whole words: text, count = re.subn(r"\\bOLD\\b", "NEW", text), with the real words.',
        for_tables=False,
    ),
    _sign(
        r"\bmedian\b",
        r"median|quantile|percentile|sort|describe|50%",
        'The request asks for the median: df["COLUMN"].median().',
    ),
    _sign(
        r"\bstandard deviation",
        r"std|stdev|sqrt|var\(|\*\* ?(?:0\.5|\(1)|describe",
        'The request asks for the standard deviation: df["COLUMN"].std().',
    ),
    _sign(
        r"\b(?:on average|averages?)\b(?! (?:price|cost|rate)s?\b)|\bmean of\b"
        r"|\bmean (?!that|what|by|to)\w+ (?:of|per|for)\b",
        r"mean|average|avg|AVG|/|describe|rolling|median",
        'The request asks for an average: df["COLUMN"].mean().',
    ),
    _sign(
        r"\bcorrelat",
        r"corr|pearson|spearman|linregress",
        'The request asks for a correlation: df["X"].corr(df["Y"]).',
    ),
    _sign(
        r"\b(?:per|by|each|every|which|what|best|worst|strongest|weakest) months?\b|\bmonthly\b"
        r"|\bmonth (?:had|has|was|with|brought|saw)\b",
        r"%m|%B|%b|\.month|month_name|to_period|Grouper|resample|[\"'](?:M|ME|MS|[Mm]onths?)[\"']|\[:7\]|\[5:7\]|split\(",
        'The request is about months: pd.to_datetime(df["DATE"]).dt.strftime("%Y-%m").',
        for_dates=True,
    ),
    _sign(
        r"\bweekdays?\b|\bdays? of the week\b",
        r"day_name|dayofweek|day_of_week|weekday\b|%A|%a\b|%w|%u|[\"']\w*day[\"']",
        'The request is about days of the week: pd.to_datetime(df["DATE"]).dt.day_name().',
        for_dates=True,
    ),
    _sign(
        r"\bcolumns? (?:per|for (?:each|every))\b|\b(?:rows?|lines?) and columns\b",
        r"pivot|unstack|crosstab|columns=|for .* in .*:",
        'The request wants a column for each: df.pivot_table(index="ROWS", columns="COLUMNS", values="VALUE", '
        'aggfunc="sum", fill_value=0).reset_index().',
    ),
    _sign(
        r"(?<!counter)(?<!counter[- ])(?<!anti)(?<!anti[- ])clockwise",
        r"rotate\(-|rotate\(angle=-|ROTATE_270|rotate\(270|rot90\(.*(?:-1|3)\)|= ?-\d|transpose\(1, 0",
        "Pillow turns counter-clockwise: clockwise is image.rotate(-90, expand=True).",
        for_tables=False,
    ),
    _sign(
        r"\bformulas?\b",
        r"[\"']=",
        "The request asks for formulas in the workbook: book = openpyxl.load_workbook(...), sheet = book.active, then "
        'sheet.cell(row, column, f"=B{row}*C{row}") for each row, then book.save(...).',
    ),
    _sign(
        r"\b(?:highlight|fill|shade|colou?r|mark)\b.*\b(?:rows?|cells?|lines?)\b.*\b(?:yellow|red|green|orange|blue|colou?r)"
        r"|\bhighlight\b.*\b(?:rows?|cells?)\b",
        r"PatternFill|\.style|DifferentialStyle|\.fill\b|axvspan|axhspan|color=",
        "The request wants cells coloured in the workbook: openpyxl.load_workbook(...), then for each such row "
        'cell.fill = PatternFill("solid", start_color="FFFF00") for its cells, then book.save(...).',
    ),
    _sign(
        rf"(?:side by side|next to each other|panels|subplots)\b.*\b{_CHART}"
        rf"|\b{_CHART}\b.*(?:side by side|panels|subplots)",
        r"subplots\(\s*(?:nrows=|ncols=)?\d|add_subplot|plt\.subplot\(|GridSpec|subplot_mosaic|subplots=True|catplot",
        "The request asks for several charts in one picture: fig, (left, right) = plt.subplots(1, 2), then "
        "left.bar(...), right.bar(...).",
        for_tables=False,
    ),
)
_COLOURS: Final = {
    "red": r"255, ?0, ?0|ff0000",
    "green": r"0, ?(?:128|255), ?0|008000|00ff00",
    "blue": r"0, ?0, ?255|0000ff",
    "yellow": r"255, ?255, ?0|ffff00",
    "black": r"0, ?0, ?0|000000|[\"']k[\"']",
    "white": r"255, ?255, ?255|ffffff|[\"']w[\"']",
    "orange": r"255, ?\d{2,3}, ?0",
    "purple": r"128, ?0, ?128",
}
_COLOURED: Final = (
    r"(?:\w+ ){0,2}(?:frame|border|box|rectangle|circle|lines?|text|letters|background|bars?|dots?|square|outline|edge"
    r"|stripe|points|markers?|cross|caption)\b"
)
_ASKING: Final = re.compile(
    r"\b(?:which|what|how (?:many|much|long|old|often|far|big|large|tall)|who|when)\b[^.!]*\?"
    r"|\btell me\b|\bgive me the number\b|^(?:which|what|how (?:many|much)|who|when|where)\b",
    re.IGNORECASE,
)
_FILE_NAME: Final = re.compile(r"[\"'`]?\b[\w-][\w./-]*\.[A-Za-z]\w{1,5}\b")
_NUMBER: Final = re.compile(
    r"(?<![\w.,:/#-])(\d{1,4})(?=[- ](?:day|week|month|point|period|year|hour)s? (?:moving|rolling|running)\b)"
    r"|\b(?:top|first|last|best|worst|largest|smallest|highest|lowest|at least|at most|more than|less than|fewer than"
    r"|over|under|above|below|older than|younger than|exactly|within|every) (\d{1,6}(?:\.\d+)?)(?![\w:/]|[.,]\d|-\d)"
    r"|(?<![\w.,:/#-])(\d{1,5}(?:\.\d+)?)(?= ?(?:px\b|pixels?\b|%|percent\b|degrees?\b|times\b|copies\b))",
    re.IGNORECASE,
)
_LARGE: Final = 8
_MAX_NUMBERS: Final = 4
"""More than that are data."""
_PRONOUN: Final = re.compile(
    r"\b(?:it|its|that one|this one|that picture|that file|the result|the new one)\b", re.IGNORECASE
)
_PERSONS: Final = re.compile(r"\b(?:they|them|their|these|those)\b", re.IGNORECASE)
_DATE_COLUMN: Final = re.compile(r": date as text|[\"' |]\d{4}-\d\d-\d\d\b")
_SHEET: Final = re.compile(r"sheet_name=(['\"])(.+?)\1")
_SHEETS: Final = re.compile(r"Excel workbook, sheets (\[.*?\]);")


def asks_question(request: str) -> bool:
    """Whether the request wants to be told something, whatever else it wants."""
    return _ASKING.search(request) is not None


def find_neglected(request: str, code: str, facts: Sequence[FileFacts]) -> list[str]:
    """What the request says and the program does not heed, with what to write instead.

    Args:
        request: the user's words.
        code: the program.
        facts: the files attached to the request.
    """
    has_table = any(fact.columns for fact in facts)
    has_dates = any(_DATE_COLUMN.search(fact.text) for fact in facts)
    plain = "\n".join(re.split(r"#(?![0-9a-fA-F]{6})", line)[0] for line in code.split("\n"))
    advice = [
        sign.advice
        for sign in _SIGNS
        if (has_table or not sign.for_tables)
        and (has_dates or not sign.for_dates)
        and re.search(sign.asked, request, re.IGNORECASE)
        and not re.search(sign.done, plain)
    ]
    for colour, numbers in _COLOURS.items():
        is_asked = re.search(rf"\b{colour} {_COLOURED}", request, re.IGNORECASE)
        if is_asked and not re.search(rf"{colour}|{numbers}", plain, re.IGNORECASE):
            advice.append(f'The request says {colour}, and nothing in the program is "{colour}".')
    return advice


def find_unused_number(request: str, code: str) -> str | None:
    """A number of the request that the program does not use in any form: a window of 4 days where 3 were asked for.

    Args:
        request: the user's words.
        code: the program.
    """
    found = _NUMBER.findall(_FILE_NAME.sub("", request))
    numbers = list(dict.fromkeys(float("".join(groups)) for groups in found))
    used = _numbers_of(code)
    if used is None or not 0 < len(numbers) <= _MAX_NUMBERS:
        return None
    unused = next((n for n in numbers if n > 1 and not any(_is_near(form, used) for form in _forms(n))), None)
    if unused is None:
        return None
    return f"The request says {unused:g}, and the program does not use it: make sure that it does what is asked."


def _forms(n: float) -> tuple[float, ...]:
    """How a number of a request may stand in a program: 5 % as 1.05, the third as index 2, a width by its half."""
    part = n / 100
    ends = (n + 1,) if n >= _LARGE else ()  # of a range
    return (n, n - 1, *ends, n / 2, n * n, part, 1 + part, 1 - part, 100 - n, 100 + n, n * 60, n / 60, n * 12)


def _is_near(value: float, used: set[float]) -> bool:
    return any(abs(value - other) < 1e-9 + 1e-6 * abs(value) for other in used)


def _numbers_of(code: str) -> set[float] | None:
    """Numbers of a program, those in its names and as words in its texts among them; None where it is no program."""
    tree = syntax_tree(code)
    if tree is None:
        return None
    nodes = list(ast.walk(tree))
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    texts = [value for value in constants if isinstance(value, str)]
    names = [
        node.id if isinstance(node, ast.Name) else node.attr
        for node in nodes
        if isinstance(node, (ast.Name, ast.Attribute))
    ]
    found = {float(value) for value in constants if isinstance(value, (int, float)) and abs(value) < 1e15}
    found |= {float(digits) for text in texts for digits in re.findall(r"(?<!\w)\d{1,6}(?:\.\d+)?(?!\w)", text)}
    return found | {float(digits) for name in names for digits in re.findall(r"\d{1,6}", name)}


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows that a program chose by a word.

    Attributes:
        code: as it wrote them: ``df[df["city"] == "Rome"]``.
        signs: the word, and variables that hold the rows; a program that means the same rows has one of them.
    """

    code: str
    signs: tuple[str, ...]


def selection_of(code: str) -> Selection | None:
    """The last rows that a program chose by a word; None without any.

    Args:
        code: the program of the request before.
    """
    tree = syntax_tree(code)
    if tree is None:
        return None
    chosen = [
        (node, node.slice)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Compare)
    ]
    if not chosen:
        return None
    last, condition = chosen[-1]
    compared = [node for part in condition.comparators for node in ast.walk(part)]
    words = [str(node.value) for node in compared if isinstance(node, ast.Constant)]
    words += [node.id for node in compared if isinstance(node, ast.Name)]
    holders = [
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and node.value is last
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    return Selection(ast.unparse(last), (*words, *holders))


def find_lost_selection(selection: Selection | None, code: str) -> str | None:
    """The request speaks of the rows that the one before chose, and the program takes others.

    Args:
        selection: those rows; None where it does not speak of them.
        code: the program.
    """
    if selection is None or not selection.signs or any(sign in code for sign in selection.signs):
        return None
    return f'"They" and "these" are the rows {selection.code}, and the program works with all rows.'


def means_persons(request: str) -> bool:
    """Whether the request speaks of "them" or "these"."""
    return _PERSONS.search(request) is not None


def find_left_out(request: str, code: str, names: Sequence[str]) -> str | None:
    """Several files of one kind are attached, the request names none of them, and the program reads only some.

    Args:
        request: the user's words.
        code: the program.
        names: of the attached files.
    """
    if any(name.lower() in request.lower() for name in names) or re.search(
        r"glob|listdir|iterdir|scandir|walk\(", code
    ):
        return None
    by_kind: dict[str, list[str]] = {}
    for name in names:
        by_kind.setdefault(PurePosixPath(name).suffix.lower(), []).append(name)
    for alike in by_kind.values():
        read = [name for name in alike if name in code]
        if len(alike) > 1 and 0 < len(read) < len(alike):
            return (
                f"There are {len(alike)} such files: {', '.join(alike[:12])}. The program reads only {', '.join(read)}."
            )
    return None


def find_lost_file(request: str, code: str, written: Sequence[str], present: Sequence[str]) -> str | None:
    """The request goes on with the last result, and the program opens another file instead.

    Args:
        request: the user's words.
        code: the program.
        written: files that the request before wrote.
        present: all files of the session.
    """
    if not written or not _PRONOUN.search(request) or any(name in code for name in written):
        return None
    others = [name for name in present if name not in written and re.search(rf"[\"'/]{re.escape(name)}[\"']", code)]
    if not others or any(name in request for name in others):
        return None
    return f"It works with {others[0]}, and the request goes on with {written[-1]}, the result of the request before."


def suit_request(fact: FileFacts, request: str) -> str:
    """The description of a workbook with the call that reads the sheet that the request names, not just the first.

    Args:
        fact: of any file.
        request: the user's words.
    """
    found = _SHEETS.search(fact.text)
    try:
        sheets = ast.literal_eval(found[1]) if found else []
    except (SyntaxError, ValueError):  # the description was cut
        sheets = []
    named = [sheet for sheet in sheets if re.search(rf"(?<!\w){re.escape(sheet)}(?!\w)", request, re.IGNORECASE)]
    if len(named) != 1 or len(sheets) < 2:
        return fact.text
    return _SHEET.sub(lambda _: f"sheet_name={named[0]!r}", fact.text, count=1)
