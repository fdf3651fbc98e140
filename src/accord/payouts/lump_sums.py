"""Lump sums: settlements, and advances kept when their deal ends; shared with participants as the deal says.

Participants are the people credited in what earned under the deal: performers and producers of a recording, writers of a
work. Each asset has a weight by the deal's rule: the same for all, by what attribution gave it (the money it earned), or
by its plays; an asset's people share its part equally. What has nobody named stays with the licensor.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from fractions import Fraction

import msgspec

from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind
from accord.deals import queries as deals
from accord.deals.records import DealState
from accord.journal.actions import writing
from accord.journal.facts import NAMES
from accord.journal.queries import facts_of
from accord.payouts import queries
from accord.payouts.facts import LumpPart, LumpSumRecorded
from accord.payouts.models import EntryRow
from accord.payouts.order import PPM
from accord.payouts.sharing import share_out
from accord.payouts.sums import sums
from accord.terms.instant import Instant
from accord.terms.money import micros
from accord.terms.refusal import BadInput, Refusal, Refused

SETTLEMENT, BREAKAGE = "settlement", "breakage"
OVER = (DealState.TERMINATED, DealState.EXPIRED)
PEOPLE = {AssetKind.WORK: ("writer",), AssetKind.RECORDING: ("featured", "vocalist", "non-featured", "producer")}
LONGEST_REASON = 300


def settle(deal: str, amount: str, because: str, at: Instant, actor: str) -> str:
    """Record a lump sum that the platform pays under a deal: the participants' part to them, the rest to the licensor.

    Returns its id. Raises: NotThere for a deal without terms, BadInput for no amount or no reason.
    """
    terms = deals.terms_of(deal)
    whole = micros(amount)
    if whole <= 0:
        raise BadInput(f"`{amount}` is nothing to pay", do="give an amount above zero")
    parts = shared(whole, terms.remuneration.lump_sum_participants_ppm, _participants(deal), terms.licensor)
    return _record(SETTLEMENT, deal, whole, parts, because, at, actor)


def keep_advance(deal: str, because: str, at: Instant, actor: str) -> str:
    """Record that a deal has ended and what is left of its advance will not be recouped: the licensor keeps it.

    The participants' part is owed to them by the licensor, who has the money: it goes from its balance to theirs. Returns
    the lump sum's id. Raises: Refused while the deal has not ended, or when nothing of an advance is open.
    """
    terms, standing = deals.terms_of(deal), deals.standing(deal)
    with writing(actor, at):
        rows = EntryRow.objects.filter(account=f"advance:{deal}")
        left = sum(sums(rows, "account").values())
        if standing.state not in OVER or left <= 0:
            why = "has not ended" if standing.state not in OVER else "has no advance that is still to be recouped"
            hint = "an advance is kept once its deal is over" if standing.state not in OVER else ""
            raise Refused(Refusal(code="payouts.no-breakage", because=f"{deal} {why}", hint=hint, subject=deal))
        parts = shared(left, terms.remuneration.lump_sum_participants_ppm, _participants(deal), terms.licensor)
        theirs = {party: part for party, part in parts.items() if party != terms.licensor}
        moved = theirs | {terms.licensor: -sum(theirs.values())} if theirs else {}
        return _record(BREAKAGE, deal, left, moved, because, at, actor)


class LumpSum(msgspec.Struct, frozen=True, kw_only=True):
    """A lump sum as it was recorded: what each party gets of it stands in `parts`, as `facts.LumpSumRecorded` says."""

    lump_sum: str
    kind: str
    deal: str
    currency: str
    amount_micros: int
    participants_ppm: int
    by: str
    parts: tuple[LumpPart, ...]
    because: str
    at: Instant
    actor: str


def recorded() -> list[LumpSum]:
    """Every lump sum, newest first."""
    found = facts_of(NAMES[LumpSumRecorded][0])
    said = [LumpSum(at=one.at, actor=one.actor, **msgspec.structs.asdict(one.fact)) for one in found]
    return said[::-1]


def shared(whole: int, participants_ppm: int, weights: Mapping[str, Fraction], licensor: str) -> dict[str, int]:
    """Party → its part of a lump sum; the parts sum to it. `weights` are the participants', the licensor has the rest."""
    theirs = whole * participants_ppm // PPM if any(weights.values()) else 0
    parts = share_out(theirs, weights, lambda party: party) if theirs else {}
    found = Counter(parts)
    found[licensor] += whole - theirs
    return {party: amount for party, amount in sorted(found.items()) if amount}


def weigh(
    by: str, earned: Mapping[str, int], plays: Mapping[str, int], people: Mapping[str, tuple[str, ...]], licensor: str
) -> dict[str, Fraction]:
    """Party → its exact part of the participants' money, from what each asset earned and how often it was heard.

    An asset without people counts too: its part is the licensor's.
    """
    found: defaultdict[str, Fraction] = defaultdict(Fraction)
    for asset in earned:
        weight = {"equal": 1, "attribution": max(0, earned[asset]), "usage": plays.get(asset, 0)}[by]
        named = people.get(asset) or (licensor,)
        for party in named:
            found[party] += Fraction(weight, len(named))
    return dict(found)


def _participants(deal: str) -> dict[str, Fraction]:
    terms = deals.terms_of(deal)
    earned, plays = _heard(deal)
    people = {asset.id: _people(asset) for asset in catalog.assets(sorted(earned)).values()}
    return weigh(terms.remuneration.lump_sum_by, earned, plays, people, terms.licensor)


def _people(asset: Asset) -> tuple[str, ...]:
    return asset.people(*PEOPLE.get(asset.kind, ()))


def _heard(deal: str) -> tuple[dict[str, int], dict[str, int]]:
    """What each asset earned under a deal in closed periods, and how often it was heard for it."""
    earned: Counter[str] = Counter()
    plays: Counter[str] = Counter()
    for period in queries.periods():
        divided = queries.divided(period.text)
        for row in divided.rows(["claimed", "plays", "amount_micros"], deal=deal):
            earned[row["claimed"]] += row["amount_micros"]
            plays[row["claimed"]] += row["plays"]
    return dict(earned), dict(plays)


def _record(kind: str, deal: str, whole: int, parts: Mapping[str, int], because: str, at: Instant, actor: str) -> str:
    if not 0 < len(because.strip()) <= LONGEST_REASON:
        raise BadInput(f"a lump sum needs its reason, of at most {LONGEST_REASON} characters", do="say what it is for")
    pay = deals.terms(deal)
    with writing(actor, at) as journal:
        found = journal.mint("lum")
        journal.append(
            LumpSumRecorded(
                lump_sum=found,
                kind=kind,
                deal=deal,
                currency=pay.currency,
                amount_micros=whole,
                participants_ppm=pay.lump_sum_participants_ppm,
                by=pay.lump_sum_by,
                parts=tuple(LumpPart(party, amount) for party, amount in sorted(parts.items())),
                because=because.strip(),
            )
        )
    return found
