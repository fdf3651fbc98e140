"""A period's events counted part by part, and what was counted kept between tries.

A part is as many segments as are counted at once. What it comes to is kept under the hash of all that it was counted from,
so a close that begins again counts only what it has not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from accord.engine.dialect import Rule
from accord.engine.running import Engine, rule
from accord.engine.view import View
from accord.payouts.tables import Folder, digest

#: events that are counted at once; the more, the fewer sums are added up afterwards, and the more memory or disk it takes.
AT_ONCE = 100_000_000

Part = Any  # an Arrow table, Parquet paths, or a view of such (metering.countable), with metering's columns


class Counting:
    """Tables that rules count, kept in a folder under the hash of all that they are counted from: the texts of these rules,
    what is in `of`, and the part of the events that is counted.
    """

    def __init__(
        self,
        engine: Engine,
        folder: Folder,
        events: Part,
        rules: Sequence[str],
        *of: Any,
        ruled: Callable[[str], Rule] = rule,
    ) -> None:
        self._engine, self._ruled = engine, ruled
        # events that have no name cannot be known again, and what is counted of them goes with this
        self.keeps = folder.named and bool(named(events))
        self._folder = folder if self.keeps else Folder()
        # what one engine has stored another need not be able to read
        self._key = digest(type(engine).__name__, [ruled(f"payouts/{name}").text for name in rules], *of)
        self.before = True  # until something has to be counted

    def table(
        self,
        what: str,
        events: Part | None = None,
        slots: Mapping[str, str] | None = None,
        after: str = "",
        by: str = "",
    ) -> Path:
        """What the rule `what` gives of a part of the events, or of tables there are, once the rule `after` was run.

        Its rows lie apart by the column `by`, where one is named (`Engine.write`).
        """
        part = named(events) if events is not None else []
        name = f"{what}-{digest(self._key, part, dict(slots or {}))}"
        self.before &= self._folder.has(name)
        return self._folder.stored(name, partial(self._count, what, events, slots, after, by))

    def _count(
        self, what: str, events: Part | None, slots: Mapping[str, str] | None, after: str, by: str, path: Path
    ) -> None:
        if events is not None:
            self._engine.table("events", events)
        if after:
            self._engine.run(self._ruled(f"payouts/{after}"), after, slots)
        self._engine.write(self._ruled(f"payouts/{what}"), path, slots, by)
        if after:
            self._engine.drop(after)


def events_in(events: Part) -> int:
    """How many events a table or files hold."""
    return int(events.num_rows) if isinstance(events, pa.Table) else sum(map(_rows, events))


def parts_of(events: Part) -> list[Part]:
    """Events in parts of at most `AT_ONCE`, or of one file where a file holds more."""
    if isinstance(events, pa.Table):
        return [events]
    if isinstance(events, View):
        return [View(events.rule, {**events.inputs, "as_sent": part}) for part in parts_of(events.inputs["as_sent"])]
    parts: list[list[Path]] = [[]]
    held = 0
    for path in events:
        rows = _rows(path)
        if parts[-1] and held + rows > AT_ONCE:
            parts.append([])
            held = 0
        parts[-1].append(path)
        held += rows
    return parts


def _rows(path: Path) -> int:
    return sum(parquet.read_metadata(file).num_rows for file in _files(path))


def _files(path: Path) -> list[Path]:
    """Of a table that an engine stored: Spark's are folders."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


def laid_down(engine: Engine, events: Part, folder: Folder) -> Part:
    """Events that are read past their corrections, as files of a folder, part by part; others as they are.

    Each rule that counts would look every event up among what was corrected; so it is done once.
    """
    if not isinstance(events, View):
        return events
    kind = type(engine).__name__
    return [
        folder.stored(f"standing-{digest(kind, named(part))}", partial(_lay, engine, part)) for part in parts_of(events)
    ]


def _lay(engine: Engine, part: View, path: Path) -> None:
    engine.table("standing", part)
    engine.write(rule("payouts/standing"), path, {"standing": "standing"})
    engine.drop("standing")


def named(part: Part) -> list[Any]:
    """What a part's events go by: segments lie in the vault under the hash of what they hold. Nothing for a table."""
    if isinstance(part, pa.Table):
        return []
    if isinstance(part, View):
        return [part.rule.digest, *(named(one) or digest(one) for one in part.inputs.values())]
    return [(path.name, sum(file.stat().st_size for file in _files(path))) for path in part]
