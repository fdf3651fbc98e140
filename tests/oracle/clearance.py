"""The plain twin of clearance: one asset, one territory, one question at a time, with loops and sets of codes.

It knows nothing of bitsets, masks, caches or kernels, and is written from DESIGN.md's laws and "Rights in one page". It
reads records and tables of the field's words and calls no rule of Accord: a house test holds that. What it says is right;
`rules` and `kernel` must agree with it on every generated catalogue.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

import msgspec

from accord.catalog.records import Asset, Claim
from accord.clearance.records import ClearanceState, Question
from accord.deals.records import Grant
from accord.participation.records import Choice
from accord.parties.records import Membership
from accord.terms.period import DayPeriod
from accord.terms.territory import TERRITORIES, ZONES

#: use → (master, rights in the work, roles on the recording, roles on the work), copied from the published table.
TABLE = {
    "train": (True, ["MR"], ["featured"], ["writer"]),
    "analyse": (True, ["MR"], ["featured"], []),
    "style": (True, ["MR"], ["featured"], ["writer"]),
    "remix": (True, ["MR"], ["featured"], ["writer"]),
    "cover": (False, ["MR"], [], ["writer"]),
    "voice": (True, [], ["vocalist"], []),
    "likeness": (False, [], ["featured"], []),
    "listen": (True, ["PR"], ["featured"], []),
    "share": (True, ["PR"], ["featured"], []),
    "export": (True, ["MR", "PR"], ["featured"], []),
    "sync": (True, ["SR"], ["featured"], []),
}


#: the least grade of a yes that is any yes, and that of a yes to one's voice or likeness.
NOT_A_DEFAULT, NAMED = 2, 3


@cache
def walls(at: datetime, territory: str) -> tuple[date, date]:
    """The earliest and the latest calendar day that walls in a territory show; no zone known: anywhere on Earth."""
    zones = [ZoneInfo(name) for name in ZONES[territory]] or [timezone(timedelta(hours=h)) for h in (-12, 14)]
    shown = [at.astimezone(zone).date() for zone in zones]
    return min(shown), max(shown)


def covers(period: DayPeriod, at: datetime, territory: str) -> bool:
    """Its first day has begun on every wall there, and the day after it on none."""
    earliest, latest = walls(at, territory)
    return earliest >= period.start and (period.end is None or latest < period.end)


def stands(states: tuple[tuple[datetime, str], ...], at: datetime) -> str:
    """The last state reached by an instant; empty before the first."""
    return ([""] + [state for since, state in states if since <= at])[-1]


def least_grade(state: ClearanceState, question: Question) -> int:
    """The least grade of a yes the feature takes: never a default's, never a label's for voice or likeness."""
    published = state.features[question.feature].minimum_grade.get(question.use, NOT_A_DEFAULT)
    return max(published, NAMED if question.use in ("voice", "likeness") else NOT_A_DEFAULT)


def cleared(state: ClearanceState, question: Question, asset: str) -> set[str]:
    """The codes of the territories in which the asset is cleared."""
    return {territory for territory in TERRITORIES if is_cleared(state, question, asset, territory)}


def is_cleared(state: ClearanceState, question: Question, asset: str, territory: str) -> bool:
    """Whether one asset is cleared in one territory."""
    feature = state.features[question.feature]
    if territory not in feature.territories or question.use not in feature.uses:
        return False
    if stands(feature.states, question.at) != "live" and not question.before_launch:
        return False
    whole = everything_in(state, question, asset)
    if whole is None:
        return False
    for part in whole:
        if refused_by_name(state, question, part, everything_in(state, question, part) or set(), territory):
            return False
    return all(part_is_cleared(state, question, state.assets[part], territory) for part in whole)


def everything_in(state: ClearanceState, question: Question, asset: str, path: tuple[str, ...] = ()) -> set[str] | None:
    """The asset and all it is made of that the use touches; None when something is unknown or goes in a circle."""
    if asset in path or asset not in state.assets:
        return None
    _, rights, _, writers = TABLE[question.use.value]
    found = set()
    if not path or state.assets[asset].kind != "work" or rights or writers:
        found.add(asset)
    for parent in state.assets[asset].parents:
        above = everything_in(state, question, parent, (*path, asset))
        if above is None:
            return None
        found |= above
    return found


def refused_by_name(state: ClearanceState, question: Question, asset: str, whole: set[str], territory: str) -> bool:
    """Whether anybody credited on any part, or with an accepted claim to it there, said no to this very asset."""
    for part in whole:
        concerned = [credit.party for credit in state.assets[part].credits]
        for claim in state.claims.get(part, ()):
            there = territory in claim.territories and covers(claim.period, question.at, territory)
            if claim.status == "accepted" and there:
                concerned.append(claim.claimant)
        for person in [one for party in concerned for one in together(state, party)]:
            for choice in about(state, question, person):
                if choice.answer == "no" and choice.asset == asset and territory in choice.territories:
                    return True
    return False


def part_is_cleared(state: ClearanceState, question: Question, asset: Asset, territory: str) -> bool:
    """Whether what this one asset needs by itself is there."""
    master, rights, performers, writers = TABLE[question.use.value]
    touches_work = bool(rights or writers)
    parents = {state.assets[parent].kind for parent in asset.parents if parent in state.assets}
    if state.holds.get(asset.id) or asset.intake_holds:
        return False
    if asset.non_commercial and state.features[question.feature].commercial:
        return False
    if asset.kind == "recording":
        if touches_work and not parents & {"work", "recording"}:
            return False
        if master and not right_is_cleared(state, question, asset, "master", territory):
            return False
        return people_agree(state, question, asset, performers, territory, somebody=True)
    if asset.kind == "stem":
        return "recording" in parents and people_agree(state, question, asset, performers, territory, somebody=False)
    if not touches_work:
        return False
    if asset.kind == "score":
        return bool(parents & {"work", "score"})
    if is_free(state, asset, territory):
        return not any(standing_claims(state, question, asset, right, territory) for right in rights)
    if not all(right_is_cleared(state, question, asset, right, territory) for right in rights):
        return False
    return people_agree(state, question, asset, writers, territory, somebody=True)


def is_free(state: ClearanceState, work: Asset, territory: str) -> bool:
    """Whether a work is in the public domain in a territory."""
    return any(territory in free.territories for free in state.public_domain.get(work.id, ()))


def standing_claims(state: ClearanceState, question: Question, asset: Asset, right: str, territory: str) -> list[Claim]:
    """The claims on evidence (accepted or not yet) to a right, there and then; a share of nothing claims nothing."""
    return [
        claim
        for claim in state.claims.get(asset.id, ())
        if claim.right == right
        and claim.status in ("accepted", "evidenced")
        and claim.share > 0
        and territory in claim.territories
        and covers(claim.period, question.at, territory)
    ]


def right_is_cleared(state: ClearanceState, question: Question, asset: Asset, right: str, territory: str) -> bool:
    """Accepted claims sum to exactly one, nothing contests them, and every accepted claimant grants."""
    claims = standing_claims(state, question, asset, right, territory)
    accepted = [claim for claim in claims if claim.status == "accepted"]
    if sum((claim.share for claim in accepted), Fraction(0)) != 1 or len(accepted) != len(claims):
        return False
    return all(grants(state, question, claim.claimant, right, asset, territory) for claim in accepted)


def grants(state: ClearanceState, question: Question, claimant: str, right: str, asset: Asset, territory: str) -> bool:
    """Whether a claimant grants: by its own deal, or through one it is a member of, and never against its own no."""
    return bool(carrying(state, question, claimant, right, asset, territory))


def carrying(
    state: ClearanceState, question: Question, claimant: str, right: str, asset: Asset, territory: str
) -> list[Grant]:
    """The grants by which a claimant's share is carried there."""
    found = []
    if says_no(state, question, claimant, asset, territory):
        return []
    for grant in state.grants.get(claimant, ()):
        if in_force(state, question, grant, right, asset, territory):
            member = asset.label or ""
            joined = [m.kind for m in memberships(state, question, member, territory) if m.collective == claimant]
            if grant.member_opt_in or "collective" in joined:
                stands_by = bool(joined) and says_yes(state, question, member, asset, territory)
            else:
                stands_by = not (joined and says_no(state, question, member, asset, territory))
            if stands_by:
                found.append(grant)
    for membership in memberships(state, question, claimant, territory):
        for grant in state.grants.get(membership.collective, ()):
            if in_force(state, question, grant, right, asset, territory):
                free_of_opt_in = membership.kind != "collective" and not grant.member_opt_in
                if free_of_opt_in or says_yes(state, question, claimant, asset, territory):
                    found.append(grant)
    return found


def memberships(state: ClearanceState, question: Question, party: str, territory: str) -> list[Membership]:
    """Those through which a party is licensed there and then; a group licenses nothing for its members."""
    joined = state.memberships.get(party, ())
    return [m for m in joined if m.kind != "group" and covers(m.period, question.at, territory)]


def rests_on(state: ClearanceState, question: Question, asset: str) -> tuple[set[str], set[str]]:
    """The deals and the yeses that carry a clearance, wherever there is one."""
    master, rights, performers, writers = TABLE[question.use.value]
    deals: set[str] = set()
    yeses: set[str] = set()
    for territory in cleared(state, question, asset):
        for part in everything_in(state, question, asset) or ():
            one = state.assets[part]
            needed = {"recording": ["master"] if master else [], "work": rights}.get(one.kind, [])
            roles = {"recording": performers, "stem": performers, "work": writers}.get(one.kind, [])
            if one.kind == "work" and is_free(state, one, territory):
                continue
            people = {credit.party for credit in one.credits if credit.role in roles}
            for right in needed:
                for claim in standing_claims(state, question, one, right, territory):
                    for grant in carrying(state, question, claim.claimant, right, one, territory):
                        deals.add(grant.deal)
                        people |= who_opted_in(state, question, grant, claim.claimant, one, territory)
            yeses |= {c.id for person in people for c in yeses_of(state, question, person, one, territory)}
    return deals, yeses


def who_opted_in(
    state: ClearanceState, question: Question, grant: Grant, claimant: str, asset: Asset, territory: str
) -> set[str]:
    """Whose own opt-in a grant that carries a claimant's share rests on, if it needs one."""
    member = (asset.label or "") if grant.licensor == claimant else claimant
    kinds = [m.kind for m in memberships(state, question, member, territory) if m.collective == grant.licensor]
    return {member} if grant.member_opt_in or "collective" in kinds else set()


def in_force(state: ClearanceState, question: Question, grant: Grant, right: str, asset: Asset, territory: str) -> bool:
    """Whether a grant reaches a right in this asset for this use, here and now."""
    return right in grant.rights and licenses(state, question, grant, asset, territory)


def licenses(state: ClearanceState, question: Question, grant: Grant, asset: Asset, territory: str) -> bool:
    """Whether a clause reaches this use of this asset, here and now, whatever the right."""
    parts = [part for part, assets in grant.sub_catalogues if asset.id in assets]
    kinds = {"label": [asset.label], "list": [asset.id], "sub-catalogue": parts}
    return (
        stands(grant.states, question.at) == "active"
        and question.use in grant.uses
        and question.feature in grant.features
        and territory in grant.territories
        and covers(grant.period, question.at, territory)
        and (grant.selection.kind == "all" or any(one in grant.selection.ids for one in kinds[grant.selection.kind]))
        and not any(one in grant.exclusions for one in (asset.id, asset.label, *parts))
        and not (grant.conditions.non_commercial and state.features[question.feature].commercial)
    )


def people_agree(
    state: ClearanceState, question: Question, asset: Asset, roles: list[str], territory: str, somebody: bool
) -> bool:
    """Everybody in these roles says yes, nobody else credited says no, and (where it matters) somebody is known."""
    if not roles:
        return True
    needed = {credit.party for credit in asset.credits if credit.role in roles}
    if somebody and not needed:
        return False
    if any(says_no(state, question, credit.party, asset, territory) for credit in asset.credits):
        return False
    return all(says_yes(state, question, person, asset, territory) for person in needed)


def about(state: ClearanceState, question: Question, person: str) -> list[Choice]:
    """What a person said about this use in this feature."""
    said = state.choices.get(person, ())
    return [choice for choice in said if choice.use == question.use and choice.feature == question.feature]


def reaches(choice: Choice, asset: Asset, territory: str) -> bool:
    """Whether a choice is about this asset (or all, or a stem's recording), here."""
    named = [asset.id, *(asset.parents if asset.kind == "stem" else ())]
    return territory in choice.territories and (choice.asset is None or choice.asset in named)


def together(state: ClearanceState, person: str) -> list[str]:
    """A person or group, with the group's members: any of them may say no."""
    members = [
        m
        for m, joined in state.memberships.items()
        if any(j.collective == person and j.kind == "group" for j in joined)
    ]
    return [person, *members]


def says_no(state: ClearanceState, question: Question, person: str, asset: Asset, territory: str) -> bool:
    """One refusal beats any number of permissions: the person's, or that of a member of the group."""
    said = [choice for one in together(state, person) for choice in about(state, question, one)]
    return any(choice.answer == "no" and reaches(choice, asset, territory) for choice in said)


def says_yes(state: ClearanceState, question: Question, person: str, asset: Asset, territory: str) -> bool:
    """A yes that counts, and no no."""
    if says_no(state, question, person, asset, territory):
        return False
    return bool(yeses_of(state, question, person, asset, territory))


def yeses_of(state: ClearanceState, question: Question, person: str, asset: Asset, territory: str) -> list[Choice]:
    """The yeses that count: said by then, after the feature was proposed, of enough grade, under a mandate or a label's
    clause that holds."""
    feature, found = state.features[question.feature], []
    for choice in about(state, question, person):
        if choice.answer != "yes" or not reaches(choice, asset, territory) or choice.at > question.at:
            continue
        if choice.known_from < feature.known_from or choice.grade < least_grade(state, question):
            continue
        if choice.source == "representative" and not mandated(state, question, choice, territory):
            continue
        if choice.source == "label-clause" and not by_clause(state, question, choice, asset, territory):
            continue
        found.append(choice)
    return found


def by_clause(state: ClearanceState, question: Question, choice: Choice, asset: Asset, territory: str) -> bool:
    """Whether the clause a yes rests on is its speaker's, in force here, and reaches the asset, which stands under that
    label; a stem is reached with its recording, unless it is left out."""
    if asset.label != choice.spoken_by:
        return False
    for grant in state.grants.get(choice.spoken_by, ()):
        if choice.mandate != f"{grant.deal}/{grant.clause}" or asset.id in grant.exclusions:
            continue
        whole = [state.assets[p] for p in asset.parents if p in state.assets] if asset.kind == "stem" else [asset]
        for one in whole:
            under = msgspec.structs.replace(one, label=asset.label)
            if licenses(state, question, grant, under, territory):
                return True
    return False


def mandated(state: ClearanceState, question: Question, choice: Choice, territory: str) -> bool:
    """Whether the mandate a yes rests on stands, is its speaker's, names the use, was in force wherever it speaks when it was
    said, and is in force here now."""
    for mandate in state.mandates.get(choice.person, ()):
        same = (mandate.id, mandate.representative) == (choice.mandate, choice.spoken_by)
        in_force_all_over = all(covers(mandate.period, choice.at, territory) for territory in choice.territories)
        if same and choice.use in mandate.uses and in_force_all_over and covers(mandate.period, question.at, territory):
            return True
    return False
