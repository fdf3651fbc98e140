"""The plain twin of "What would unlock most?": one recording, one territory, one step at a time, with sets.

Written from the table in `docs/clearance.md` on the predicates of the clearance twin; it knows no bitsets, atoms or counts.
"""

from __future__ import annotations

from fractions import Fraction

from tests.oracle.clearance import (
    TABLE,
    about,
    covers,
    everything_in,
    grants,
    is_free,
    says_no,
    says_yes,
    standing_claims,
    together,
)

from accord.catalog.records import Asset
from accord.clearance.records import ClearanceState, Question

#: (matter, whose, side)
Step = tuple[str, str, str]


def lacked(state: ClearanceState, question: Question, asset: str, territory: str) -> set[Step]:
    """The steps an asset lacks in one territory where the feature is offered."""
    whole = parts(state, question, asset)
    found = {("catalogue", asset, "")} if everything_in(state, question, asset) is None else set()
    for part in whole:
        found |= of_itself(state, question, state.assets[part])
        found |= of_the_world(state, question, state.assets[part], territory)
        found |= refused_by_name(state, question, part, territory)
    return found


def parts(state: ClearanceState, question: Question, asset: str) -> set[str]:
    """The asset and what is known of all it is made of that the use touches."""
    _, rights, _, writers = TABLE[question.use.value]
    known, todo = set(), [asset]
    while todo:
        one = todo.pop()
        if one in state.assets and one not in known:
            known.add(one)
            todo += state.assets[one].parents
    return {one for one in known if one == asset or state.assets[one].kind != "work" or rights or writers}


def of_itself(state: ClearanceState, question: Question, asset: Asset) -> set[Step]:
    """What an asset lacks everywhere, whoever says yes."""
    _, rights, _, writers = TABLE[question.use.value]
    touches_work = bool(rights or writers)
    kinds = {state.assets[parent].kind for parent in asset.parents if parent in state.assets}
    found = set()
    if state.holds.get(asset.id):
        found.add(("hold", asset.id, ""))
    if asset.intake_holds or (asset.non_commercial and state.features[question.feature].commercial):
        found.add(("terms", asset.id, ""))
    unknown = (
        (asset.kind in ("work", "score") and not touches_work)
        or (asset.kind == "stem" and "recording" not in kinds)
        or (asset.kind == "recording" and touches_work and not kinds & {"work", "recording"})
        or (asset.kind == "score" and touches_work and not kinds & {"work", "score"})
    )
    return found | ({("catalogue", asset.id, "")} if unknown else set())


def of_the_world(state: ClearanceState, question: Question, asset: Asset, territory: str) -> set[Step]:
    """What an asset lacks in one territory: shares, grants, yeses."""
    master, rights, performers, writers = TABLE[question.use.value]
    needed = {"recording": ["master"] if master else [], "work": rights}.get(asset.kind, [])
    roles = {"recording": performers, "stem": performers, "work": writers}.get(asset.kind, [])
    found: set[Step] = set()
    if asset.kind == "work" and is_free(state, asset, territory):
        claimed = any(standing_claims(state, question, asset, right, territory) for right in needed)
        return {("conflict", asset.id, "")} if claimed else set()
    for right in needed:
        claims = standing_claims(state, question, asset, right, territory)
        accepted = [claim for claim in claims if claim.status == "accepted"]
        if sum((claim.share for claim in claims), Fraction(0)) > 1:
            found.add(("conflict", asset.id, ""))
        elif sum((claim.share for claim in accepted), Fraction(0)) != 1:
            found.add(("claim", asset.id, ""))
        for claim in accepted:
            if not grants(state, question, claim.claimant, right, asset, territory):
                found.add(("deal", claim.claimant, "master" if right == "master" else "works"))
    if roles:
        needed_people = {credit.party for credit in asset.credits if credit.role in roles}
        if not needed_people and asset.kind != "stem":
            found.add(("catalogue", asset.id, ""))
        for person in {credit.party for credit in asset.credits}:
            if says_no(state, question, person, asset, territory) or (
                person in needed_people and not says_yes(state, question, person, asset, territory)
            ):
                found.add(("choice", person, ""))
    return found


def refused_by_name(state: ClearanceState, question: Question, asset: str, territory: str) -> set[Step]:
    """Whoever is concerned with any part of an asset and said no to that very asset."""
    found: set[Step] = set()
    for part in parts(state, question, asset):
        concerned = [credit.party for credit in state.assets[part].credits]
        for claim in state.claims.get(part, ()):
            there = territory in claim.territories and covers(claim.period, question.at, territory)
            if claim.status == "accepted" and there:
                concerned.append(claim.claimant)
        for party in concerned:
            for person in together(state, party):
                for choice in about(state, question, person):
                    if choice.answer == "no" and choice.asset == asset and territory in choice.territories:
                        found.add(("choice", party, ""))
    return found


def greedy(state: ClearanceState, question: Question, assets: list[str], places: list[str]) -> list[tuple[Step, int]]:
    """Each next best step and how many assets it newly clears somewhere; where none clears any, the one most assets lack."""
    left = {(one, place): lacked(state, question, one, place) for one in assets for place in places}
    order = []
    while any(left.values()):
        clears: dict[Step, set[str]] = {}
        lack: dict[Step, set[str]] = {}
        for (one, _), steps in left.items():
            for step in steps:
                lack.setdefault(step, set()).add(one)
                if len(steps) == 1:
                    clears.setdefault(step, set()).add(one)
        counts = clears or lack
        best = max(sorted(counts), key=lambda step: len(counts[step]))
        order.append((best, len(clears.get(best, ()))))
        left = {where: steps - {best} for where, steps in left.items()}
    return order
