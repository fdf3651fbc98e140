"""The doors out: statements for their party, everything for finance; the ledger; explanations down to the facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

import msgspec
from django.db.models import QuerySet

from accord.attribution import queries as attribution
from accord.attribution.records import Attribution
from accord.engine.running import open_engine
from accord.governance import queries as governance
from accord.metering import queries as metering
from accord.metering.periods import parse
from accord.parties.viewer import Role, Viewer
from accord.payouts import files
from accord.payouts.behind import behind
from accord.payouts.closing import close as close_from
from accord.payouts.explaining import explain_adjustment, explain_fee, explain_line, with_split
from accord.payouts.explaining_sums import SUMS
from accord.payouts.explaining_sums import explain_sum as explain_what
from accord.payouts.ledger import off_balance
from accord.payouts.lines import line_of
from accord.payouts.models import AdvanceRow, EntryRow, EscrowRow, PeriodRow, PostingRow, ReportRow, StatementRow
from accord.payouts.order import ORDERS
from accord.payouts.records import Balance, CloseReport, Pool, Posting, PostingEntry, StatementHead, Step
from accord.payouts.sheet import every
from accord.payouts.sums import sums
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere

#: who sees every party's money
OFFICE = (Role.FINANCE, Role.ADMIN)


class TrialBalance(msgspec.Struct, frozen=True):
    """Every account with a balance; `off` names currencies in which debits and credits differ: none, ever."""

    balances: tuple[Balance, ...]
    off: dict[str, int]
    postings: int
    debits: dict[str, int]

    @property
    def zero(self) -> bool:
        """Whether debits equal credits in every currency."""
        return not self.off

    @property
    def debits_micros(self) -> int:
        """All debits ever posted, over the currencies."""
        return sum(self.debits.values())

    @property
    def credits_micros(self) -> int:
        """All credits ever posted, over the currencies; equal to the debits, or something is off."""
        return sum(self.debits.values()) - sum(self.off.values())

    @property
    def balanced(self) -> bool:
        """The same as `zero`."""
        return self.zero


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A closed period and what it rests on. `committed` is 0 where its statements cannot be proven one by one."""

    period: str
    position: int
    known: int
    at: Instant
    order: str
    events: int
    files: dict[str, str]
    rules: dict[str, str]
    committed: int = 0
    commitments: str = ""

    @property
    def text(self) -> str:
        """The period as it is written: `2026-Q3`."""
        return self.period


class Advance(msgspec.Struct, frozen=True, kw_only=True):
    """An advance: what the platform paid ahead under a deal, and what is still open."""

    deal: str
    party: str
    currency: str
    amount_micros: int
    open_micros: int


class Late(msgspec.Struct, frozen=True):
    """What came in for a closed period since it was divided last, in sentences: the next close adjusts it."""

    period: str
    because: tuple[str, ...]


class Reproduction(msgspec.Struct, frozen=True):
    """Whether closing a period again, as the journal stood then, gives the same bytes; `differing` names files."""

    period: str
    differing: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Nothing differs."""
        return not self.differing


def statements(viewer: Viewer, period: str | None = None, party: str | None = None) -> list[StatementHead]:
    """The statements a viewer may see, by period and party."""
    rows = StatementRow.objects.order_by("period", "party", "currency")
    if not viewer.has(*OFFICE):
        rows = rows.filter(party__in=sorted(viewer.parties))
    if period is not None:
        rows = rows.filter(period=period)
    if party is not None:
        rows = rows.filter(party=party)
    return [_head(row) for row in rows]


def statement_text(viewer: Viewer, statement_id: str) -> bytes:
    """A statement's own bytes, as they were written at the close.

    Raises: NotThere when it is not the viewer's, BadInput where the bytes are not those of the close.
    """
    row = StatementRow.objects.filter(statement=statement_id).first()
    if row is None or not (viewer.has(*OFFICE) or viewer.acts_for(row.party)):
        raise NotThere(f"there is no statement `{statement_id}`")
    text = files.piece(row.file, row.start, row.length)
    if row.digest != f"sha256:{sha256(text).hexdigest()}":
        raise BadInput(f"the statement `{statement_id}` is damaged in the vault", do="restore the vault from a backup")
    return text


def statement(viewer: Viewer, statement_id: str) -> dict[str, Any]:
    """A statement as a document (`accord.statement/1`). Raises: NotThere when it is not the viewer's."""
    found: dict[str, Any] = msgspec.json.decode(statement_text(viewer, statement_id))
    return found


def statements_of(viewer: Viewer, party: str, period: str) -> list[dict[str, Any]]:
    """A party's statements of a period, one per currency. Raises: NotThere when there is none for this viewer."""
    found = [statement(viewer, head.id) for head in statements(viewer, period, party)]
    if not found:
        raise NotThere(f"there is no statement of `{party}` for `{period}`")
    return found


def explain(viewer: Viewer, statement_id: str, line: int) -> list[Step]:
    """A line walked back to its listens: plays → attribution → pool → split → claim → deal's clause → rounding.

    An adjustment says first what came in, and last what was given for it before.
    Raises: NotThere for a line that does not exist, or is not the viewer's.
    """
    document = statement(viewer, statement_id)
    return explained(document, line, closed(document["period"]))


def explained(document: dict[str, Any], line: int, period: Period) -> list[Step]:
    """A line of a document walked back, in the files of the close or the draft that made it. Raises: NotThere."""
    found = next((one for one in every(document) if one["line"] == line), None)
    if found is None:
        raise NotThere(f"statement `{document['statement']}` has no line {line}")
    about = found.get("of", period.period)
    heard = [segment.id for segment in metering.segments(parse(about), period.known)]
    if "each_micros" in found:
        return explain_fee(document, found, heard)
    loaded: dict[str, Attribution] = {}

    def shares(creations: Iterable[str]) -> list[Attribution]:
        new = set(creations) - set(loaded)
        loaded.update((one.creation, one) for one in (attribution.rows(period.known, new) if new else ()))
        return [loaded[creation] for creation in sorted(creations) if creation in loaded]

    if "of" in found:
        named = files.part(period.files, about)
        rows = files.rows(named, "lines", subject=found["subject"])
        steps = explain_adjustment(document, found, named, heard, map(line_of, rows), shares)
    else:
        steps = explain_line(document, found, period.files, heard, shares)
    versions = {one.split_version for one in shares({step.rests_on for step in steps if step.step == "attribution"})}
    splits = (one for one in governance.splits(found["feature"]) if one.version in versions)
    return with_split(steps, found["feature"], splits)


def explain_sum(viewer: Viewer, statement_id: str, name: str) -> list[Step]:
    """A sum of a statement walked back: a guarantee to its clause and what was earned, tax to its rate, and so on.

    `name` is as in the statement's summary, without `_micros`; `advances` are those paid since the close before.
    Raises: NotThere for a sum that it does not have, or a statement that is not the viewer's.
    """
    document = statement(viewer, statement_id)
    wanted = name.replace("-", "_").replace(" ", "_")
    found = explain_what(document, wanted, behind(document))
    if found is None:
        raise NotThere(f"statement `{statement_id}` has no sum `{name}`", do=f"one of {', '.join(SUMS)}")
    return found


def trial_balance(known: int | None = None) -> TrialBalance:
    """All accounts (as of a journal position), and whether debits equal credits."""
    rows: QuerySet[EntryRow] = EntryRow.objects.all()
    if known is not None:
        rows = rows.filter(position__lte=known)
    accounts = sums(rows, "currency", "account")
    debits = {currency: amount for (currency,), amount in sums(rows.filter(amount_micros__gt=0), "currency").items()}
    return TrialBalance(
        balances=tuple(Balance(account, currency, amount) for (currency, account), amount in accounts.items()),
        off=off_balance({(currency, account): amount for (currency, account), amount in accounts.items()}),
        postings=PostingRow.objects.count() if known is None else rows.values("posting").distinct().count(),
        debits=debits,
    )


def postings(account: str) -> list[Posting]:
    """Every posting that touched an account, oldest first."""
    keys = EntryRow.objects.filter(account=account).values_list("posting", flat=True)
    heads = PostingRow.objects.filter(posting__in=sorted(set(keys))).order_by("position", "posting")
    entries: dict[str, list[PostingEntry]] = {}
    for row in EntryRow.objects.filter(posting__in=[head.posting for head in heads]).order_by("account"):
        entries.setdefault(row.posting, []).append(PostingEntry(row.account, row.amount_micros))
    return [Posting(text=h.text, currency=h.currency, entries=tuple(entries[h.posting])) for h in heads]


def reports(period: str | None = None) -> list[CloseReport]:
    """What each close did, per currency."""
    rows = ReportRow.objects.order_by("period", "key")
    rows = rows.filter(period=period) if period is not None else rows
    return [msgspec.json.decode(row.body, type=CloseReport) for row in rows]


def periods() -> list[Period]:
    """The closed periods."""
    return [_period(row) for row in PeriodRow.objects.order_by("period")]


def closed(period: str) -> Period:
    """A closed period. Raises: NotThere."""
    row = PeriodRow.objects.filter(period=period).first()
    if row is None:
        raise NotThere(f"`{period}` is not closed")
    return _period(row)


class Divided(msgspec.Struct, frozen=True, kw_only=True):
    """A period's pools and lines (a line's `pool` is a pool's `number`) as a close divided it.

    Lines of the platform, of escrow and of unmatched money are among them. `files` are the close's.
    """

    pools: list[Pool]
    files: dict[str, str]

    def rows(self, names: Iterable[str] | None = None, **equal: Any) -> Iterator[dict[str, Any]]:
        """The lines one by one: the columns asked for, and of the lines those with these values (a list: any of them)."""
        return files.rows(self.files, "lines", names, **equal)

    def sums(self, *by: str, of: str = "amount_micros", **equal: Any) -> Mapping[tuple[Any, ...], int]:
        """The values of the columns `by` → the sum of a column over the lines with these values."""
        return files.sums(self.files, "lines", by, of, **equal)


def divided(period: str, at: Instant | None = None) -> Divided:
    """A period as the last close by an instant divided it."""
    named = closed(period).files
    for one in sorted(periods(), key=lambda other: other.position):
        if at is None or one.at <= at:
            named = files.part(one.files, period) or named
    return Divided(pools=files.pools(named), files=named)


def as_closed(period: str) -> Divided:
    """A period as it was closed."""
    named = closed(period).files
    return Divided(pools=files.pools(named), files=named)


def advances() -> list[Advance]:
    """Every advance that was paid, with what is still to be recouped of it."""
    rows = EntryRow.objects.filter(account__startswith="advance:")
    left = {account.removeprefix("advance:"): amount for (account,), amount in sums(rows, "account").items()}
    return [
        Advance(
            deal=row.deal,
            party=row.party,
            currency=row.currency,
            amount_micros=row.amount_micros,
            open_micros=left.get(row.deal, 0),
        )
        for row in AdvanceRow.objects.order_by("position")
    ]


def escrow() -> list[Balance]:
    """What stands in escrow now."""
    return [one for one in trial_balance().balances if one.account.startswith("escrow:")]


def escrow_of(claim: str) -> list[EscrowRow]:
    """Every amount that went into escrow for a claim, or out of it."""
    return [row for row in EscrowRow.objects.order_by("position") if claim in row.claims.split("+")]


def unmatched() -> list[Balance]:
    """What stands to nobody's name yet."""
    return [one for one in trial_balance().balances if one.account.startswith("unmatched:")]


def late() -> list[Late]:
    """Closed periods for which something came in since; a closed period is never edited, the next close adjusts it."""
    from accord.journal.queries import head
    from accord.payouts.restating import changes, standing

    known = head()
    found = [(one.span.text, changes(one, known)) for one in standing(known)]
    return [
        Late(period, tuple(sorted({sentence for sentences in why.values() for sentence in sentences})))
        for period, why in found
        if why
    ]


def reproduce(period: str) -> Reproduction:
    """Close a closed period again, as the journal stood then, and compare every file byte for byte (law 6)."""
    from accord.payouts.gathering import gather

    before = closed(period)
    given = gather(parse(period), before.known, ORDERS[before.order])
    with open_engine() as engine:
        again = {one.name: one.file for one in files.keep(close_from(given, engine), given.pools)}
    return Reproduction(period, tuple(sorted(name for name in before.files if again.get(name) != before.files[name])))


def _period(row: PeriodRow) -> Period:
    return Period(
        period=row.period,
        position=row.position,
        known=row.known,
        at=row.at,
        order=row.order,
        events=row.events,
        files=files.named(row.files),
        rules=files.named(row.rules),
        committed=row.committed,
        commitments=row.commitments,
    )


def _head(row: StatementRow) -> StatementHead:
    values = {name: getattr(row, name) for name in StatementHead.__struct_fields__ if name != "id"}
    return StatementHead(id=row.statement, **values)
