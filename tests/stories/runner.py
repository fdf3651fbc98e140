"""Stories: text that a label manager can read, run line by line.

A story is a file `NN_name.txt`: its title, then facts line by line, then `then:` and what must be so, line by line;
`later:` goes back to facts. A line that starts with `#` is a remark; an indented line continues the one before it.

Each line must be known: exactly one `@step("regex")` (facts) or `@then("regex")` (after `then:`) matches it in full and
is called with the story's world and the regex's groups. Steps live in `steps_*.py` beside this file. `On 1 May 2026`
moves the story's clock; each line moves it one second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Step = Callable[..., None]
_steps: dict[str, list[tuple[re.Pattern[str], Step]]] = {"facts": [], "then": []}


@dataclass
class World:
    """What a story has made so far: its clock, its names for ids, and whatever steps keep for later lines."""

    at: datetime = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
    ids: dict[str, str] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    def id(self, name: str) -> str:
        """The id of what the story calls `name`."""
        assert name in self.ids, f"the story has not said what `{name}` is; it knows {sorted(self.ids)}"
        return self.ids[name]

    def call(self, name: str, id: str) -> str:
        """From now on the story calls this id `name`."""
        self.ids[name] = id
        return id

    def named(self, text: str) -> str:
        """A sentence with ids replaced by the story's names, to compare it with the story's text."""
        for name, id in sorted(self.ids.items(), key=lambda pair: -len(pair[1])):
            text = text.replace(id, name)
        return text


def step(pattern: str) -> Callable[[Step], Step]:
    """Declare what a line of facts does."""
    return _declare("facts", pattern)


def then(pattern: str) -> Callable[[Step], Step]:
    """Declare what a line after `then:` claims; it must assert."""
    return _declare("then", pattern)


def _declare(part: str, pattern: str) -> Callable[[Step], Step]:
    def declare(function: Step) -> Step:
        _steps[part].append((re.compile(pattern), function))
        return function

    return declare


def listed(text: str) -> list[str]:
    """`A, B and C` → [A, B, C]."""
    return [part for part in re.split(r",\s*|\s+and\s+", text) if part]


def stories() -> list[Path]:
    """Every story file, in order."""
    return sorted(HERE.glob("[0-9][0-9]_*.txt"))


def lines(text: str) -> Iterator[tuple[int, str, str]]:
    """(line number, part, text) for each line that does or claims something."""
    joined: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0].isspace() and joined:
            joined[-1] = (joined[-1][0], f"{joined[-1][1]} {line.strip()}")
        else:
            joined.append((number, line.strip()))
    part = "facts"
    for number, line in joined:
        if line in ("then:", "later:"):
            part = "then" if line == "then:" else "facts"
        else:
            yield number, part, line


def play(file: Path) -> World:
    """Run a story file. Raises: AssertionError that names the file, the line and its text."""
    title, _, text = file.read_text().partition("\n")
    assert title.strip(), f"{file.name} has no title"
    assert any(part == "then" for _, part, _ in lines(text)), f"{file.name} claims nothing"
    return tell("\n" + text, file.name)


def tell(text: str, name: str = "story", world: World | None = None) -> World:
    """Run lines of a story, from the start or in a world that goes on; unit tests set their scenes with it."""
    for module in sorted(HERE.glob("steps_*.py")):
        import_module(f"tests.stories.{module.stem}")
    world = world or World()
    for number, part, line in lines(text):
        found = [(match, function) for pattern, function in _steps[part] if (match := pattern.fullmatch(line))]
        where = f"{name}:{number}: {line}"
        assert len(found) == 1, f"{where}\n{len(found)} steps match this line ({part})"
        match, function = found[0]
        try:
            function(world, *match.groups())
        except Exception as error:
            raise AssertionError(f"{where}\n{type(error).__name__}: {error}") from error
        world.at += timedelta(seconds=1)
    return world


@step(r"On (\d{1,2} \w+ \d{4})(?: at (\d\d:\d\d) UTC)?")
def _on(world: World, day: str, time: str | None) -> None:
    moment = datetime.strptime(f"{day} {time or '09:00'}", "%d %B %Y %H:%M").replace(tzinfo=UTC)
    assert moment >= world.at.replace(second=0, microsecond=0), "a story's clock does not go back"
    world.at = max(world.at, moment)
