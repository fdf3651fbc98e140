"""The stage of the demonstration: the transcript, the calendar, and what one chapter hands to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from accord.clearance import queries as clearance

ACTOR = "demonstration"


def named(text: str) -> str:
    """A sentence with the ids of parties and assets replaced by the names they go by."""
    return clearance.named([text])[0]


def day(text: str, hour: int = 12) -> datetime:
    """An instant of the demonstration's calendar: `2026-06-25` at an hour, UTC."""
    year, month, number = (int(part) for part in text.split("-"))
    return datetime(year, month, number, hour, tzinfo=UTC)


@dataclass
class Stage:
    """What the chapters share. `kept` holds what earlier chapters made, by plain names."""

    home: Path
    console: Console
    progress: Callable[[], Progress]  # a bar on standard error
    kept: dict[str, Any] = field(default_factory=dict)
    started: float = field(default_factory=monotonic)
    seconds: dict[str, float] = field(default_factory=dict)

    def say(self, line: str = "") -> None:
        """One line of the transcript."""
        self.console.print(f"   {line}" if line else "", markup=False)

    @contextmanager
    def chapter(self, number: int, title: str, about: str) -> Iterator[None]:
        """A numbered chapter with one sentence about it; its seconds are kept."""
        self.console.print()
        self.console.print(f"[bold]{number:>2}  {title}[/bold]  [dim]{about}[/dim]")
        begun = monotonic()
        yield
        self.seconds[title] = monotonic() - begun

    def table(self, headings: list[str], rows: list[list[str]], right: set[int] | None = None) -> None:
        """A plain table, indented like the lines."""
        shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for index, heading in enumerate(headings):
            shown.add_column(heading, justify="right" if index in (right or set()) else "left", overflow="fold")
        for row in rows:
            shown.add_row(*row)
        from rich.padding import Padding

        self.console.print(Padding(shown, (0, 0, 0, 3)))

    @contextmanager
    def working(self, what: str, total: int | None = None) -> Iterator[Work]:
        """A progress bar on standard error while something takes long."""
        with self.progress() as bar:
            yield Work(bar, bar.add_task(what, total=total))


@dataclass
class Work:
    """A running progress bar; it can be called as `progress(done, total)`."""

    bar: Progress
    task: TaskID

    def __call__(self, done: int, total: int | None = None, *_: object) -> None:
        """Move the bar."""
        self.bar.update(self.task, completed=done, total=total)
