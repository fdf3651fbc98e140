"""Signals of made-up plays, for the queue of integrity: three SQL rules over the events that stand (shell).

A signal says that somebody should look; it stops nothing and takes no money. The limits are judgements, published here
and told in each case; they were not fitted to anything.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

import msgspec
import pyarrow as pa

from accord.engine.running import Engine, open_engine, rule
from accord.integrity import actions as integrity
from accord.integrity.records import CaseKind
from accord.metering import queries
from accord.metering.periods import Span
from accord.metering.records import Signal
from accord.studio import queries as studio
from accord.terms.instant import Instant

RULES = ("plays_by_few", "impossible_days", "farms")
SAYS = {
    "plays_by_few": "come from {listeners}",
    "impossible_days": "are of {listeners} on days with more listening than a day is long",
    "farms": "and {territory} come from {listeners} there, who hear little else",
}


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """From where on somebody should look. Shares in millionths (ppm)."""

    least_plays: int = 1_000  # below, a share of plays says little
    few: int = 10
    few_ppm: int = 500_000
    day_seconds: int = 86_400
    day_plays: int = 2_880  # of half a minute each, a day's worth
    impossible_ppm: int = 50_000
    devoted_plays: int = 50
    devoted_ppm: int = 900_000
    farm_listeners: int = 20
    farm_ppm: int = 500_000


LIMITS = Limits()


def signals(span: Span, known: int | None = None, limits: Limits = LIMITS) -> list[Signal]:
    """What stands out in a period, by creation; with `known` as the journal stood then."""
    with open_engine() as engine:
        return found(engine, span, queries.countable(span, known), limits)


def found(engine: Engine, span: Span, events: Any, limits: Limits) -> list[Signal]:
    """The same from events in hand: an Arrow table or Parquet paths with metering's columns."""
    engine.table("events", events)
    bounds = [[at.astimezone(UTC).replace(tzinfo=None)] for at in (span.start, span.end)]
    engine.table("bounds", pa.table([pa.array(one, pa.timestamp("us")) for one in bounds], ["from_at", "until_at"]))
    engine.table("limits", pa.table({name: [value] for name, value in msgspec.structs.asdict(limits).items()}))
    rows = []
    for name in RULES:
        engine.run(rule(f"metering/{name}"), name)
        rows += [Signal(rule=name, period=span.text, **row) for row in engine.fetch(name).to_pylist()]
    return sorted(rows, key=lambda one: (one.creation, RULES.index(one.rule), one.territory))


def sentence(signal: Signal) -> str:
    """A signal in words."""
    listeners = "one listener" if signal.listeners == 1 else f"{signal.listeners:,} listeners"
    says = SAYS[signal.rule].format(listeners=listeners, territory=signal.territory)
    share = f"{100 * signal.odd_plays / signal.plays:.1f} %"
    return f"{share} of its {signal.plays:,} plays in {signal.period} {says}"


def open_cases(span: Span, at: Instant, actor: str) -> list[str]:
    """A case for each creation that stands out, for a reader to look at; a running one about it goes on instead.

    Returns the cases' ids.
    """
    by_creation: dict[str, list[str]] = {}
    for one in signals(span):
        by_creation.setdefault(one.creation, []).append(sentence(one))
    makers = {made.id: made.creator for made in studio.creations(sorted(by_creation))}
    return [
        integrity.open_case(CaseKind.PLAYS, creation, makers.get(creation, ""), "; ".join(said), at, actor)
        for creation, said in by_creation.items()
    ]
