"""The doors in: usage events, reports of revenue, reports of all plays."""

from __future__ import annotations

import io
from datetime import UTC
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from accord.journal.actions import Writer, writing
from accord.metering import periods, seen
from accord.metering.events import SCHEMA, checks, reasons
from accord.metering.facts import PlatformPlaysReported, RevenueReported, SegmentAppended
from accord.metering.keys import corrected, firsts, keys_of, targets_of
from accord.metering.models import RevenueRow, SourceRow
from accord.metering.reading import Read, read_file, read_lines, read_table, read_values
from accord.metering.records import IngestReport, Rejected
from accord.terms.instant import Instant
from accord.terms.money import MICROS, text
from accord.terms.refusal import BadInput
from accord.terms.territory import TERRITORIES
from accord.vault import actions as vault

LARGEST_REVENUE = 10**12 * MICROS  # a billion millions: a typing error beyond it, and sums of it still fit 64 bits
LARGEST_COUNT = 10**15
LONGEST_FEATURE = 80

Events = Any  # a path, an Arrow table, an iterable of lines (bytes), or one of mappings


def ingest(events: Events, source: str, at: Instant, actor: str, own_sources: bool = False) -> IngestReport:
    """Count events once. `source` stands in for events that name none; `at` is when they were received.

    When it returns, what it accepted is durable: the file is fsynced in the vault and the fact that names it, with the
    keys of its events, is committed. Sending the same again, in whole or in parts, in any order, changes nothing.
    `own_sources`: events of a source that another actor sent first are turned away, so that nobody's ids can
    suppress another's events.
    Raises: BadInput only when nothing of the batch can be read.
    """
    table, rejected = _read(events, source)
    good, rejected = _parted(table, reasons(table, checks(frozenset(TERRITORIES), at)), rejected)
    with writing(actor, at) as journal:
        if own_sources:
            good, rejected = _parted(good, _foreign(good, actor), rejected)
        fresh = good.filter(pa.array(firsts(keys_of(good)))) if good.num_rows else good
        known = seen.known(keys_of(fresh).to_pylist()) if fresh.num_rows else set()
        if known:
            fresh = fresh.filter(pc.invert(pc.is_in(keys_of(fresh), pa.array(sorted(known)))))
        duplicates = good.num_rows - fresh.num_rows
        fresh, rejected = _parted(fresh, _corrected(fresh), rejected)
        segment = _append(journal, fresh, duplicates, len(rejected)) if fresh.num_rows else None
    return IngestReport(
        accepted=fresh.num_rows,
        duplicates=duplicates,
        rejected=tuple(sorted(rejected, key=lambda one: one.line)),
        segment=segment.segment if segment is not None else None,
        file=segment.file if segment is not None else None,
    )


def _parted(table: pa.Table, why: dict[int, str], rejected: list[Rejected]) -> Read:
    """The rows without a reason, and the others added to those turned away."""
    lines = table["line"].to_numpy()
    keep = np.ones(table.num_rows, bool)
    keep[list(why)] = False
    return table.filter(pa.array(keep)), [*rejected, *(Rejected(int(lines[row]), text) for row, text in why.items())]


def _foreign(good: pa.Table, actor: str) -> dict[int, str]:
    """Rows whose source is another sender's: whoever sent a source first has it."""
    sources = pc.unique(good["source"]).to_pylist()
    others = SourceRow.objects.filter(source__in=sources).exclude(sender=actor).values_list("source", flat=True)
    taken = pa.array(sorted(others), pa.string())
    rows = np.flatnonzero(np.asarray(pc.is_in(good["source"], taken).combine_chunks())).tolist() if len(taken) else []
    return {row: f"source `{good['source'][row].as_py()}` is another sender's" for row in rows}


def _corrected(fresh: pa.Table) -> dict[int, str]:
    """Rows that correct what was never counted, or was corrected before: either would count one use twice.

    In the order of the batch, so a correction may be corrected further down in it.
    """
    rows = np.flatnonzero(np.asarray(pc.is_valid(fresh["corrects"]).combine_chunks())).tolist()
    if not rows:
        return {}
    part = fresh.take(pa.array(rows))
    own, targets = keys_of(part).to_pylist(), targets_of(part).to_pylist()
    taken = seen.known([*targets, *(corrected(key) for key in targets)])
    taken.update(set(keys_of(fresh).to_pylist()).difference(own))
    found = {}
    for row, key, target in zip(rows, own, targets, strict=True):
        if target in taken and corrected(target) not in taken:
            taken.update((key, corrected(target)))
            continue
        why = "was corrected before: correct its correction" if target in taken else "is not known: send it first"
        found[row] = f"event `{fresh['corrects'][row].as_py()}` {why}"
    return found


def _append(journal: Writer, fresh: pa.Table, duplicates: int, rejected: int) -> SegmentAppended:
    ordered = fresh.select(SCHEMA.names).sort_by([("at", "ascending"), ("source", "ascending"), ("id", "ascending")])
    file = io.BytesIO()
    parquet.write_table(ordered, file, compression="zstd")
    span = pc.min_max(ordered["at"]).as_py()
    fact = SegmentAppended(
        segment=journal.mint("seg"),
        file=vault.put(file.getvalue()),
        rows=ordered.num_rows,
        duplicates=duplicates,
        rejected=rejected,
        corrections=ordered.num_rows - ordered["corrects"].null_count,
        listens=pc.sum(pc.equal(ordered["kind"], "listen")).as_py(),
        sources=tuple(sorted(pc.unique(ordered["source"]).to_pylist())),
        first_at=span["min"].replace(tzinfo=UTC),
        last_at=span["max"].replace(tzinfo=UTC),
    )
    journal.append(fact)
    return fact


def _read(events: Events, source: str) -> Read:
    if isinstance(events, Path):
        return read_file(events, source)
    if isinstance(events, pa.Table):
        return read_table(events, source)
    items = list(events)
    if items and isinstance(items[0], bytes):
        return read_lines(items, source)
    return read_values(items, source)


def report_revenue(
    feature: str, territory: str, period: str, amount_micros: int, currency: str, at: Instant, actor: str
) -> str:
    """What a feature earned in a territory in a month or quarter; replaces an earlier report of it. Returns its id.

    A quarter is reported whole or by its months, never both: what is in two reports would be paid twice.
    Raises: BadInput.
    """
    span = periods.parse(period)
    _check_place(territory)
    _check_feature(feature)
    if not 0 <= amount_micros <= LARGEST_REVENUE:
        raise BadInput(
            f"revenue of {text(amount_micros)} is not an amount that can be reported",
            do=f"report from 0.00 up to {text(LARGEST_REVENUE)}",
        )
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise BadInput(f"`{currency}` is not a currency", do="use an ISO 4217 code such as EUR")
    with writing(actor, at) as journal:
        _refuse_twice(feature, territory, currency, span)
        report = journal.mint("rev")
        journal.append(
            RevenueReported(
                report=report,
                feature=feature,
                territory=territory,
                period=span.text,
                currency=currency,
                amount_micros=amount_micros,
            )
        )
    return report


def _refuse_twice(feature: str, territory: str, currency: str, span: periods.Span) -> None:
    """A report of nothing takes an earlier one back, so it stands in nobody's way."""
    others = {span.quarter} if span.text != span.quarter else set(span.months)
    standing = RevenueRow.objects.filter(feature=feature, territory=territory, currency=currency, known_until=None)
    for row in standing.filter(period__in=others - {span.text}, amount_micros__gt=0).order_by("period"):
        raise BadInput(
            f"revenue of `{feature}` in {territory} is reported for {row.period} already",
            why=f"{row.period} and {span.text} share time, so part of it would count twice",
            do=f"report either the quarter or its months; report 0.00 for {row.period} to take that back",
        )


def report_platform_plays(territory: str, period: str, plays: int, sessions: int, at: Instant, actor: str) -> str:
    """All plays and sessions on the platform in a territory over a month or quarter; replaces an earlier report of it.

    Returns its id. Raises: BadInput.
    """
    span = periods.parse(period)
    _check_place(territory)
    for count, what in ((plays, "plays"), (sessions, "sessions")):
        if not 0 <= count <= LARGEST_COUNT:
            raise BadInput(f"{count:,} {what} is not a number that can be reported", do=f"0 to {LARGEST_COUNT:,}")
    with writing(actor, at) as journal:
        report = journal.mint("ply")
        journal.append(
            PlatformPlaysReported(report=report, territory=territory, period=span.text, plays=plays, sessions=sessions)
        )
    return report


def _check_place(territory: str) -> None:
    if territory not in TERRITORIES:
        raise BadInput(f"`{territory}` is not a territory", do="use an ISO 3166-1 code such as FR")


def _check_feature(feature: str) -> None:
    if not feature or len(feature) > LONGEST_FEATURE or not feature.isprintable():
        raise BadInput(f"`{feature}` is not a feature", do="use the id that the feature was proposed under")
