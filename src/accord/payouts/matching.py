"""The doors to unmatched money: what waits and how old it is, giving it to who claims it, giving out what is too old."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from fractions import Fraction

from accord.catalog import queries as catalog
from accord.catalog.records import AssetKind, ClaimStatus
from accord.deals import queries as deals
from accord.deals.records import DealState
from accord.journal.actions import writing
from accord.parties import queries as parties
from accord.payouts import queries
from accord.payouts.facts import MatchedLater, Redistributed, Shared, Taken
from accord.payouts.linking import works_of
from accord.payouts.models import EntryRow, PeriodRow, RedistributedRow
from accord.payouts.records import Account
from accord.payouts.sharing import share_out
from accord.payouts.unmatched import CURRENT, Entry, Waiting, recording_of, redistribute, waiting
from accord.payouts.waited import Earned, artists_part
from accord.terms.instant import Instant
from accord.terms.money import text
from accord.terms.refusal import BadInput, NotThere, Refusal, Refused
from accord.training import outsiders

MATCHED = (Account.DUE.value, Account.DIRECT.value)
LONGEST_REASON = 300
#: an instant for entries that only take out, which have no age
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def unmatched() -> list[Waiting]:
    """What waits for somebody to claim it, oldest first, with the day from which the rule gives it out."""
    rows = list(EntryRow.objects.filter(account__startswith="unmatched:").order_by("position", "entry"))
    postings = [row.posting for row in rows]
    pools = EntryRow.objects.filter(posting__in=postings, account__startswith="pool:")
    features = {row.posting: row.account.split(":")[1] for row in pools}
    closes = {row.position: row for row in PeriodRow.objects.all()}
    amounts: Counter[tuple[int, str, str, str]] = Counter()
    for row in rows:
        asset, feature = row.account.removeprefix("unmatched:"), features.get(row.posting, "")
        amounts[row.position, asset, row.currency, feature] -= row.amount_micros
    entries = []
    for (position, asset, currency, feature), amount in sorted(amounts.items()):
        close = closes.get(position)  # None where a match or a redistribution took something out
        period, at = (close.period, close.at) if close is not None else ("", NEVER)
        entries.append(
            Entry(asset=asset, currency=currency, feature=feature, period=period, at=at, amount_micros=amount)
        )
    return waiting(entries, CURRENT)


def match(asset: str, party: str, because: str, at: Instant, actor: str) -> list[str]:
    """Give all that waits for an asset to a party that it turned out to be due to; the next close pays it.

    The party must have an accepted claim on the asset, where it is in the catalogue. Of a recording's money its featured
    artists have the part that the party's deal pays them direct, raised where a most-favoured clause raised it. Returns the
    ids, one per currency and recipient. Raises: BadInput without a reason, NotThere without such a party or anything that
    waits, Refused without a claim or when it was given out since.
    """
    if not 0 < len(because.strip()) <= LONGEST_REASON:
        raise BadInput(f"a match needs its reason, of at most {LONGEST_REASON} characters", do="say how it was found")
    parties.party(party)
    earned = Earned(asset)
    _waits(asset, party, earned)  # the closes are read before the writer's turn
    with writing(actor, at) as journal:
        _refuse_unclaimed(asset, party)
        waits = _waits(asset, party, earned)
        if not waits:
            _refuse_given_out(asset)
            raise NotThere(f"nothing waits for `{asset}`")
        deal, made = _deal(party), []
        for currency, (whole, artists, part) in sorted(waits.items()):
            for to, amount in parted(whole, party, artists, part).items():
                found = journal.mint("mat")
                matched = {"party": to, "deal": deal, "currency": currency, "amount_micros": amount}
                more = {"whole_micros": whole if artists and part else 0}
                journal.append(MatchedLater(match=found, asset=asset, because=because.strip(), **matched, **more))
                made.append(found)
    return made


def parted(amount: int, party: str, artists: tuple[str, ...], part: Fraction) -> dict[str, int]:
    """Who has what of an amount that a deal is due: the artists' part to them equally, the rest to the party (pure)."""
    shares: Counter[str] | dict[str, Fraction] = dict.fromkeys(artists, part / max(1, len(artists)))
    shares[party] = shares.get(party, Fraction(0)) + 1 - sum(shares.values(), Fraction(0))
    return {to: micros for to, micros in share_out(amount, shares, lambda to: to).items() if micros}


def _waits(asset: str, party: str, earned: Earned) -> dict[str, tuple[int, tuple[str, ...], Fraction]]:
    """Currency → what waits for an asset, the featured artists of a recording, and which part of it a party's deal pays them."""
    by_currency: defaultdict[str, list[Waiting]] = defaultdict(list)
    for one in unmatched():
        if one.asset == asset:
            by_currency[one.currency].append(one)
    found, deal = catalog.assets([asset]).get(asset), _deal(party)
    artists = found.people("featured") if found is not None and found.kind is AssetKind.RECORDING and deal else ()
    return {
        currency: (
            sum(one.amount_micros for one in mine),
            artists,
            artists_part(found, deal, mine, earned) if found is not None and artists else Fraction(0),
        )
        for currency, mine in by_currency.items()
    }


def _refuse_works(asset: str) -> None:
    if recording := recording_of(asset):
        found = catalog.asset(recording)
        known = works_of(found, catalog.assets(found.parents))
        why = f"{', '.join(known)} is known in it by now" if known else "no work is known in it"
        raise Refused(
            Refusal(
                code="payouts.no-work-known",
                because=f"what waits for the works in {recording} goes to who claims them, and {why}",
                hint="once it is said which work it is, the next close divides it by that work's claims",
                subject=recording,
            )
        )


def _refuse_unclaimed(asset: str, party: str) -> None:
    _refuse_works(asset)
    if outsiders.find(asset) is not None:
        raise Refused(
            Refusal(
                code="payouts.not-attributable",
                because=f"{asset} is an outside model: what waits for it is owed to those whose music it learned from, and "
                "nobody can say who they are",
                hint="after the years that the rule names it is shared by what was matched in the same feature",
                subject=asset,
            )
        )
    if not catalog.assets([asset]):
        return
    if any(claim.claimant == party and claim.status is ClaimStatus.ACCEPTED for claim in catalog.claims([asset])):
        return
    raise Refused(
        Refusal(
            code="payouts.not-claimed",
            because=f"{party} has no accepted claim on {asset}",
            hint="its claim comes first: assert it, give its evidence, and let it be accepted",
            subject=asset,
        )
    )


def _refuse_given_out(asset: str) -> None:
    row = RedistributedRow.objects.filter(asset=asset).order_by("-position").first()
    if row is not None:
        raise Refused(
            Refusal(
                code="payouts.given-out",
                because=f"what waited for {asset} was given out on {row.at:%d %B %Y} ({row.redistribution}):"
                f" {text(row.amount_micros)} {row.currency} of {row.period}",
                hint="it waited as long as the rule says; what the asset earns from now on is paid to who claims it",
                subject=asset,
            )
        )


def _deal(party: str) -> str:
    active = {
        grant.deal for grant in deals.grants() if grant.licensor == party and grant.states[-1][1] == DealState.ACTIVE
    }
    return min(active, default="")


def give_out(at: Instant, actor: str) -> list[str]:
    """Give out what has waited as long as the rule says, by its shares; the next close pays it. Returns the ids, by currency.

    Nothing is old enough: nothing happens. What waits where nobody was matched goes on waiting.
    """
    with writing(actor, at) as journal:
        old: defaultdict[str, list[Waiting]] = defaultdict(list)
        for one in unmatched():
            if one.until <= at and one.feature:
                old[one.currency].append(one)
        made = []
        for currency, mine in sorted(old.items()):
            taken, parts = redistribute(mine, _matched({(one.feature, one.period) for one in mine}, currency))
            if not taken:
                continue
            found = journal.mint("red")
            journal.append(
                Redistributed(
                    redistribution=found,
                    rule=CURRENT.version,
                    currency=currency,
                    taken=tuple(Taken(one.asset, one.feature, one.period, one.amount_micros) for one in taken),
                    shared=tuple(Shared(one.party, one.feature, one.period, one.amount_micros) for one in parts),
                )
            )
            made.append(found)
    return made


def _matched(wanted: set[tuple[str, str]], currency: str) -> dict[tuple[str, str], Counter[str]]:
    """(feature, period) → party → what was matched to it there, as the period is divided now."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for period in sorted({period for _, period in wanted}):
        divided = queries.divided(period)
        features = {pool.number: pool.feature for pool in divided.pools if pool.currency == currency}
        for (pool, party), amount in divided.sums("pool", "party", account=list(MATCHED)).items():
            if (features.get(pool, ""), period) in wanted:
                found.setdefault((features[pool], period), Counter())[party] += amount
    return found
