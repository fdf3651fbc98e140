"""The doors in: usage events, reports of revenue, reports of all plays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from accord.journal.actions import Writer, writing
from accord.journal.queries import entry, head
from accord.metering import periods, segments
from accord.metering.events import AHEAD, checks, reasons
from accord.metering.facts import PlatformPlaysReported, RevenueReported, SegmentAppended
from accord.metering.keys import bodies_of
from accord.metering.models import RevenueRow, SourceRow
from accord.metering.reading import AT_ONCE, Read, read_file, read_lines, read_table, read_values
from accord.metering.records import IngestReport, Rejected
from accord.metering.sifting import sifted
from accord.terms import currency as currencies
from accord.terms.instant import Instant
from accord.terms.money import MICROS, text
from accord.terms.refusal import BadInput
from accord.terms.territory import TERRITORIES

PLACES = frozenset(TERRITORIES)
LARGEST_REVENUE = 10**12 * MICROS  # a billion millions: a typing error beyond it, and sums of it still fit 64 bits
LARGEST_COUNT = 10**15
LONGEST_FEATURE = 80

Events = Any  # a path, an Arrow table, an iterable of lines (bytes), or one of mappings


class Batch(msgspec.Struct, frozen=True):
    """Events that were read and stand for themselves, and the lines that do not; sent by `actor`, received `at`.

    Beside the events' columns the table holds `line` and `body` (`keys.bodies_of`).
    """

    table: pa.Table
    rejected: tuple[Rejected, ...]
    at: Instant
    actor: str
    own_sources: bool = False


def ingest(events: Events, source: str, at: Instant, actor: str, own_sources: bool = False) -> IngestReport:
    """Count events once. `source` stands in for events that name none; `at` is when they were received.

    When it returns, what it accepted is durable: the files are fsynced in the vault and the facts that name them, with the
    keys of their events, are committed. Sending the same again, in whole or in parts, in any order, changes nothing.
    A file is counted part by part, each part at once: one that breaks off is sent again.
    `own_sources`: events of a source that another actor sent first are turned away, so that nobody's ids can
    suppress another's events.
    Raises: BadInput only when nothing of what was sent can be read, or nothing of a file from some line on.
    """
    report, lines = IngestReport(), 0
    try:
        for read in _reads(events, source):
            report += count([checked(read, at, actor, own_sources)])[0]
            lines += read[0].num_rows + len(read[1])
    except BadInput as wrong:
        if not lines:
            raise
        where = f"after {lines:,} lines, which were counted"
        raise BadInput(wrong.what, where, wrong.why, "mend it and send it again") from None
    return report


def checked(read: Read, at: Instant, actor: str, own_sources: bool = False) -> Batch:
    """What was read as a batch: lines that cannot be an event are turned away."""
    table, rejected = read
    why = reasons(table, checks(PLACES, _received(table, at)))
    keep, more = _parted(table, why)
    return Batch(hashed(keep), (*rejected, *more), at, actor, own_sources)


def hashed(table: pa.Table) -> pa.Table:
    """With `body` beside: before the turn to write, where no other sender waits for it."""
    return table.append_column("body", pa.array(bodies_of(table)))


def _received(table: pa.Table, at: Instant) -> Instant:
    """When the batch came: `at`, or the newest fact's instant where our clock has fallen behind it and it matters."""
    newest = pc.max(table["at"]).as_py() if table.num_rows and at.year < 2999 else None
    if newest is None or newest <= (at + AHEAD).replace(tzinfo=None) or not (last := head()):
        return at
    return max(at, entry(last).at)


def count(batches: Sequence[Batch]) -> list[IngestReport]:
    """Count batches, each once, in one transaction with one fsync of each kind; says what became of each.

    Batches of one sender share a segment. Any fault undoes all of them, and none was answered.
    """
    alike: dict[tuple[str, bool], list[int]] = {}
    for number, batch in enumerate(batches):
        alike.setdefault((batch.actor, batch.own_sources), []).append(number)
    reports: dict[int, IngestReport] = {}
    with writing(batches[0].actor, batches[0].at):
        for numbers in alike.values():
            reports |= zip(numbers, _count([batches[number] for number in numbers]), strict=True)
    return [reports[number] for number in range(len(batches))]


def _count(batches: Sequence[Batch]) -> list[IngestReport]:
    """Batches of one sender, within the writer's lock."""
    actor, at = batches[0].actor, max(batch.at for batch in batches)
    number = np.repeat(np.arange(len(batches)), [batch.table.num_rows for batch in batches])
    table = pa.concat_tables([batch.table for batch in batches]).combine_chunks()
    rejected = [list(batch.rejected) for batch in batches]
    with writing(actor, at) as journal:
        why = _foreign(table, actor) if batches[0].own_sources else {}
        new, again = sifted(table, why)
        for row, reason in why.items():
            rejected[number[row]].append(Rejected(table["line"][row].as_py(), reason))
        turned_away = sum(len(one) for one in rejected)
        segment = _append(journal, table.filter(pa.array(new)), int(again.sum()), turned_away) if new.any() else ""
    accepted, duplicates = (np.bincount(number[rows], minlength=len(batches)).tolist() for rows in (new, again))
    return [
        IngestReport(
            accepted=accepted[one],
            duplicates=duplicates[one],
            rejected=tuple(sorted(rejected[one], key=lambda away: away.line)),
            segments=(segment,) if accepted[one] else (),
        )
        for one in range(len(batches))
    ]


def _parted(table: pa.Table, why: dict[int, str]) -> tuple[pa.Table, list[Rejected]]:
    """The rows without a reason, and the others as turned away."""
    if not why:
        return table, []
    keep = np.ones(table.num_rows, bool)
    keep[list(why)] = False
    lines = table["line"].to_numpy()
    return table.filter(pa.array(keep)), [Rejected(int(lines[row]), text) for row, text in why.items()]


def _foreign(table: pa.Table, actor: str) -> dict[int, str]:
    """Rows whose source is another sender's: whoever sent a source first has it."""
    sources = pc.unique(table["source"]).to_pylist()
    others = SourceRow.objects.filter(source__in=sources).exclude(sender=actor).values_list("source", flat=True)
    taken = pa.array(sorted(others), pa.string())
    rows = np.flatnonzero(np.asarray(pc.is_in(table["source"], taken).combine_chunks())).tolist() if len(taken) else []
    return {row: f"source `{table['source'][row].as_py()}` is another sender's" for row in rows}


def _append(journal: Writer, fresh: pa.Table, duplicates: int, rejected: int) -> str:
    file, events, durable = segments.write(fresh)
    span = pc.min_max(events["at"]).as_py()
    fact = SegmentAppended(
        segment=journal.mint("seg"),
        file=file,
        rows=events.num_rows,
        duplicates=duplicates,
        rejected=rejected,
        corrections=events.num_rows - events["corrects"].null_count,
        listens=pc.sum(pc.equal(events["kind"], "listen")).as_py(),
        sources=tuple(sorted(pc.unique(events["source"]).to_pylist())),
        first_at=span["min"].replace(tzinfo=UTC),
        last_at=span["max"].replace(tzinfo=UTC),
    )
    try:
        journal.append(fact)  # its rows are written while the disk takes the file
    finally:
        durable()  # before the commit: no fact names a file that may be lost
    return fact.segment


def _reads(events: Events, source: str) -> Iterator[Read]:
    if isinstance(events, Path):
        yield from read_file(events, source)
    elif isinstance(events, pa.Table):
        for start in range(0, events.num_rows, AT_ONCE):
            yield read_table(events.slice(start, AT_ONCE), source, start + 1)
    else:
        items = list(events)
        yield read_lines(items, source) if items and isinstance(items[0], bytes) else read_values(items, source)


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
    currencies.checked(currency)
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
