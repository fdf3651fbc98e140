"""Rows about listening: events through the engine, totals as the platform reported them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
import pyarrow as pa

from accord.engine.running import open_engine, rule
from accord.insights.play_share import Row
from accord.metering import queries as metering
from accord.metering.periods import Span
from accord.metering.records import PlatformPlays

TIME = pa.timestamp("us")


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Plays and sessions with their totals, keyed (territory, period). ``touched`` counts each session once."""

    plays: tuple[Row, ...]
    sessions: tuple[Row, ...]
    touched: tuple[Row, ...]
    all_plays: dict[tuple[str, str], int]
    all_sessions: dict[tuple[str, str], int]


def reach(known: int | None = None) -> Reach:
    """What was heard so far (as of a journal position), quarter by quarter so that no more than one is looked at."""
    totals = finest(metering.platform_plays(None, known))
    plays: list[Row] = []
    sessions: list[Row] = []
    touched: list[Row] = []
    for quarter in _quarters(known):
        by_feature, by_session = _counted(quarter, totals, known)
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


def _quarters(known: int | None) -> list[Span]:
    found: list[Span] = []
    segments = metering.segments(None, known)
    if not segments:
        return found
    at, last = min(one.first_at for one in segments), max(one.last_at for one in segments)
    while at <= last:
        span = Span(Span(f"{at:%Y-%m}").quarter)
        found.append(span)
        at = span.end
    return found


def _counted(
    quarter: Span, totals: list[PlatformPlays], known: int | None
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    events = metering.countable(quarter, known)
    with open_engine() as engine:
        engine.table("events", events)
        engine.table("bounds", pa.table([[_plain(quarter.start)], [_plain(quarter.end)]], schema=BOUNDS))
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
