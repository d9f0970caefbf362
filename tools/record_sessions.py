"""Records the chats of docs/sessions with the default model: each as text and as a notebook."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "sessions"
SPLIT = (
    "Split photo.png into two equal parts, left and right, invert the colors of the right part, "
    "put both parts back together side by side and save the new image as merged.png."
)
TABLE = (
    "Make a DataFrame named table with the temperatures 0, 10, 20, 30 and 40 in columns celsius and fahrenheit, "
    "and print it."
)
SESSIONS = {
    "sales": [
        "/file sales.csv",
        "Which region had the highest revenue (units times price)? Show the revenue of every region.",
        "Draw the revenue per region as a bar chart and save it as revenue.png.",
        "!enough = 100",
        "How many orders had more units than enough?",
    ],
    "photo": [
        "/file photo.png",
        SPLIT,
        "Resize merged.png to half its width and half its height and save it as small.png.",
    ],
    "temperatures": [
        TABLE,
        "!table.loc[table.celsius == 40, 'fahrenheit']",
        "!table = None",
        "/undo",
        "Draw fahrenheit over celsius as a line chart from table and save it as line.png.",
        "/retry",
    ],
}


def main() -> None:
    """Entry point."""
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or SESSIONS:
        record(name)


def record(name: str) -> None:
    """Run one chat with its lines on standard input."""
    with tempfile.TemporaryDirectory() as folder:
        for example in (ROOT / "examples").iterdir():
            Path(folder, example.name).write_bytes(example.read_bytes())
        lines = [*SESSIONS[name], f"/export {name}.ipynb"]
        code = "import sys; from offline_ci.cli.main import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", code, "chat", "-o", "out", "--seed", "1"],
            input="\n".join(lines),
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{name}: status {done.returncode}\n{done.stdout}{done.stderr}")
        typed = "".join(f"> {line}\n" for line in lines)
        (FOLDER / f"{name}.txt").write_text(f"$ offline-ci chat -o out --seed 1\n{typed}\n{done.stdout}")
        (FOLDER / f"{name}.ipynb").write_bytes(Path(folder, f"{name}.ipynb").read_bytes())
        print(f"{FOLDER / name}.txt and .ipynb")


if __name__ == "__main__":
    main()
