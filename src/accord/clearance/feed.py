"""What changed between two journal positions and two instants, page by page, for whoever keeps a copy (shell).

A page answers from the journal's own history, so that it comes again the same however often it is asked for, from any
process. Within a page every asset is decided twice: as known at the earlier position and instant, and at the later ones.

It lists an asset whose answer differs, and one that several causes concerned although it does not: that one may have
differed in between, and a copy that got half of an earlier page must hear of it. So a copy that applies the pages in order
is right at each last page, wherever it was interrupted and however it went on.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from accord.catalog import queries as catalog
from accord.clearance import loading, rules, touching
from accord.clearance.records import RULE_VERSION, Changed, Changes, Question
from accord.clearance.touching import Span, Touched
from accord.journal.models import JournalEntry
from accord.terms.instant import Instant, utc
from accord.terms.refusal import BadInput, Gone
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

#: Assets that one page looks at, at most.
LARGEST_PAGE = 10_000
#: Facts over which changes are told: after more of them a new full answer is the shorter way.
FURTHEST = 100_000


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a copy stands: its question, the position and the instant it is right at, the rule it was decided by, and a
    piece of that entry's salted leaf, which tells this journal from another. On the way through pages also where they lead
    (`until`, `until_at`) and the last asset looked at."""

    use: str
    feature: str
    since: int
    since_at: Instant
    rule: str
    leaf: str
    until: int | None = None
    until_at: Instant | None = None
    after: str = ""

    def text(self) -> str:
        """As one word that fits an address."""
        return urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")


def read(text: str) -> Cursor:
    """The cursor in a text. Raises: BadInput."""
    try:
        return msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Cursor)
    except (ValueError, msgspec.MsgspecError):
        raise BadInput(f"`{text[:40]}` is no place in the changes", do="take `next` of an answer as it is") from None


def standing(use: Use, feature: str, known: int, at: Instant) -> Cursor:
    """Where a full answer as known at a position and as of an instant stands. Raises: BadInput for no such position."""
    return Cursor(use.value, feature, known, utc(at), RULE_VERSION, _leaf(known))


def started(use: Use, feature: str, since: int, since_at: Instant | None, now: Instant) -> Cursor:
    """Where a copy stands that names its position; without an instant, at that of its last fact."""
    if since_at is None:
        since_at = JournalEntry.objects.filter(position=max(since, 1)).values_list("at", flat=True).first() or now
    return standing(use, feature, since, min(since_at, now))


def page(cursor: Cursor, now: Instant, limit: int = LARGEST_PAGE) -> Changes:
    """The changes from a cursor on, of up to `limit` assets looked at. Raises: BadInput; Gone where it leads nowhere."""
    if not 0 < limit <= LARGEST_PAGE:
        raise BadInput(f"a page of {limit:,} assets", do=f"ask for 1 to {LARGEST_PAGE:,}")
    span = _span(cursor, now)
    found = touching.touched(span)
    looked_at, more = _candidates(found, span, cursor.after, limit)
    return Changes(
        use=span.use,
        feature=span.feature,
        rule_version=RULE_VERSION,
        since=span.since,
        since_at=span.since_at,
        until=span.until,
        until_at=span.until_at,
        changes=tuple(_changed(span, found, looked_at)),
        more=more,
        next=_next(cursor, span, looked_at, more).text(),
    )


def _span(cursor: Cursor, now: Instant) -> Span:
    head = loading.mark().position
    if cursor.rule != RULE_VERSION:
        _gone(f"the rule changed since: it is {RULE_VERSION}, the copy was decided by {cursor.rule}")
    if cursor.leaf != _leaf(cursor.since):
        _gone(f"position {cursor.since:,} of this journal is another than the copy's")
    until = head if cursor.until is None else cursor.until
    if until - cursor.since > FURTHEST:
        _gone(f"{until - cursor.since:,} facts were written since position {cursor.since:,}")
    return Span(
        use=rules.use_named(cursor.use),
        feature=cursor.feature,
        since=cursor.since,
        since_at=utc(cursor.since_at),
        until=min(until, head),
        until_at=max(utc(cursor.until_at or now), utc(cursor.since_at)),
    )


def _gone(because: str) -> None:
    raise Gone(because, do="take a new full answer")


def _leaf(position: int) -> str:
    """A piece of the salted leaf at a position, public like all leaves. Raises: BadInput for a position that is not there."""
    if position == 0:
        return ""
    leaf = JournalEntry.objects.filter(position=position).values_list("leaf", flat=True).first()
    if leaf is None:
        raise BadInput(f"the journal has no position {position}", do=f"its head is {loading.mark().position}")
    return bytes(leaf)[:6].hex()


def _candidates(found: Touched, span: Span, after: str, limit: int) -> tuple[list[str], bool]:
    """The next assets to look at, in order, and whether there are more. What changed after the span's end is looked at too:
    the tables that lead from a party to its assets, and from an asset down, are those of now."""
    if found.everything:
        ids = catalog.ids_after(after, limit + 1)
    else:
        word = touching.heard(found.parties, span.since, span.until)
        moved = {asset for asset, _ in catalog.changed_between(span.until, loading.mark().position)} if word else set()
        reached = touching.below(moved | set(found.assets) | catalog.concerning(word))
        ids = sorted(asset for asset in reached if asset > after)
    return ids[:limit], len(ids) > limit


def _changed(span: Span, found: Touched, ids: list[str]) -> list[Changed]:
    if not ids:
        return []
    word = touching.heard(found.parties, span.since, span.until)
    sides = [(loading.as_known(known, ids), at) for known, at in _ends(span)]
    before, after = (rules.where_cleared(state, Question(span.use, span.feature, at), ids) for state, at in sides)
    changes = []
    for asset in ids:
        causes = {cause for state, _ in sides for cause in touching.causes_of(asset, state, found, word)}
        if before[asset] != after[asset] or len(causes) > 1:
            both = TerritorySet(before[asset]), TerritorySet(after[asset])
            changes.append(Changed(asset, *both, tuple(sorted(causes))))
    return changes


def _ends(span: Span) -> tuple[tuple[int, Instant], tuple[int, Instant]]:
    return (span.since, span.since_at), (span.until, span.until_at)


def _next(cursor: Cursor, span: Span, looked_at: list[str], more: bool) -> Cursor:
    if more:
        on = {"until": span.until, "until_at": span.until_at, "after": looked_at[-1]}
        return msgspec.structs.replace(cursor, **on)
    return standing(span.use, span.feature, span.until, span.until_at)
