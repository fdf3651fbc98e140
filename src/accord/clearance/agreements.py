"""Who has agreed, where: grants of licensors and yeses of people, as territory bitsets (pure).

- A claimant grants by its own deal, or by the deal of a collective, distributor or administrator it is a member of; a
  collective's deal (and any that says so) needs the member's own opt-in, which is a choice like any other.
- A person's yes names the use and the feature, was said after the feature was proposed, reaches the feature's minimum
  grade, and where it rests on a mandate, that mandate names the use and is in force: it ends with it. One that rests on a
  label's clause reaches what stands under that label, as far as the clause does, while it is in force. Any no beats it, whatever
  its grade.
- A claimant's own no beats its deal too, and a member's no beats the group's yes: one refusal beats any number of
  permissions (law 1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from accord.catalog.records import Asset, AssetKind, ClaimStatus
from accord.clearance.records import ClearanceState, Question
from accord.deals.records import Grant
from accord.deals.rules import selects
from accord.participation.records import Choice, Source
from accord.parties.records import Membership, MembershipKind
from accord.terms.instant import Instant
from accord.terms.right import WORDS, Right
from accord.terms.territory import WORLD, TerritorySet

#: Memberships through which a member's catalogue is licensed; a group is its members' and licenses nothing for them.
LICENSED_THROUGH = (MembershipKind.COLLECTIVE, MembershipKind.DISTRIBUTION, MembershipKind.ADMINISTRATION)

#: What a deal lacks that lacks nothing of its own.
NEEDS_OPT_IN = "needs the member's own opt-in"


class Agreements:
    """Grants and consents for one question, worked out once per party and scope and kept."""

    def __init__(self, state: ClearanceState, question: Question) -> None:
        self.state, self.question = state, question
        self._feature = state.features[question.feature]
        self._grants: dict[str, tuple[tuple[Grant, int], ...]] = {}
        self._plain: dict[tuple[str, Right], int | None] = {}
        self._choices: dict[str, tuple[Choice, ...]] = {}
        self._plain_yes: dict[str, int | None] = {}
        self._named: dict[str, set[str]] | None = None
        self._all_named: set[str] = set()
        self._refused_by_name: set[str | None] = set()
        self._groups: dict[str, tuple[str, ...]] = {}
        self._members: dict[str, set[str]] = {}
        for member in state.memberships:
            self._join(member)

    def renewed(self, state: ClearanceState, question: Question, spoke: Iterable[str]) -> Agreements:
        """The agreements of a later state in which only these parties said, granted, joined or left anything."""
        fresh = Agreements(msgspec.structs.replace(state, memberships={}), question)
        fresh.state = state
        fresh._named, fresh._all_named = self._names(), self._all_named
        fresh._refused_by_name = self._refused_by_name
        fresh._groups, fresh._members = self._groups, self._members
        for party in spoke:
            fresh._join(party)
            fresh._name(party)
        return fresh

    def _join(self, member: str) -> None:
        """Put a member into the groups it is in, and out of those it was in."""
        for group in self._groups.pop(member, ()):
            self._members[group].discard(member)
        joined = self.state.memberships.get(member, ())
        groups = tuple(one.collective for one in joined if one.kind is MembershipKind.GROUP)
        for group in groups:
            self._members.setdefault(group, set()).add(member)
        if groups:
            self._groups[member] = groups

    def _names(self) -> dict[str, set[str]]:
        if self._named is None:
            self._named = {}
            for party in {*self.state.choices, *self.state.grants}:
                self._name(party)
        return self._named

    def _name(self, party: str) -> None:
        choices = self.said(party)
        of_choices = (one.asset for one in choices)
        self._refused_by_name |= {one.asset for one in choices if one.answer == "no"}
        grants = self.state.grants.get(party, ())
        of_grants = (name for grant in grants for name in (*grant.selection.ids, *grant.exclusions))
        of_parts = (asset for grant in grants for _, assets in grant.sub_catalogues for asset in assets)
        if found := {name for name in (*of_choices, *of_grants, *of_parts) if name is not None}:
            self._names().setdefault(party, set()).update(found)
            self._all_named |= found

    def named_by(self, party: str) -> set[str]:
        """What a party's choices and clauses name, or have named, apart from all the rest."""
        return self._names().get(party, set())

    def heard(self, party: str, label: str | None) -> set[str]:
        """Everybody whose choices, grants or memberships a party's word on assets under a label may rest on."""
        asked = {party, label} if label else {party}
        asked |= {joined.collective for one in tuple(asked) for joined in self._memberships(one)}
        return asked.union(*(self._members.get(one, ()) for one in asked))

    def dates(self, party: str, label: str | None) -> tuple[list[date | None], list[Instant]]:
        """The days and the instants at which time alone may change that word."""
        days: list[date | None] = []
        instants: list[Instant] = []
        for one in self.heard(party, label):
            for grant in self.state.grants.get(one, ()):
                days += (grant.period.start, grant.period.end)
                instants += (since for since, _ in grant.states)
            for joined in self.state.memberships.get(one, ()):
                days += (joined.period.start, joined.period.end)
            instants += (choice.at for choice in self.said(one))
            for mandate in self.state.mandates.get(one, ()) if self.said(one) else ():
                days += (mandate.period.start, mandate.period.end)
        return days, instants

    def apart(self, asset: Asset) -> bool:
        """Whether a choice or a clause names this very asset, so that what is said of all does not settle it."""
        self._names()
        return not self._all_named.isdisjoint(_reached_by(asset))

    def granted(self, claimant: str, right: Right, asset: Asset) -> int:
        """Where a claimant grants the use of its share of a right in an asset."""
        key = (claimant, right)
        if key not in self._plain:
            self._plain[key] = self._plain_grant(claimant, right)
        plain = self._plain[key]
        if plain is not None and not (asset.label and self._joined(asset.label, claimant)):
            return plain
        bits = 0
        for _, where, _ in self.grants_reaching(claimant, right, asset):
            bits |= where
        return bits & ~self.refused(claimant, asset)

    def _plain_grant(self, claimant: str, right: Right) -> int | None:
        """The claimant's grant when it is the same for all its assets; None when it depends on the asset."""
        if claimant in self.state.memberships or claimant in self._members or self.said(claimant):
            return None
        bits = 0
        for grant, where in self._in_force(claimant):
            if grant.selection.kind != "all" or grant.exclusions or grant.member_opt_in:
                return None
            bits |= where if right in grant.rights else 0
        return bits

    def grants_reaching(self, claimant: str, right: Right, asset: Asset) -> Iterator[tuple[Grant, int, str | None]]:
        """The grants that reach a claimant's share of a right in an asset, each with where it does, and whose own opt-in it
        rests on there, if it needs one."""
        for grant, where in self._in_force(claimant):
            if _reaches(grant, right, asset):
                yield from self._in_its_own_name(claimant, grant, where, asset)
        for membership in self._memberships(claimant):
            inside = self._inside(membership)
            for grant, where in self._in_force(membership.collective):
                if _reaches(grant, right, asset):
                    if membership.kind is MembershipKind.COLLECTIVE or grant.member_opt_in:
                        yield grant, where & inside & self.consent(claimant, asset), claimant
                    else:
                        yield grant, where & inside, None

    def _in_its_own_name(
        self, licensor: str, grant: Grant, where: int, asset: Asset
    ) -> Iterator[tuple[Grant, int, str | None]]:
        """What a grant carries where its licensor claims itself what stands under a member's label: a collective's waits for
        the member's opt-in, and so does any that says so; nobody's goes against the member's no."""
        member = asset.label
        if member is None or not self._joined(member, licensor):
            yield grant, 0 if grant.member_opt_in else where, None
            return
        joined = self.member_of(member, licensor)
        asked = joined if grant.member_opt_in else self.member_of(member, licensor, MembershipKind.COLLECTIVE)
        yield grant, where & asked & self.consent(member, asset), member
        if not grant.member_opt_in:
            yield grant, where & ~asked & ~self.refused_by_member(member, licensor, asset), None

    def refused_by_member(self, member: str, licensor: str, asset: Asset) -> int:
        """Where a member of a licensor that claims in its own name refused what stands under the member's label."""
        return self.member_of(member, licensor) & self.refused(member, asset)

    def member_of(self, party: str, licensor: str, kind: MembershipKind | None = None) -> int:
        """Where a party is, at this instant, a member of a licensor (of this kind)."""
        bits = 0
        for membership in self._joined(party, licensor):
            if kind in (None, membership.kind):
                bits |= self._inside(membership)
        return bits

    def _joined(self, party: str, licensor: str) -> tuple[Membership, ...]:
        return tuple(one for one in self._memberships(party) if one.collective == licensor)

    def _inside(self, membership: Membership) -> int:
        return membership.period.territories_at(self.question.at, self._feature.territories).bits

    def _memberships(self, party: str) -> tuple[Membership, ...]:
        return tuple(m for m in self.state.memberships.get(party, ()) if m.kind in LICENSED_THROUGH)

    def _in_force(self, licensor: str) -> tuple[tuple[Grant, int], ...]:
        """The licensor's grants for this use and feature that stand at this instant, with where."""
        if licensor not in self._grants:
            self._grants[licensor] = tuple(
                (grant, grant.period.territories_at(self.question.at, grant.territories).bits)
                for grant in self.state.grants.get(licensor, ())
                if self.question.use in grant.uses
                and self.question.feature in grant.features
                and grant.active_at(self.question.at)
                and not (grant.conditions.non_commercial and self._feature.commercial)
            )
        return self._grants[licensor]

    def consent(self, person: str, asset: Asset) -> int:
        """Where a person said yes to this use of this asset in this feature, and no no stands."""
        if person not in self._plain_yes:
            together = (person, *self._members.get(person, ()))
            said = [choice for one in together for choice in self.said(one)]
            whole = all(choice.asset is None and choice.source != Source.LABEL_CLAUSE for choice in said)
            self._plain_yes[person] = self._consent(person, None) if whole else None
        plain = self._plain_yes[person]
        return plain if plain is not None else self._consent(person, asset)

    def _consent(self, person: str, asset: Asset | None) -> int:
        """The same; without an asset, to what is said of everything."""
        about = frozenset({None}) if asset is None else _reached_by(asset)
        bits = 0
        for choice in self.said(person):
            if choice.answer == "yes" and choice.asset in about:
                bits |= self.carries(choice, asset)
        return bits & ~self._refused(person, about)

    def consent_to_all(self, person: str) -> int:
        """Where a person said yes to this use of everything of theirs, and neither they nor a member of the group said no to
        any of it."""
        together = (person, *self._members.get(person, ()))
        refused = {choice.asset for one in together for choice in self.said(one) if choice.answer == "no"}
        return self._consent(person, None) & ~self._refused(person, frozenset(refused))

    def relied_on(self, person: str, asset: Asset, where: int) -> set[str]:
        """The ids of the yeses of a person that carry a clearance in `where`."""
        about = _reached_by(asset)
        return {
            choice.id
            for choice in self.said(person)
            if choice.answer == "yes" and choice.asset in about and self.carries(choice, asset) & where
        }

    def carries(self, choice: Choice, asset: Asset | None) -> int:
        """Where a yes counts for an asset (None: for everything of the person's); a mandate carries it where it is in force, a
        label's clause to no more than it reaches of what stands under that label."""
        if not self.holds_up(choice):
            return 0
        if choice.source == Source.REPRESENTATIVE:
            return self._mandated(choice)
        if choice.source != Source.LABEL_CLAUSE:
            return choice.territories.bits
        if asset is None or asset.label != choice.spoken_by:
            return 0
        bits = 0
        for grant, where in self._in_force(choice.spoken_by):
            if f"{grant.deal}/{grant.clause}" == choice.mandate and _under(grant, asset):
                bits |= where
        return bits & choice.territories.bits

    def refused(self, person: str, asset: Asset) -> int:
        """Where a person's no stands for this asset; for a group, the no of any of its members too."""
        return self._refused(person, _reached_by(asset)) if self.said_any(person) else 0

    def _refused(self, person: str, about: frozenset[str | None]) -> int:
        bits = 0
        for one in (person, *self._members.get(person, ())):
            for choice in self.said(one):
                if choice.answer == "no" and choice.asset in about:
                    bits |= choice.territories.bits
        return bits

    def refusers(self, person: str, asset: Asset, where: int) -> Iterator[tuple[str, int]]:
        """(who, where in `where`): whose no it is that stands for an asset, the person's own or that of members of the
        group."""
        about = _reached_by(asset)
        for one in (person, *sorted(self._members.get(person, ()))):
            bits = 0
            for choice in self.said(one):
                if choice.answer == "no" and choice.asset in about:
                    bits |= choice.territories.bits & where
            if bits:
                yield one, bits

    def refusals_naming(self, asset_id: str, made_of: tuple[str, ...]) -> Iterator[tuple[str, int]]:
        """(whose, where): noes that name this very asset, of somebody credited on what it is made of and, where its claim
        is accepted, of somebody who claims a share of it; of a group, any member's."""
        self._names()
        if asset_id not in self._refused_by_name:
            return
        for person, where in self._concerned(made_of).items():
            for one in (person, *self._members.get(person, ())):
                for choice in self.said(one):
                    if choice.answer == "no" and choice.asset == asset_id and choice.territories.bits & where:
                        yield person, choice.territories.bits & where

    def _concerned(self, made_of: tuple[str, ...]) -> dict[str, int]:
        """Who may refuse by name what is made of these assets, and where."""
        found: dict[str, int] = {}
        for part in made_of:
            for claim in self.state.claims.get(part, ()):
                if claim.status is ClaimStatus.ACCEPTED and self.said_any(claim.claimant):
                    where = claim.period.territories_at(self.question.at, claim.territories).bits
                    found[claim.claimant] = found.get(claim.claimant, 0) | where
            for credit in self.state.assets[part].credits:
                if self.said_any(credit.party):
                    found[credit.party] = WORLD.bits
        return found

    def said_any(self, person: str) -> bool:
        """Whether a person, or a member of the group, said anything about this use in this feature."""
        return any(self.said(one) for one in (person, *self._members.get(person, ())))

    def holds_up(self, choice: Choice) -> bool:
        """Whether a yes counts: not before its instant or its feature, of enough grade, its mandate naming the use and not over."""
        return (
            choice.at <= self.question.at
            and choice.known_from >= self._feature.known_from
            and choice.grade >= self._feature.grade_needed(choice.use)
            and (choice.source != Source.REPRESENTATIVE or bool(self._mandated(choice)))
        )

    @property
    def least_grade(self) -> int:
        """The least grade of a yes that this feature takes for this use."""
        return self._feature.grade_needed(self.question.use)

    def why_not(self, grant: Grant, right: Right, asset: Asset, where: int) -> tuple[int, str]:
        """Why a grant that names the use and the feature does not carry a share in `where`: how far it got, and in words
        that follow `whose deal D`. One that lacks nothing of its own waits for a member."""
        at, there = self.question.at, grant.territories.bits & where
        limited = grant.conditions.non_commercial and self._feature.commercial
        checks = (
            (grant.active_at(at), f"is {_stands(grant, at)}"),
            (not limited, f"is for non-commercial use; {self._feature.id} is commercial"),
            (right in grant.rights, f"does not grant {WORDS[right]}"),
            (selects(grant, asset.id, asset.label), f"does not reach {asset.id}"),
            (bool(there), "does not reach there"),
            (bool(grant.period.territories_at(at, TerritorySet(there))), "is not in its period"),
        )
        passed = next((number for number, (holds, _) in enumerate(checks) if not holds), len(checks))
        return passed, checks[passed][1] if passed < len(checks) else NEEDS_OPT_IN

    def _mandated(self, choice: Choice) -> int:
        """Where the mandate that a yes rests on is in force: it was wherever it was said, and carries it no longer than that."""
        bits = 0
        for mandate in self.state.mandates.get(choice.person, ()):
            same = (mandate.id, mandate.representative) == (choice.mandate, choice.spoken_by)
            said_in_it = choice.territories <= mandate.period.territories_at(choice.at, choice.territories)
            if same and choice.use in mandate.uses and said_in_it:
                bits |= mandate.period.territories_at(self.question.at, choice.territories).bits
        return bits

    def said(self, person: str) -> tuple[Choice, ...]:
        """The person's standing choices about this use and this feature."""
        if person not in self._choices:
            self._choices[person] = tuple(filter(self._asks, self.state.choices.get(person, ())))
        return self._choices[person]

    def _asks(self, choice: Choice) -> bool:
        """Whether a choice is about this use in this feature."""
        return choice.use == self.question.use and choice.feature == self.question.feature


def _stands(grant: Grant, at: Instant) -> str:
    """The state a deal stands in at an instant, in a word."""
    return next((state for since, state in reversed(grant.states) if since <= at), "not in force yet")


def _under(grant: Grant, asset: Asset) -> bool:
    """Whether a clause reaches an asset, or the recording a stem was taken from, and does not leave the stem out."""
    whole = asset.parents if asset.kind is AssetKind.STEM else (asset.id,)
    return asset.id not in grant.exclusions and any(selects(grant, one, asset.label) for one in whole)


def _reaches(grant: Grant, right: Right, asset: Asset) -> bool:
    return right in grant.rights and selects(grant, asset.id, asset.label)


def _reached_by(asset: Asset) -> frozenset[str | None]:
    """What a choice may name to reach an asset: everything of the person's, the asset, and a stem's recording."""
    return frozenset({None, asset.id, *(asset.parents if asset.kind is AssetKind.STEM else ())})
