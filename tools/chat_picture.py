"""Draws docs/images/chat.png: a real chat with the default model, as it stood on a real terminal's screen (tmux)."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME as THEME
from rich.text import Text

from offline_ci import Sandbox

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "chat.png"
COLUMNS, ROWS = 100, 56
READY = "Ask for something"
TYPED = [
    "Draw the units per region as a bar chart and save it as units.png.",
    "!df.tail(3)",
]
FONT_PX = 22
CELL = (13, 26)
FONT_CELL = """
import pathlib, matplotlib
fonts = pathlib.Path(matplotlib.get_data_path(), "fonts", "ttf")
for name in ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"):
    pathlib.Path(name).write_bytes((fonts / name).read_bytes())
"""


def main() -> None:
    """Entry point."""
    lines = render(capture())
    draw(lines).quantize(128).save(PICTURE, optimize=True)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size} bytes")


def capture() -> str:
    """What stands on the terminal after the chat, with its escape sequences."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "examples" / "sales.csv", folder)
        code = "import sys; from offline_ci.cli.main import main; main()"
        chat = shlex.join([sys.executable, "-c", code, "chat", "-f", "sales.csv", "-o", "charts"])
        env = {"PYTHONPATH": str(ROOT / "src"), "COLORTERM": "truecolor", "TERM": "xterm-256color", "EDITOR": ""}
        env |= {"OFFLINE_CI_HOME": os.environ["OFFLINE_CI_HOME"]} if "OFFLINE_CI_HOME" in os.environ else {}
        settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in env.items())
        tmux = ["tmux", "-L", f"picture-{os.getpid()}", "-f", os.devnull]
        size = ["-x", str(COLUMNS), "-y", str(ROWS)]
        subprocess.run([*tmux, "new-session", "-d", *size, "-c", folder, f"{settings} {chat}"], check=True)
        try:
            screen = wait_for(tmux, 1)
            for n, line in enumerate(TYPED, 1):
                subprocess.run([*tmux, "send-keys", "-l", line], check=True)
                subprocess.run([*tmux, "send-keys", "Enter"], check=True)
                time.sleep(1)
                screen = wait_for(tmux, n)
        finally:
            subprocess.run([*tmux, "kill-server"], check=False)
        return screen


def wait_for(tmux: list[str], n: int) -> str:
    """The screen once the chat waits for the next line."""
    for _ in range(240):
        screen = subprocess.run([*tmux, "capture-pane", "-e", "-p"], check=True, capture_output=True, text=True).stdout
        if READY in screen:
            return screen
        time.sleep(0.5)
    sys.exit(f"the chat did not come to line {n}:\n{screen}")


def render(screen: str) -> list[list[tuple[str, Style]]]:
    """Lines of characters with their styles, without what is empty at the end."""
    console = Console(width=COLUMNS, file=BytesIO(), color_system="truecolor", force_terminal=True)  # type: ignore[arg-type]
    text = Text.from_ansi(screen.rstrip("\n"))
    lines = console.render_lines(text, pad=False)
    return [[(c, segment.style or Style()) for segment in line for c in segment.text] for line in lines]


def draw(lines: list[list[tuple[str, Style]]]) -> Image.Image:
    """The picture, in the fonts that the sandbox has."""
    with Sandbox() as sandbox:
        sandbox.run(FONT_CELL)
        regular, bold = (
            ImageFont.truetype(BytesIO(sandbox.files.read(f"DejaVuSansMono{name}.ttf")), FONT_PX)
            for name in ("", "-Bold")
        )
    width, height = CELL
    image = Image.new("RGB", (COLUMNS * width + 2 * width, len(lines) * height + height), THEME.background_color)
    pen = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        for column, (character, style) in enumerate(line):
            x, y = width + column * width, height // 2 + row * height
            ink = style.color.get_truecolor(THEME) if style.color else THEME.foreground_color
            if style.dim:
                ink = tuple((a + b) // 2 for a, b in zip(ink, THEME.background_color, strict=True))
            if style.bgcolor and not style.bgcolor.is_default:
                pen.rectangle([x, y, x + width - 1, y + height - 1], tuple(style.bgcolor.get_truecolor(THEME, False)))
            if character == "▀":
                pen.rectangle([x, y, x + width - 1, y + height // 2 - 1], tuple(ink))
            elif character == "─":
                pen.rectangle([x, y + height // 2, x + width - 1, y + height // 2], tuple(ink))
            elif character != " ":
                pen.text((x, y), character, tuple(ink), bold if style.bold else regular)
    return image


if __name__ == "__main__":
    main()
