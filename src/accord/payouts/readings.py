"""Who is paid for an asset: its sides, claims and deals read as exact parts of what it earned (pure).

A recording's money is divided between its master and the works in it (1:1 where a deal in play asks for parity), the
works' side equally among the works, each work equally among the rights that collect, each right by its claims. Every
claimant gets its part times its own deal's rate; what the rates leave is the platform's. What has nobody to go to is
kept at `held_ppm`, the best rate any deal pays in the feature, so that the platform gains nothing by not knowing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm

from accord.payouts.order import PPM, Order
from accord.payouts.records import Account, Held, Recipient, Side, Subject
from accord.payouts.unmatched import works_in
from accord.terms.money import allocate
from accord.terms.right import WORDS, Right
from accord.terms.share import percent

ONE = Fraction(1)
LARGEST_WEIGHT = 2**62
IN_DISPUTE = "in dispute"
NO_WORK = "no work is known to be in it"
DIRECT_IN_DISPUTE = "in dispute, direct to the featured artist once that has ended"


def read_source(subject: Subject, held_ppm: int, order: Order) -> tuple[Recipient, ...]:
    """All recipients of an asset's earnings; their shares sum to exactly one."""
    master, publishing = _sides(subject, order)
    found: list[Recipient] = []
    if subject.master is not None:
        found += _read_side(subject.master, master, held_ppm, order, subject.featured)
    for work in subject.works if publishing else ():
        found += _read_side(work, publishing / len(subject.works), held_ppm, order)
    if publishing and not subject.works:
        # a score that lost its work is no recording: it waits by its own name
        apart = order.works_apart and subject.master is not None
        claimed = works_in(subject.asset) if apart else subject.asset
        found += _unmatched(claimed, publishing, held_ppm, NO_WORK)
    return _complete(found, subject.asset)


def read_creator(party: str, order: Order) -> tuple[Recipient, ...]:
    """A co-creator's part: paid by the feature's published split."""
    share = Fraction(order.creator_ppm, PPM)
    paid = Recipient(
        rank=0, party=party, claimed=party, account=Account.CREATOR, rate_ppm=order.creator_ppm, share=share
    )
    return _complete([paid], party)


def read_model(model: str) -> tuple[Recipient, ...]:
    """The model's part stays with the platform, which made it."""
    return _complete([_platform(model, ONE, "the model is the platform's own")], model)


def read_unattributed(subject: str, held_ppm: int, reason: str) -> tuple[Recipient, ...]:
    """Earnings of something nobody has said what it was made from."""
    return _complete(_unmatched(subject, ONE, held_ppm, reason), subject)


def tie(recipient: Recipient) -> str:
    """What decides who gets a micro left over where the rests are equal: the rank, then the lowest party id."""
    return f"{recipient.rank}{recipient.party}"


def weights(recipients: Iterable[Recipient]) -> tuple[int, ...] | None:
    """The shares over their least common denominator; None where that leaves 62 bits (see `parts`)."""
    shares = [recipient.share for recipient in recipients]
    whole = lcm(*(share.denominator for share in shares))
    return tuple(int(share * whole) for share in shares) if whole <= LARGEST_WEIGHT else None


def weights_cut(recipients: Sequence[Recipient]) -> tuple[int, ...]:
    """The shares as weights in the order given: over their least common denominator, or, where that leaves 62 bits, as parts
    of 2⁶² (then an amount is off by less than a micro of four million million).
    """
    exact = weights(recipients)
    if exact is not None:
        return exact
    split = allocate(LARGEST_WEIGHT, {f"{n:09d}": one.share for n, one in enumerate(recipients)})
    return tuple(split[f"{n:09d}"] for n in range(len(recipients)))


def parts(recipients: Sequence[Recipient], whole_micros: int) -> tuple[int, ...]:
    """The exact split of an amount, for shares that no 64-bit weights can say: claims of odd percents of many works.

    Used as weights they give themselves back, so the rules need to know nothing of it.
    """
    order = sorted(range(len(recipients)), key=lambda at: (tie(recipients[at]), recipients[at].key))
    keys = {at: f"{place:09d}" for place, at in enumerate(order)}
    split = allocate(whole_micros, {keys[at]: recipients[at].share for at in order})
    return tuple(split[keys[at]] for at in range(len(recipients)))


def _sides(subject: Subject, order: Order) -> tuple[Fraction, Fraction]:
    if subject.master is None:
        return Fraction(0), ONE
    if not any(work.rights for work in subject.works) and subject.works:
        return ONE, Fraction(0)  # no right in a work was needed for this (a voice, a likeness)
    works = () if subject.linked else subject.works
    claims = [*subject.master.claims, *(claim for work in works for claim in work.claims)]
    parity = any(claim.pay is not None and claim.pay.parity for claim in claims)
    master = Fraction(1, 2) if parity else order.plain_master
    return master, 1 - master


def _read_side(
    side: Side, weight: Fraction, held_ppm: int, order: Order, featured: tuple[str, ...] = ()
) -> list[Recipient]:
    if side.public_domain and not side.claims:
        return [_platform(side.asset, weight, "in the public domain: there is nobody to pay")]
    found: list[Recipient] = []
    part = weight / len(side.rights)
    for right in side.rights:
        claims = [claim for claim in side.claims if claim.right is right]
        total = sum((claim.share for claim in claims), Fraction(0))
        if total > 1:
            reason = f"claims to {WORDS[right]} sum to {percent(total)} %"
            found += _unmatched(side.asset, part, held_ppm, reason, tuple(claim.claim for claim in claims))
            continue
        for claim in claims:
            found += _read_claim(side.asset, claim, part, held_ppm, order, featured)
        if total < 1:
            reason = f"{percent(1 - total)} % of {WORDS[right]} is claimed by nobody"
            found += _unmatched(side.asset, part * (1 - total), held_ppm, reason)
    return found


def _read_claim(
    asset: str, claim: Held, part: Fraction, held_ppm: int, order: Order, featured: tuple[str, ...]
) -> list[Recipient]:
    whole = part * claim.share
    if claim.pay is None:
        reason = f"claimed by {claim.claimant}, who has no deal"
        return _unmatched(asset, whole, held_ppm, reason, (claim.claim,))
    rate = Fraction(claim.pay.rate_ppm, PPM)
    paid = Recipient(
        rank=0,
        party=claim.claimant,
        claimed=asset,
        account=Account.DUE,
        deal=claim.pay.deal,
        clause=claim.clause or "",
        claims=(claim.claim,),
        rate_ppm=claim.pay.rate_ppm,
        side=part,
        claim_share=claim.share,
        share=whole * rate,
    )
    held = claim.disputed and claim.pay.escrow_disputed
    artists = featured if claim.right is Right.MASTER and (order.artists_apart or not held) else ()
    direct = paid.share * Fraction(claim.pay.featured_artist_ppm, PPM) if artists else Fraction(0)
    found = [_changed(paid, account=Account.DUE, share=paid.share - direct)]
    if direct:
        part = direct / len(artists)
        found += [_changed(paid, account=Account.DIRECT, party=one, share=part) for one in artists]
    return [_in_dispute(one) for one in found] if held else found


def _in_dispute(one: Recipient) -> Recipient:
    """It waits in escrow to the name of whom it would have gone to."""
    reason = DIRECT_IN_DISPUTE if one.account is Account.DIRECT else IN_DISPUTE
    return _changed(one, account=Account.ESCROW, reason=reason, share=one.share)


def _changed(paid: Recipient, *, account: Account, share: Fraction, party: str = "", reason: str = "") -> Recipient:
    return Recipient(
        rank=paid.rank,
        party=party or paid.party,
        claimed=paid.claimed,
        account=account,
        deal=paid.deal,
        clause=paid.clause,
        claims=paid.claims,
        rate_ppm=paid.rate_ppm,
        reason=reason,
        side=paid.side,
        claim_share=paid.claim_share,
        share=share,
    )


def _unmatched(
    asset: str, whole: Fraction, held_ppm: int, reason: str, claims: tuple[str, ...] = ()
) -> list[Recipient]:
    share = whole * Fraction(held_ppm, PPM)
    return [
        Recipient(
            rank=1,
            party="",
            claimed=asset,
            account=Account.UNMATCHED,
            claims=claims,
            rate_ppm=held_ppm,
            reason=reason,
            side=whole,
            share=share,
        )
    ]


def _platform(asset: str, share: Fraction, reason: str) -> Recipient:
    return Recipient(rank=2, party="", claimed=asset, account=Account.PLATFORM, reason=reason, share=share)


def _complete(found: Iterable[Recipient], asset: str) -> tuple[Recipient, ...]:
    """Parts of one key added up, and the residual beside them: the sum is one."""
    merged: dict[str, Recipient] = {}
    for one in found:
        before = merged.get(one.key)
        merged[one.key] = one if before is None else _merge(before, one)
    residual = 1 - sum((one.share for one in merged.values()), Fraction(0))
    if residual < 0:
        raise ValueError(f"the recipients of `{asset}` have more than it earned")
    if residual:
        left = _platform(asset, residual, "what the deals' rates leave")
        merged[left.key] = left
    return tuple(sorted((one for one in merged.values() if one.share), key=lambda one: one.key))


def _merge(first: Recipient, second: Recipient) -> Recipient:
    side = first.side + second.side
    claimed = (first.side * first.claim_share + second.side * second.claim_share) / side
    return Recipient(
        rank=first.rank,
        party=first.party,
        claimed=first.claimed,
        account=first.account,
        deal=first.deal,
        clause=first.clause,
        claims=tuple(sorted({*first.claims, *second.claims})),
        rate_ppm=first.rate_ppm,
        reason=first.reason,
        side=side,
        claim_share=claimed,
        share=first.share + second.share,
    )
