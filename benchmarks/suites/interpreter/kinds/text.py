"""Text statistics and text editing."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

from suites.interpreter import inputs
from suites.interpreter.tables import read_table
from suites.interpreter.task import Given, Outcome, Task

_WORDS = [
    "river", "stone", "bridge", "mill", "harbour", "lantern", "winter",
    "meadow", "copper", "sailor", "garden", "window", "orchard", "letter",
]  # fmt: skip


def _story(rng: random.Random) -> Given:
    weights = [rng.randint(1, 4) for _ in _WORDS]
    top = rng.randrange(len(_WORDS))
    weights[top] = 9
    sentences = []
    for _ in range(45):
        words = rng.choices(_WORDS, weights, k=rng.randint(6, 12))
        sentences.append(" ".join(words).capitalize() + rng.choice(".!?"))
    text = "\n".join(" ".join(sentences[i : i + 5]) for i in range(0, 45, 5)) + "\n"
    words = re.findall(r"[a-z]+", text.lower())
    counts = Counter(words)
    target = rng.choice(["river", "bridge", "garden", "letter"])
    return Given(
        {"story.txt": text.encode()},
        text=text,
        counts=counts,
        top=max(counts, key=counts.__getitem__),
        total=len(words),
        target=target,
        n=counts[target],
        sentences=45,
        longest=max(len(re.findall(r"\w+", sentence)) for sentence in sentences),
    )


def _top_words(o: Outcome) -> None:
    rows = read_table(o.file("words.csv"))
    top = o.v.counts.most_common()
    least = top[9][1]
    expected = [count for _word, count in top[:10]]
    body = [row for row in rows if any(isinstance(value, float) for value in row)]
    o.need(len(body) == 10, f"{len(body)} words instead of 10")
    for row, count in zip(body, expected, strict=True):
        words = [str(value).lower() for value in row if isinstance(value, str)]
        o.need(count in row, f"{row} should have the count {count}")
        o.need(any(o.v.counts[word] == count >= least for word in words), f"{row} is not a word with its count")


def _log(rng: random.Random) -> Given:
    levels = ["INFO"] * 8 + ["WARNING"] * 3 + ["ERROR"] * 2
    lines, slow, workers = [], [], Counter[str]()
    for i in range(220):
        level, worker, took = rng.choice(levels), f"worker-{rng.randint(1, 5)}", rng.randint(5, 999)
        lines.append(f"2024-05-{1 + i // 40:02d} {i % 24:02d}:{i % 60:02d}:00 {level} {worker}: job {i} took {took} ms")
        slow.append(took)
        workers[worker] += level == "ERROR"
    return Given(
        {"server.log": ("\n".join(lines) + "\n").encode()},
        errors=[line for line in lines if " ERROR " in line],
        slowest=slow.index(max(slow)),
        took=max(slow),
        workers=workers,
    )


def _errors_file(o: Outcome) -> None:
    found = [line.rstrip() for line in o.file("errors.log").read_text(encoding="utf-8").splitlines() if line.strip()]
    o.need(found == o.v.errors, f"{len(found)} lines instead of {len(o.v.errors)}, or others")


def _addresses(rng: random.Random) -> Given:
    names = rng.sample(inputs.NAMES, 7)
    mails = [f"{name.lower()}.{rng.choice('xyz')}@{rng.choice(['example.org', 'mail.example.com'])}" for name in names]
    parts = [
        f"Please ask {name} ({mail}) about it, or call {rng.randint(200, 999)}."
        for name, mail in zip(names, mails, strict=True)
    ]
    text = " ".join([*parts, f"{mails[0]} is away; user@ and @home are no addresses."])
    return Given({"notes.txt": text.encode()}, mails=mails)


def _all_mails(o: Outcome) -> None:
    def check(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", text)
        o.need(sorted(found) == sorted(o.v.mails), f"{len(found)} addresses: {', '.join(found)[:100]}")

    o.any_of(o.new(".txt", ".csv"), check)


def _letter(rng: random.Random) -> Given:
    old, new = rng.choice([("Miller", "Baker"), ("Turner", "Cooper"), ("Archer", "Mason")])
    sentences = [
        rng.choice(
            [f"Mrs {old} came by.", f"I wrote to {old}s brother.", f"The {old.lower()} was closed.", "It rained."]
        )
        for _ in range(20)
    ] + [f"{old} agreed."]
    text = "\n".join(sentences) + "\n"
    changed, n = re.subn(rf"\b{old}\b", new, text)
    return Given({"letter.txt": text.encode()}, old=old, new=new, changed=changed, n=n)


def _renamed(o: Outcome) -> None:
    def check(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        o.need(text.split() == o.v.changed.split(), "the text is not the old one with the name replaced")

    o.any_of(o.new(".txt"), check)
    o.says(o.v.n)


TASKS = [
    Task(
        "text/most_common",
        "Which word is the most common one in story.txt (ignore case), and how often does it occur?",
        _story,
        lambda o: o.picks(o.v.top, _WORDS).says(o.v.counts[o.v.top]),
        """
import re
from collections import Counter
words = re.findall(r"[a-z]+", open("story.txt").read().lower())
print(Counter(words).most_common(1))
""",
        ('r"[a-z]+"', 'r"[a-z]+(?=[.!?])"'),
    ),
    Task(
        "text/count_word",
        "how many times does the word {target} appear in story.txt? upper/lower case doesn't matter",
        _story,
        lambda o: o.says(o.v.n),
        """
import re
print(len(re.findall(r"\\b<<target>>\\b", open("story.txt").read().lower())), "times")
""",
        (".lower()", ".lower()[1000:]"),
    ),
    Task(
        "text/sentences",
        "How many sentences are in the story, and how many words does the longest one have?",
        _story,
        lambda o: o.says(o.v.sentences).says(o.v.longest),
        """
import re
sentences = [s for s in re.split(r"[.!?]+", open("story.txt").read()) if s.strip()]
print(len(sentences), "sentences; the longest has", max(len(s.split()) for s in sentences), "words")
""",
        ('r"[.!?]+"', 'r"[.!]+"'),
    ),
    Task(
        "text/word_list",
        "Make words.csv: the ten most frequent words of story.txt in lower case with their counts, most frequent "
        "first.",
        _story,
        _top_words,
        """
import re
from collections import Counter
import pandas as pd
words = re.findall(r"[a-z]+", open("story.txt").read().lower())
pd.DataFrame(Counter(words).most_common(10), columns=["word", "count"]).to_csv("words.csv", index=False)
print("saved words.csv")
""",
        (".read().lower()", ".readline().lower()"),
    ),
    Task(
        "text/error_lines",
        "copy all lines with level ERROR from server.log into errors.log",
        _log,
        _errors_file,
        """
with open("errors.log", "w") as out:
    for line in open("server.log"):
        if " ERROR " in line:
            out.write(line)
print("saved errors.log")
""",
        ('" ERROR "', '"WARNING"'),
    ),
    Task(
        "text/slowest_job",
        "Which job in server.log took the longest? I want its number and the time in ms.",
        _log,
        lambda o: o.says(o.v.slowest).says(o.v.took),
        """
import re
jobs = re.findall(r"job (\\d+) took (\\d+) ms", open("server.log").read())
number, took = max(jobs, key=lambda job: int(job[1]))
print(f"Job {number} took {took} ms.")
""",
        ("max(jobs", "min(jobs"),
    ),
    Task(
        "text/addresses",
        "Extract every e-mail address from notes.txt, each only once, one per line, into emails.txt",
        _addresses,
        _all_mails,
        """
import re
found = re.findall(r"[\\w.]+@[\\w.]+\\w", open("notes.txt").read())
open("emails.txt", "w").write("\\n".join(dict.fromkeys(found)))
print(found)
""",
        ("dict.fromkeys(found)", "found"),
    ),
    Task(
        "text/rename",
        "Replace the name {old} by {new} in letter.txt (only the whole word, exactly in this spelling), save the new "
        "letter and tell me how many replacements it took.",
        _letter,
        _renamed,
        """
import re
text, n = re.subn(r"\\b<<old>>\\b", "<<new>>", open("letter.txt").read())
open("letter_new.txt", "w").write(text)
print(n, "replacements")
""",
        ('r"\\b<<old>>\\b"', '"<<old>>"'),
    ),
]
