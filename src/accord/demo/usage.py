"""Demonstration usage: three months of a platform's events, with duplicates and late ones, and what they earned.

Everything follows from the seed. Rows stand in the order of arrival, so a batch is a slice: what happened earlier but
arrived in a later slice is a late event, and a small part of what was sent before is sent again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from accord.metering.events import SCHEMA
from accord.metering.periods import parse

SOURCE = "https://platform.example/usage"
KINDS = {"listen": 0.92, "share": 0.03, "remix": 0.02, "create": 0.02, "export": 0.01}
TWICE = 0.02  # of all rows, sent again
LATE = 0.03  # of the events, held up on somebody's phone for up to twenty days
LATEST_S = 20 * 86_400
MICROS_PER_LISTEN = 4_000
PLATFORM_PLAYS_PER_LISTEN = 38
Ints = np.ndarray[tuple[int], np.dtype[np.int64]]


class Report(msgspec.Struct, frozen=True):
    """What the platform reports for a month: revenue of a feature in a territory (EUR)."""

    feature: str
    territory: str
    month: str
    amount_micros: int


def make_events(
    creations: Sequence[str],
    features: Mapping[str, str],
    territories: Sequence[str],
    users: int,
    months: Sequence[str],
    seed: int,
    n: int = 200_000,
    since: Mapping[str, datetime] | None = None,
) -> pa.Table:
    """`n` events in the order of arrival, all columns of `metering.events.SCHEMA`.

    `features` names each creation's feature; `since` when it was released (nothing is heard before). Few creations and
    few users make up most of the plays, as they do.
    """
    rng = np.random.default_rng(seed)
    again = int(n * TWICE)
    unique = n - again
    which = _popular(rng, len(creations), unique)
    at = _instants(rng, which, creations, months, since or {})
    who = _popular(rng, users, unique)
    kind = rng.choice(len(KINDS), unique, p=list(KINDS.values()))
    seconds = np.where(kind == 0, rng.integers(5, 61, unique), 0)
    where = rng.choice(len(territories), unique, p=_falling(len(territories)))
    order = np.argsort(at, kind="stable")
    made = _table(
        creations, features, territories, which[order], where[order], who[order], kind[order], seconds[order], at[order]
    )
    return _arrived(rng, made, at[order], again)


def reports(events: pa.Table, months: Sequence[str]) -> list[Report]:
    """Revenue per feature, territory and month: a little per listen, in whole cents."""
    listens = _counted(events).filter(pc.equal(_counted(events)["kind"], "listen"))
    month = pc.strftime(listens["at"], format="%Y-%m")
    counts = (
        pa.table({"feature": listens["feature"], "territory": listens["territory"], "month": month})
        .group_by(["feature", "territory", "month"])
        .aggregate([([], "count_all")])
        .to_pylist()
    )
    rows = [
        Report(row["feature"], row["territory"], row["month"], row["count_all"] * MICROS_PER_LISTEN // 10_000 * 10_000)
        for row in counts
        if row["month"] in months
    ]
    return sorted(rows, key=lambda r: (r.month, r.feature, r.territory))


def platform_plays(events: pa.Table, months: Sequence[str], seed: int) -> dict[tuple[str, str], tuple[int, int]]:
    """(territory, month) → all plays and all sessions of the platform, of which the AI features are a small part."""
    rng = np.random.default_rng(seed)
    sums: dict[tuple[str, str], int] = {}
    for report in reports(events, months):
        key = (report.territory, report.month)
        sums[key] = sums.get(key, 0) + report.amount_micros // MICROS_PER_LISTEN
    found = {}
    for key in sorted(sums):
        plays = sums[key] * PLATFORM_PLAYS_PER_LISTEN + int(rng.integers(0, 1000))
        found[key] = (plays, plays // 7)
    return found


def _falling(size: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    weights: np.ndarray[tuple[int], np.dtype[np.float64]] = 1.0 / np.arange(1, size + 1)
    return np.asarray(weights / weights.sum())


def _popular(rng: np.random.Generator, size: int, n: int) -> Ints:
    return rng.choice(size, n, p=_falling(size)).astype(np.int64)


def _micros(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def _instants(
    rng: np.random.Generator,
    which: Ints,
    creations: Sequence[str],
    months: Sequence[str],
    since: Mapping[str, datetime],
) -> Ints:
    spans = [parse(month) for month in months]
    start, end = _micros(min(s.start for s in spans)), _micros(max(s.end for s in spans))
    first = np.array([max(start, _micros(since[c]) if c in since else start) for c in creations], np.int64)
    room = np.maximum(end - first[which], 1)
    return (first[which] + (rng.random(len(which)) * room).astype(np.int64)).astype(np.int64)


def _table(
    creations: Sequence[str],
    features: Mapping[str, str],
    territories: Sequence[str],
    which: Ints,
    where: Ints,
    who: Ints,
    kind: Ints,
    seconds: Ints,
    at: Ints,
) -> pa.Table:
    def named(names: Sequence[str], codes: Ints) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(names))).cast(pa.string())

    number = pc.utf8_lpad(pc.cast(pa.array(np.arange(len(at))), pa.string()), 9, "0")
    user = named([f"u{i:06d}" for i in range(int(who.max(initial=0)) + 1)], who)
    hour = pc.cast(pa.array(at // 3_600_000_000), pa.string())
    listened = pa.array(kind == 0)
    columns = {
        "source": pa.array([SOURCE]).take(pa.array(np.zeros(len(at), np.int64))),
        "id": pc.binary_join_element_wise("evt", number, "-"),
        "kind": named(list(KINDS), kind),
        "feature": named([features[c] for c in creations], which),
        "creation": named(list(creations), which),
        "user": user,
        "territory": named(list(territories), where),
        "seconds": pa.array(seconds),
        "revenue_micros": pc.if_else(listened, MICROS_PER_LISTEN, 0),
        "at": pa.array(at).cast(pa.timestamp("us")),
        "session": pc.binary_join_element_wise(user, hour, "-"),
        "corrects": pa.nulls(len(at), pa.string()),
    }
    return pa.table(columns).cast(SCHEMA)


def _arrived(rng: np.random.Generator, made: pa.Table, at: Ints, again: int) -> pa.Table:
    late = rng.random(len(at)) < LATE
    arrived = at + np.where(late, (rng.random(len(at)) * LATEST_S * 1e6).astype(np.int64), 0)
    twice = rng.integers(0, len(at), again)
    rows = np.concatenate([np.arange(len(at)), twice])
    when = np.concatenate([arrived, arrived[twice] + rng.integers(1, 86_400_000_000, again)])
    return made.take(pa.array(rows[np.argsort(when, kind="stable")]))


def _counted(events: pa.Table) -> pa.Table:
    _, first = np.unique(np.asarray(events["id"].combine_chunks().dictionary_encode().indices), return_index=True)
    return events.take(pa.array(np.sort(first)))
