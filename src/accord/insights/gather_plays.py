"""Rows about listening: events through the engine, totals as the platform reported them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
import pyarrow as pa

from accord.engine.running import open_engine, rule, run
from accord.insights.play_share import Row
from accord.metering import queries as metering
from accord.metering.periods import Span
from accord.metering.records import PlatformPlays
from accord.terms.instant import Instant

TIME = pa.timestamp("us")


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Plays and sessions with their totals, keyed (territory, period). ``touched`` counts each session once."""

    plays: tuple[Row, ...]
    sessions: tuple[Row, ...]
    touched: tuple[Row, ...]
    all_plays: dict[tuple[str, str], int]
    all_sessions: dict[tuple[str, str], int]


def reach(at: Instant) -> Reach:
    """What was heard up to an instant, out of the totals of periods that were over by then.

    Quarter by quarter, so that no more than one is looked at.
    """
    totals = finest(one for one in metering.platform_plays() if Span(one.period).end <= at)
    plays: list[Row] = []
    sessions: list[Row] = []
    touched: list[Row] = []
    for quarter in _quarters():
        if quarter.start < at:
            by_feature, by_session = _counted(quarter, min(quarter.end, at), totals)
            plays += [_row(row, row["plays"]) for row in by_feature]
            sessions += [_row(row, row["sessions"]) for row in by_feature]
            touched += [_row(row, row["sessions"]) for row in by_session]
    return Reach(
        plays=tuple(plays),
        sessions=tuple(sessions),
        touched=tuple(touched),
        all_plays={(total.territory, total.period): total.plays for total in totals},
        all_sessions={(total.territory, total.period): total.sessions for total in totals},
    )


def finest(reports: Iterable[PlatformPlays]) -> list[PlatformPlays]:
    """Reports that do not overlap: a quarter's is left out where its territory also reported one of its months."""
    every = list(reports)
    months = {(one.territory, Span(one.period).quarter) for one in every if "Q" not in one.period}
    return [one for one in every if "Q" not in one.period or (one.territory, one.period) not in months]


def _quarters() -> list[Span]:
    """The quarters that hold an event: one late event of years ago adds one, not all between."""
    files = metering.paths()
    if not files:
        return []
    numbers = run("insights/quarters", {"events": files}, order="number")["number"].to_pylist()
    return [Span(f"{number // 4}-Q{number % 4 + 1}") for number in numbers]


def _counted(
    quarter: Span, until: Instant, totals: list[PlatformPlays]
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    events = metering.countable(quarter)
    with open_engine() as engine:
        engine.table("events", events)
        engine.table("bounds", pa.table([[_plain(quarter.start)], [_plain(until)]], schema=BOUNDS))
        engine.table("totals", _totals(totals))
        engine.run(rule("insights/reach"), "by_feature", {"by": "feature"})
        engine.run(rule("insights/reach"), "by_session", {"by": "kind"})
        order = "part, territory, period"
        return engine.fetch("by_feature", order).to_pylist(), engine.fetch("by_session", order).to_pylist()


BOUNDS = pa.schema([("from_at", TIME), ("until_at", TIME)])
TOTALS = pa.schema([("territory", pa.string()), ("period", pa.string()), ("from_at", TIME), ("until_at", TIME)])


def _totals(totals: list[PlatformPlays]) -> pa.Table:
    rows = [(one.territory, one.period, _plain(Span(one.period).start), _plain(Span(one.period).end)) for one in totals]
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], []]
    return pa.table(columns, schema=TOTALS)


def _plain(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


def _row(row: dict[str, object], count: object) -> Row:
    return Row(
        feature=str(row["part"]), territory=str(row["territory"]), month=str(row["period"]), count=int(str(count))
    )
