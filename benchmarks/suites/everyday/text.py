"""Text statistics."""

from __future__ import annotations

import datetime as dt
import random
import re

from suites.interpreter import answers, inputs
from suites.interpreter.task import Given, Outcome, Task

# --- a group chat

_LINES = [
    "who brings the tent?",
    "I can drive on Saturday",
    "ok: train at 9:40 then",
    "haha no",
    "{name}: did you call the campsite?",
    "ask {name}",
    "{name} knows the way",
    "see you there",
]
_MORE = ["and the stove", "note to {name}: bring maps", "plus 2 sleeping bags"]


def _chat(rng: random.Random) -> Given:
    names = rng.sample(inputs.NAMES, 4)
    counts = dict(zip(names, inputs.distinct(rng, 4, 13, 45, 3), strict=True))
    who = [name for name, n in counts.items() for _ in range(n)]
    rng.shuffle(who)
    time = dt.datetime(2024, 3, 12, 18, 20)
    lines = [f"{time:%d/%m/%Y, %H:%M} - Messages and calls are end-to-end encrypted."]
    for i, name in enumerate(who):
        time += dt.timedelta(minutes=rng.randint(0, 90))
        lines.append(f"{time:%d/%m/%Y, %H:%M} - {name}: " + rng.choice(_LINES).format(name=rng.choice(names)))
        if rng.random() < 0.25:
            lines.append(rng.choice(_MORE).format(name=rng.choice(names)))
        if i == 30:
            lines.append(f"{time:%d/%m/%Y, %H:%M} - {names[0]} changed the group description")
    return Given({"camping_chat.txt": ("\n".join(lines) + "\n").encode()}, counts=counts)


def _talkers(o: Outcome) -> None:
    for name, n in o.v.counts.items():
        o.says_text(name)
        o.says(n)


# --- a speech

_LONG = ["garden", "future", "school", "bridge", "market", "winter", "people", "courage", "harbour", "station"]
_SHORT = ["the", "of", "and", "we", "our", "for", "with", "must", "a", "to"]


def _speech(rng: random.Random) -> Given:
    while True:
        counts = dict(
            zip(
                rng.sample(_LONG, 10),
                [n + rng.randint(0, 3) for n in (37, 32, 27, 22, 17, 12, 8, 6, 4, 2)],
                strict=True,
            )
        )
        words = [word for word, n in counts.items() for _ in range(n)]
        words += [rng.choices(_SHORT, range(10, 0, -1))[0] for _ in range(420)]
        rng.shuffle(words)
        text, sentence = [], []
        for word in words:
            sentence.append(word)
            if len(sentence) >= rng.randint(7, 14):
                if len(sentence) > 6 and rng.random() < 0.7:
                    sentence[3] += ","
                text.append(" ".join(sentence).capitalize() + rng.choice([".", ".", "!"]))
                sentence = []
        text = " ".join([*text, " ".join(sentence).capitalize() + "."])
        naive: dict[str, int] = {}
        for word in text.split():
            if len(word) >= 5:
                naive[word] = naive.get(word, 0) + 1
        top = sorted(counts, key=lambda word: -counts[word])[:5]
        if sorted(naive, key=lambda word: -naive[word])[:5] != top or any(naive[word] == counts[word] for word in top):
            break
    paragraphs = re.sub(r"((?:[^.!]*[.!]){6}) ", r"\1\n\n", text)
    return Given({"speech.txt": (paragraphs + "\n").encode()}, top={word: counts[word] for word in top})


def _common(o: Outcome) -> None:
    named = set(answers.in_order(o.answer, _LONG))
    lacking, extra = set(o.v.top) - named, named - set(o.v.top)
    o.need(not lacking, f"the answer lacks {', '.join(sorted(lacking))}: {answers.excerpt(o.answer)}")
    o.need(not extra, f"the answer wrongly names {', '.join(sorted(extra))}: {answers.excerpt(o.answer)}")
    for n in o.v.top.values():
        o.says(n)


# --- an essay


def _essay(rng: random.Random) -> Given:
    words = [
        "rivers",
        "carry",
        "stones",
        "far",
        "from",
        "the",
        "old",
        "hills",
        "where",
        "nobody",
        "lives",
        "now",
        "and",
        "birds",
        "follow",
        "them",
        "slowly",
        "every",
        "year",
    ]
    sentences, total = [], 0
    for _ in range(rng.randint(34, 52)):
        chosen = [rng.choice(words) for _ in range(rng.randint(4, 17))]
        total += len(chosen)
        if len(chosen) > 8:
            chosen[4] += ","
        sentences.append(" ".join(chosen).capitalize() + rng.choice([".", ".", ".", "!", "?"]))
    text = ""
    for i, sentence in enumerate(sentences):
        text += sentence + ("\n\n" if i % 9 == 8 else " ")
    wrapped = re.sub(r"(.{60,75}) ", r"\1\n", text.strip())
    return Given({"essay_draft.txt": (wrapped + "\n").encode()}, n=len(sentences), mean=total / len(sentences))


# --- American spelling

_STORY = [
    "The colour of the sky was grey.",
    "Colour returned slowly to her cheeks.",
    "It was a colourful market, full of noise.",
    "Nobody could say what had discoloured the water.",
    "COLOUR PRINTS SOLD HERE, said the sign.",
    "He walked along the harbour until dusk.",
    "Her favourite colour, she said, was the colour of rust.",
    "Colours ran in the rain.",
    "The column stood at the end of the road.",
]


def _story(rng: random.Random) -> Given:
    text = "\n".join(" ".join(rng.choices(_STORY, k=rng.randint(4, 8))) for _ in range(rng.randint(4, 7))) + "\n"
    if "COLOUR" not in text:
        text += _STORY[4] + "\n"
    expected = text.replace("colour", "color").replace("Colour", "Color").replace("COLOUR", "COLOR")
    return Given({"story.txt": text.encode()}, expected=expected, n=text.lower().count("colour"))


def _american(o: Outcome) -> None:
    found = o.file("story_us.txt").read_bytes().decode("utf-8-sig")
    found, wanted = found.split(), o.v.expected.split()
    o.need(len(found) == len(wanted), f"{len(found)} words instead of {len(wanted)}")
    for word, right in zip(found, wanted, strict=True):
        o.need(word == right, f"{word!r} instead of {right!r}")
    o.says(o.v.n)


TASKS = [
    Task(
        "text/chat",
        "Here's the export of our camping group chat. How many messages did each of us write? A message can go over several "
        "lines, that's still one; and the lines without a sender (group info etc.) don't count.",
        _chat,
        _talkers,
        """
import re
from collections import Counter
text = open("camping_chat.txt", encoding="utf-8").read()
counts = Counter(re.findall(r"^\\d\\d/\\d\\d/\\d{4}, \\d\\d:\\d\\d - ([^:\\n]+): ", text, re.MULTILINE))
for name, n in counts.most_common():
    print(name, "wrote", n, "messages")
""",
        (
            'r"^\\\\d\\\\d/\\\\d\\\\d/\\\\d{4}, \\\\d\\\\d:\\\\d\\\\d - ([^:\\\\n]+): "'.replace("\\\\", "\\"),
            'r"([A-Z][a-z]+):"',
        ),
    ),
    Task(
        "text/common_words",
        "five most frequent words in speech.txt and how often each occurs? upper/lower case doesn't matter, skip words with "
        "fewer than 5 letters",
        _speech,
        _common,
        """
import re
from collections import Counter
text = open("speech.txt", encoding="utf-8").read().lower()
words = [w for w in re.findall(r"[a-z]+", text) if len(w) >= 5]
for word, n in Counter(words).most_common(5):
    print(word, "occurs", n, "times")
""",
        ('re.findall(r"[a-z]+", text)', "text.split()"),
    ),
    Task(
        "text/sentences",
        "My teacher says my sentences are too long. How many sentences does the essay have and how many words per sentence is "
        "that on average? (Sentences end with . or ! or ?)",
        _essay,
        lambda o: o.says(o.v.n).says(o.v.mean, 0.06),
        """
import re
text = open("essay_draft.txt", encoding="utf-8").read()
sentences = [s for s in re.split(r"[.!?]", text) if s.strip()]
words = text.split()
print("Sentences:", len(sentences))
print("Words per sentence:", round(len(words) / len(sentences), 2))
""",
        ("[.!?]", "[.]"),
    ),
    Task(
        "text/american",
        "Please turn every 'colour' in story.txt into the American 'color' - also inside longer words like colourful, and "
        "keep capitals as they are (Colour -> Color, COLOUR -> COLOR). Save as story_us.txt and tell me how many replacements "
        "you made.",
        _story,
        _american,
        """
text = open("story.txt", encoding="utf-8").read()
n = text.lower().count("colour")
for old, new in [("colour", "color"), ("Colour", "Color"), ("COLOUR", "COLOR")]:
    text = text.replace(old, new)
open("story_us.txt", "w", encoding="utf-8").write(text)
print("Replacements:", n)
""",
        ("text.replace(old, new)", "text.replace(old, new.lower())"),
    ),
]
