"""What verbs print with: people read the standard output, machines read `--json`, progress goes to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from accord.terms.refusal import BadInput

#: In a file or a pipe there is no width to keep to: wide enough for a table of figures.
WIDE = None if sys.stdout.isatty() else 140
console = Console(highlight=False, soft_wrap=True, width=WIDE)
errors = Console(stderr=True, highlight=False, soft_wrap=True)
#: Lines that a job of minutes writes into a file about how far it is.
PARTS = 20


def now() -> datetime:
    """The clock. Only verbs, pages and the API read it; rules are handed the time."""
    return datetime.now(UTC)


def day(text: str) -> date:
    """A day as it is written: `2026-07-01`. Raises: BadInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"`{text}` is not a day", do="write it as 2026-07-01") from None


def out_json(value: Any) -> None:
    """Print one JSON value for machines."""
    plain = msgspec.to_builtins(value, enc_hook=_plain, builtin_types=(datetime, date))
    sys.stdout.write(json.dumps(plain, indent=2, ensure_ascii=False, default=_plain) + "\n")


def write_file(to: Path, data: bytes) -> None:
    """What a verb was asked to write, whole or not at all. Raises: BadInput where it cannot be written."""
    try:
        path = to.resolve()  # what a link leads to, not the link
    except (OSError, RuntimeError):  # Python 3.11 and 3.12 say RuntimeError of links that lead to one another
        raise BadInput(f"`{to}` cannot be written", why="its links lead nowhere", do="name a file") from None
    part = path.with_name(f".{path.name}.part")
    try:
        if to.exists() and not to.is_file():
            to.write_bytes(data)  # a terminal or a pipe, which no file may take the place of
        else:
            part.write_bytes(data)
            part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise BadInput(
            f"`{to}` cannot be written", why=error.strerror or "", do="name a file in a folder that is there"
        ) from None


def progress() -> Progress:
    """A progress display on standard error: `with progress() as bar: task = bar.add_task("…", total=n)`."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
    )


def reporting(bar: Progress, task: TaskID) -> Callable[[int, int, str], None]:
    """What a job of minutes reports by: the bar, and where standard error is a file, which shows none, a line a twentieth."""
    told: list[int] = []

    def report(done: int, total: int, words: str) -> None:
        bar.update(task, completed=done, total=total, description=words)
        part = PARTS * done // max(1, total)
        if not errors.is_terminal and [part] != told:
            told[:] = [part]
            errors.print(f"{done} of {total}: {words}", markup=False)

    return report


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "text"):
        return value.text()
    if hasattr(value, "item"):
        return value.item()
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)
