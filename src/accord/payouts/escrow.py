"""Escrow: what stands in it while a claim is in dispute, and the door out of it."""

from __future__ import annotations

from collections import defaultdict

import msgspec
from django.db.models import Max

from accord.catalog import queries as catalog
from accord.catalog.records import ClaimStatus
from accord.journal.actions import writing
from accord.parties import queries as parties
from accord.payouts.facts import EscrowReleased
from accord.payouts.models import EscrowRow
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere, Refusal, Refused

LONGEST_REASON = 300


class Escrowed(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in an escrow account, to whose name, and for which asset; `disputed` names the claims still in dispute."""

    account: str
    party: str
    claims: tuple[str, ...]
    asset: str
    currency: str
    amount_micros: int
    since: Instant
    disputed: tuple[str, ...]


def standing() -> list[Escrowed]:
    """Everything in escrow, what may be released first, then the oldest."""
    found = [one for account in _accounts() for one in _standing(account)]
    return sorted(found, key=lambda one: (bool(one.disputed), one.since, one.account, one.currency))


def _accounts() -> list[str]:
    return sorted(set(EscrowRow.objects.values_list("account", flat=True)))


def _standing(account: str) -> list[Escrowed]:
    amounts: defaultdict[str, int] = defaultdict(int)
    since: dict[str, Instant] = {}
    for row in _since_released(account):
        amounts[row.currency] += row.amount_micros
        since.setdefault(row.currency, row.at)
    _, claims, party = account.split(":")
    about = {"account": account, "party": party, "claims": tuple(claims.split("+"))}
    about |= {"asset": catalog.claim(claims.split("+")[0]).asset, "disputed": tuple(_disputed(account))}
    return [
        Escrowed(currency=currency, amount_micros=amount, since=since[currency], **about)
        for currency, amount in sorted(amounts.items())
        if amount
    ]


def release(account: str, party: str, because: str, at: Instant, actor: str) -> str:
    """Give all that stands in an escrow account to a party, once none of its claims is in dispute any more.

    It joins what the party earned at the next close, and is recouped, taxed and paid like it.
    Returns the release's id. Raises: NotThere without such an account or party, Refused while a claim is disputed.
    """
    if not 0 < len(because.strip()) <= LONGEST_REASON:
        raise BadInput(f"a release from escrow needs its reason, of at most {LONGEST_REASON} characters",
                       do="say how the dispute ended")  # fmt: skip
    parties.party(party)
    with writing(actor, at) as journal:
        held = _in_escrow(account)
        _refuse_disputed(account)
        release = journal.mint("rel")
        for number, ((claimant, deal, currency), amount) in enumerate(held, 1):
            journal.append(
                EscrowReleased(
                    release=f"{release}-{number}",
                    account=account,
                    party=party,
                    currency=currency,
                    amount_micros=amount,
                    because=because,
                    deal=deal if party == claimant else "",
                )
            )
    return release


def _in_escrow(account: str) -> list[tuple[tuple[str, str, str], int]]:
    """((claimant, deal, currency), amount) of what stands in an escrow account."""
    escrowed: defaultdict[tuple[str, str], int] = defaultdict(int)
    claimant = account.rpartition(":")[2]
    for row in _since_released(account):
        escrowed[row.deal, row.currency] += row.amount_micros
    found = [((claimant, deal, currency), left) for (deal, currency), left in sorted(escrowed.items()) if left]
    if not found:
        raise NotThere(f"nothing stands in escrow under `{account}`")
    return found


def _since_released(account: str) -> list[EscrowRow]:
    """What came into an account since it was last released, oldest first.

    A release takes all there is, and to another than the claimant it names no deal: so the two are not added up by deal.
    """
    rows = EscrowRow.objects.filter(account=account).order_by("position", "key")
    last = rows.filter(key__startswith="rel_").aggregate(last=Max("position"))["last"] or 0
    return list(rows.filter(position__gt=last))


def _disputed(account: str) -> list[str]:
    claims = [catalog.claim(claim) for claim in account.split(":")[1].split("+")]
    return [claim.id for claim in claims if claim.disputed and claim.status is ClaimStatus.ACCEPTED]


def _refuse_disputed(account: str) -> None:
    """A dispute ends when it is resolved, or when the claim that it is about falls away."""
    if disputed := _disputed(account):
        raise Refused(
            Refusal(
                code="payouts.still-disputed",
                because=f"{', '.join(disputed)} is still in dispute",
                hint="resolve the dispute first",
                subject=account,
            )
        )
