"""The command line of the bundle itself: ``python3 FILE verify | install | copy | remove | list``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from .checks import check_machine, check_processor
from .copying import copy
from .errors import BundleError
from .install import install, remove
from .layout import Layout, default_prefix
from .payload import Bundle

DONE, USAGE, FAILED, INTERRUPTED = 0, 2, 4, 130
_EVERY_S = 2.0


class Console:
    """Tells on standard error what is done: in place on a terminal, a line every other second elsewhere."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._live = sys.stderr.isatty()
        self._open = False

    def say(self, text: str) -> None:
        """A sentence."""
        if self._open:
            sys.stderr.write("\r\033[K")
            self._open = False
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def progress(self, what: str, done: int, total: int) -> None:
        """See ``Progress``."""
        now = time.monotonic()
        if now - self._last < (0.1 if self._live else _EVERY_S):
            return
        self._last = now
        text = f"{what}: {done / 1e9:.2f} of {total / 1e9:.2f} GB"
        if self._live:
            sys.stderr.write(f"\r\033[K{text}")
            sys.stderr.flush()
            self._open = True
        else:
            self.say(text)


def run(arguments: Sequence[str], path: str) -> int:
    """Run one command on the bundle at ``path``.

    Returns:
        0 done · 2 wrong usage · 4 damaged, foreign or no room · 130 interrupted.
    """
    options = _parser(path).parse_args(arguments)
    console = Console()
    try:
        return _command(options, Path(path), console)
    except BundleError as error:
        console.say(f"offline-ci.bundle: {error}")
        return FAILED
    except KeyboardInterrupt:
        console.say("offline-ci.bundle: Interrupted.")
        return INTERRUPTED


def _parser(path: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python3 {Path(path).name}",
        description="offline-ci, its runtime and its models in one file. Nothing here uses a network.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="verify | install | copy | remove | list")
    commands.add_parser("verify", help="check every byte, and whether this machine is the right one")
    add = commands.add_parser("install", help="check everything, then install")
    add.add_argument("--downgrade", action="store_true", help="replace a newer version")
    there = commands.add_parser("copy", help="copy to a folder; a copy that broke off goes on")
    there.add_argument("folder", type=Path)
    away = commands.add_parser("remove", help="remove what was installed")
    away.add_argument("--keep-files", action="store_true", help="leave models and runtime where they are")
    for command in (add, away):
        command.add_argument("--prefix", type=Path, help="where (default: ~/.local)")
    commands.add_parser("list", help="list what it carries")
    return parser


def _command(options: argparse.Namespace, path: Path, console: Console) -> int:
    bundle = Bundle(path)
    manifest = bundle.manifest
    if options.command == "list":
        for member in manifest.members:
            print(f"{member.size:>13,}  {member.sha256}  {member.path}")  # noqa: T201 - a program's output
        return DONE
    if options.command == "verify":
        bundle.check(console.progress)
        console.say(f"Intact: {len(manifest.members)} files, {manifest.payload_size / 1e9:.2f} GB.")
        check_machine(manifest)
        check_processor(manifest.machine)
        console.say(f"It fits this machine (Python {manifest.python}, {manifest.machine.machine}).")
        return DONE
    if options.command == "copy":
        copies = copy(bundle, options.folder, console.progress)
        console.say(f"Copied and intact: {', '.join(map(str, copies))}")
        return DONE
    layout = Layout((options.prefix or default_prefix()).expanduser().resolve())
    if options.command == "remove":
        for kept in remove(layout, keep_files=options.keep_files):
            console.say(f"Kept, since it is not as it was installed: {kept}")
        console.say("Removed.")
        return DONE
    begin = time.monotonic()
    command = install(bundle, layout, console.say, console.progress, downgrade=options.downgrade)
    console.say(f"Installed in {time.monotonic() - begin:.0f} s: {command}")
    return DONE
