"""The decisions of training: what a set may hold, what a revocation demands, and whether a model may serve (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256

from msgspec.structs import replace

from accord.clearance.records import Answer, Shortfall
from accord.deals.records import Revocation
from accord.terms.instant import Instant, text
from accord.terms.refusal import Refusal
from accord.terms.territory import TerritorySet
from accord.training.records import Excluded, Model, ModelState, RevokedItem, Seal, SealedItem, Sunset

#: Shortfalls of the feature and not of the item: they stop serving, they do not take an item's ground away.
OF_THE_FEATURE = frozenset({"clearance.not-live", "clearance.not-its-use", "clearance.unknown-feature"})


def select(
    candidates: Sequence[SealedItem], answers: Mapping[str, Answer], territories: TerritorySet
) -> tuple[tuple[SealedItem, ...], tuple[Excluded, ...]]:
    """Divide candidates into what is cleared in every one of `territories`, and what is left out with its reason."""
    kept: list[SealedItem] = []
    left: list[Excluded] = []
    for item in candidates:
        answer = answers[item.asset]
        if answer.covers(territories):
            kept.append(replace(item, decision=answer.decision, deals=answer.deals, choices=answer.choices))
        else:
            left.append(_excluded(item, answer, territories))
    return tuple(kept), tuple(left)


def _excluded(item: SealedItem, answer: Answer, territories: TerritorySet) -> Excluded:
    missing = answer.missing_in(territories)
    if not missing:
        because = f"not cleared in {(territories - answer.cleared).text()}"
        return Excluded(asset=item.asset, title=item.title, code="training.not-cleared", because=because)
    first = missing[0]
    because = "; ".join(dict.fromkeys(short.because for short in missing))
    return Excluded(asset=item.asset, title=item.title, code=first.code, because=because, could_grant=first.could_grant)


def gone(item: SealedItem, answer: Answer, territories: TerritorySet) -> Shortfall | None:
    """What now keeps a sealed item from being cleared where it was sealed for; None while it still is."""
    missing = answer.missing_in(territories)
    return next((short for short in missing if short.code not in OF_THE_FEATURE), None)


def demanded(
    revoked: Iterable[RevokedItem], items: Mapping[str, SealedItem], clauses: Mapping[str, Revocation]
) -> Sunset | None:
    """What the strictest deal concerned demands of a model trained on these items; None when nothing was revoked.

    A deal is concerned when a revoked item was sealed on it. The earliest day wins; a deal that forbids serving until
    then beats one that allows it. The day begins at midnight UTC. An item that no deal covered gives no time at all.
    """
    found = [_demand(item, items[item.asset], clauses) for item in revoked]
    if not found:
        return None
    earliest = min(found, key=lambda s: (s.at, s.may_serve))
    forbidding = next((s for s in found if not s.may_serve), None)
    if forbidding is None or not earliest.may_serve:
        return earliest
    because = f"{earliest.because}; and {forbidding.because}"
    return Sunset(at=earliest.at, may_serve=False, deal=earliest.deal, because=because)


def _demand(item: RevokedItem, sealed: SealedItem, clauses: Mapping[str, Revocation]) -> Sunset:
    lost = f"{item.asset} was revoked on {text(item.since)[:10]}"
    if not sealed.deals:
        because = f"{lost}, and no deal gives time"
        return Sunset(at=item.since, may_serve=False, deal=None, because=because)
    deal = min(sealed.deals, key=lambda d: (clauses[d].retire_within_days, clauses[d].may_serve_until_retired, d))
    days, may = clauses[deal].retire_within_days, all(clauses[d].may_serve_until_retired for d in sealed.deals)
    until = "may serve until then" if may else "may not serve meanwhile"
    day = datetime.combine(item.since.date() + timedelta(days=days), time(), UTC)
    because = f"{lost}; {deal} says retire within {days} days, {until}"
    return Sunset(at=day, may_serve=may, deal=deal, because=because)


def may_retrain(seal: Seal, revoked: Sequence[RevokedItem]) -> Refusal | None:
    """A retrain is a new use: refused when anything in the set has lost its ground."""
    if not revoked:
        return None
    return Refusal(
        code="training.seal-revoked",
        because=f"{seal.id} holds {len(revoked)} item{'s' * (len(revoked) > 1)} revoked since it was sealed",
        details=tuple(f"{item.asset}: {item.because}" for item in revoked[:5]),
        hint="seal a new set and train on that",
        subject=seal.id,
    )


def may_serve(model: Model, territory: str, at: Instant, sunset: Sunset | None) -> Refusal | None:
    """Whether a model may serve in a territory at an instant; `sunset` is the strictest known, recorded or not yet."""
    if model.state is not ModelState.LIVE or (model.live_from is not None and at < model.live_from):
        because = f"{model.id} is {model.state.value}, not live"
        return Refusal(code="training.not-live", because=because, hint="`accord model promote` makes a model live")
    if territory not in model.territories:
        because = f"{model.id} is sealed for {model.territories.text()} and `{territory}` is not among them"
        return Refusal(code="training.outside-seal", because=because, hint="seal a set for it and train on that")
    if sunset is not None and (at >= sunset.at or not sunset.may_serve):
        because = f"{model.id} may not serve since {text(sunset.at)[:10]}: {sunset.because}"
        return Refusal(code="training.past-sunset", because=because, hint="promote a model of a newer seal")
    return None


def stricter(one: Sunset | None, other: Sunset | None) -> Sunset | None:
    """The stricter of two demands: earlier, and serving meanwhile only when both allow it."""
    if one is None or other is None:
        return one or other
    first = min((one, other), key=lambda s: s.at)
    if first.may_serve and not (one.may_serve and other.may_serve):
        return Sunset(at=first.at, may_serve=False, deal=first.deal, because=f"{one.because}; {other.because}")
    return first


def held_out(clusters: Sequence[str], token_counts: Mapping[str, int], seed: int) -> tuple[str, ...]:
    """About a tenth of the clusters, chosen by seed alone, to measure the loss on; none of fewer than ten clusters."""
    usable = sorted(c for c in clusters if token_counts.get(c, 0) > 0)
    if len(usable) < 10:
        return ()
    ranked = sorted(usable, key=lambda c: sha256(f"{seed}/{c}".encode()).hexdigest())
    return tuple(sorted(ranked[: len(usable) // 10]))
