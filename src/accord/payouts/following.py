"""How far the money of a model's pieces followed attribution, and how that was measured: as known when a period is closed.

What was paid is what the shares of each creation say, and they are as right as the model's calibration was when they were
computed. Statements say both since version 6 of the order, in words that a later close gives again.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from accord.attribution.records import BY_TOKENS, LINEAGE, Attribution, ShareKind
from accord.payouts import tables
from accord.payouts.allocation import Allocation
from accord.payouts.order import PPM
from accord.payouts.records import Pool
from accord.training.records import Calibration

SEAL = re.compile(r"\bseal_\d+\b")
OUTSIDE = (
    "the part of sources and model is not attributable: the model was trained elsewhere, on what nobody here can say, so"
    " that part waits as unmatched money"
)


class Followed(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """How what pieces of a model earn its set was divided: `followed_ppm` of it by attribution, and why, in words."""

    model: str
    followed_ppm: int
    said: str


Measured = Mapping[str, Sequence[tuple[int, Calibration]]]  # model → its calibrations in order, each with its position


def followed(
    every: Iterable[Attribution],
    written: Mapping[str, Sequence[str]],
    measured: Measured,
    seals: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, tuple[Followed, ...]]:
    """Creation → how its shares were made, by model, for those that models wrote in and that its maker does not have alone.

    `written` names the models of those of `unnamed`, `seals` the sets of models that are told by what came of theirs alone.
    """
    named = ((one, dict.fromkeys((*_named(one), *written.get(one.creation, ())))) for one in every if _others(one))
    return {
        one.creation: tuple(_followed(one, model, measured, seals.get(model, "")) for model in models)
        for one, models in named
        if models
    }


def unnamed(every: Iterable[Attribution]) -> list[str]:
    """Creations whose shares do not say whether a model wrote them, and which (a split may give it nothing)."""
    return [one.creation for one in every if _others(one) and not _wrote(one) and not _heard_alone(one)]


def _others(one: Attribution) -> bool:
    return any(row.kind in (ShareKind.SOURCE, ShareKind.OUTSIDE) for row in one.rows)


def heard(
    found: Mapping[str, tuple[Followed, ...]], divided: Iterable[tuple[Sequence[Pool], Allocation]]
) -> dict[str, list[Any]]:
    """Feature → what its statements say of its models, from the pieces that were heard in the periods that were divided."""
    if not found:
        return {}
    pieces: defaultdict[str, set[str]] = defaultdict(set)
    for pools, allocation in divided:
        feature_of = {pool.number: pool.feature for pool in pools}
        for part in tables.parts(allocation.tables["creations"], ("pool", "creation")):
            once = part.group_by(["pool", "creation"]).aggregate([])
            for pool, creation in zip(once["pool"].to_pylist(), once["creation"].to_pylist(), strict=True):
                if creation in found:
                    pieces[feature_of[pool]].add(creation)
    counted = {
        feature: Counter(one for creation in some for one in found[creation]) for feature, some in pieces.items()
    }
    return {feature: [_entry(feature, one, n) for one, n in sorted(by.items())] for feature, by in counted.items()}


def _entry(feature: str, one: Followed, creations: int) -> dict[str, Any]:
    pieces = "one piece" if creations == 1 else f"{creations:,} pieces"
    return {
        "feature": feature,
        "model": one.model,
        "creations": creations,
        "followed_ppm": one.followed_ppm,
        "said": f"of what {pieces} by {one.model} earned, {one.said}",
    }


def _named(one: Attribution) -> tuple[str, ...]:
    """The models that have a part of their own, or whose part nobody can be paid."""
    kinds = (ShareKind.MODEL, ShareKind.OUTSIDE)
    return tuple(dict.fromkeys(row.subject for row in one.rows if row.kind in kinds))


def _wrote(one: Attribution) -> bool:
    return any(row.kind is ShareKind.MODEL for row in one.rows)


def _heard_alone(one: Attribution) -> bool:
    return all(row.method == LINEAGE for row in one.rows if row.kind is ShareKind.SOURCE)


def _followed(one: Attribution, model: str, measured: Measured, seal: str) -> Followed:
    if any(row.kind is ShareKind.OUTSIDE and row.subject == model for row in one.rows):
        return Followed(model=model, followed_ppm=0, said=OUTSIDE)
    before = [found for position, found in measured.get(model, ()) if position < one.known_from]
    calibration = before[-1] if before else None
    learned = [row for row in one.rows if row.kind is ShareKind.SOURCE and row.method != LINEAGE]
    if seal:  # a share of what a model learned from names its set
        learned = [row for row in learned if seal in SEAL.findall(row.because)] or learned
    by_tokens = all(row.method == BY_TOKENS for row in learned)
    ppm = 0 if calibration is None or by_tokens else calibration.weight_ppm
    return Followed(model=model, followed_ppm=ppm, said=f"the works it learned from were paid {said(calibration, ppm)}")


def said(measured: Calibration | None, followed_ppm: int) -> str:
    """How they were paid, and how right attribution was found to be, in words."""
    if measured is None:
        return (
            "by sealed tokens alone: how right attribution is had not been measured for it, so it is not attributable"
        )
    if followed_ppm:
        return (
            f"{followed_ppm * 100 / PPM:.1f} % by attribution and {(PPM - followed_ppm) * 100 / PPM:.1f} % by sealed tokens:"
            f" {_how(measured)}"
        )
    if measured.weight_ppm:
        return f"by sealed tokens alone, since no work was found to have an effect on them: {_how(measured)}"
    return f"by sealed tokens alone: {_how(measured)}, which is too little to pay by, so it is not attributable"


def _how(measured: Calibration) -> str:
    again = f"{measured.seeds} times" if measured.seeds > 1 else "once"
    proxy = " by a smaller model of its kind" if measured.is_proxy else ""
    return (
        f"measured on {measured.reported} pieces against {measured.subsets} random halves of {measured.works} works, each"
        f" learned again {again}{proxy}, attribution ranks what each half was worth with a score of"
        f" {measured.paid.lds.words()} (1 is always right, 0 is chance; 95 % interval)"
    )
