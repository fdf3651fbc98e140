"""What must hold for an asset to be cleared, as one list of requirements (pure).

A requirement is a pair of territory bitsets: where it applies (`need`) and where it is met (`have`). An asset is cleared
where every requirement of everything it is made of is met or does not apply:

    cleared = offered ∩ ⋂ (¬need ∪ have)

`rules` decides one asset on this list and turns what is missing into sentences; `kernel` decides a whole catalogue on
the same pairs in one pass over memory. Nothing about rights is written twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from accord.catalog.records import Asset, AssetKind
from accord.clearance.agreements import Agreements
from accord.clearance.needs import NEEDS, Needs
from accord.clearance.records import ClearanceState, Hold, Question
from accord.clearance.shares import Region, regions
from accord.terms.right import Right
from accord.terms.territory import WORLD

ALL = WORLD.bits


class Slot(msgspec.Struct, frozen=True):
    """What one party's word decides alike for many assets: a licensor's grant of a right, or a person's yes.

    `where` is the bitset of territories it is needed in; `label` is whose label the asset stands under, which a grant, and
    a yes that rests on a label's clause, may depend on. Assets share a slot unless something names one of them
    (`Agreements.apart`).
    """

    party: str
    where: int
    right: Right | None = None
    role: str | None = None
    label: str | None = None


class Requirement(msgspec.Struct, frozen=True):
    """One thing an asset needs. `code` is the family of its refusal; the rest says what about whom."""

    code: str
    subject: str
    need: int
    have: int
    right: Right | None = None
    party: str | None = None
    role: str | None = None
    regions: tuple[Region, ...] = ()
    hold: Hold | None = None
    text: str = ""

    @property
    def gap(self) -> int:
        """Where it applies and is not met."""
        return self.need & ~self.have


class Requirements:
    """The requirements of assets for one question, worked out once per asset and kept."""

    def __init__(self, state: ClearanceState, question: Question, agreements: Agreements | None = None) -> None:
        self.state, self.question = state, question
        self.needs: Needs = NEEDS[question.use]
        self.agreements = agreements or Agreements(state, question)
        self._own: dict[str, tuple[Requirement, ...]] = {}
        self._regions: dict[tuple[str, Right], tuple[Region, ...]] = {}
        self._made_of: dict[str, tuple[tuple[str, ...], str]] = {}

    def renewed(self, state: ClearanceState, question: Question, spoke: Iterable[str]) -> Requirements:
        """The requirements of a later state or instant, in which only these parties spoke anew."""
        return Requirements(state, question, self.agreements.renewed(state, question, spoke))

    def of_feature(self) -> tuple[int, tuple[Requirement, ...]]:
        """Where the feature is meant to be, and what about the feature itself must hold."""
        feature = self.state.features[self.question.feature]
        offered, found = feature.territories.bits, []
        if self.question.use not in feature.uses:
            found.append(Requirement("clearance.not-its-use", feature.id, ALL, 0))
        live = feature.state_at(self.question.at)
        if live != "live" and not self.question.before_launch:
            found.append(Requirement("clearance.not-live", feature.id, ALL, 0, text=str(live or "not proposed")))
        return offered, tuple(found)

    def of(self, asset_id: str) -> Iterator[Requirement]:
        """Every requirement of an asset: its own, those of everything it is made of, and those of the whole."""
        for part in self.made_of(asset_id)[0]:
            yield from self.own(part)
        yield from self.whole(asset_id)

    def whole(self, asset_id: str) -> Iterator[Requirement]:
        """What holds for the asset as it is put together: its parents add up, and nobody concerned refused it, or anything
        it is made of, by name."""
        made_of, fault = self.made_of(asset_id)
        if fault:
            yield Requirement(fault, asset_id, ALL, 0)
        for part in made_of:
            for who, where in self.agreements.refusals_naming(part, self.made_of(part)[0]):
                yield Requirement("clearance.refused", part, where, 0, party=who)

    def made_of(self, asset_id: str) -> tuple[tuple[str, ...], str]:
        """The asset and all its ancestors that the use touches, each once; and a fault code when they do not add up."""
        if asset_id not in self._made_of:
            self._made_of[asset_id] = self._ancestry(asset_id)
        return self._made_of[asset_id]

    def own(self, asset_id: str) -> tuple[Requirement, ...]:
        """What this one asset needs, apart from what it is made of."""
        if asset_id not in self._own:
            asset = self.state.assets[asset_id]
            words = (self.of_slot(slot, asset) for slot in self.slots(asset))
            self._own[asset_id] = (*self.of_itself(asset), *(one for said in words for one in said))
        return self._own[asset_id]

    def _ancestry(self, asset_id: str) -> tuple[tuple[str, ...], str]:
        found: dict[str, None] = {}
        on_path: set[str] = set()
        fault = ""
        stack: list[tuple[str, bool]] = [(asset_id, False)]
        while stack:
            part, leaving = stack.pop()
            if leaving:
                on_path.discard(part)
                continue
            if part in on_path:
                fault = "clearance.cyclic-parents"
                continue
            if part in found:
                continue
            asset = self.state.assets.get(part)
            if asset is None:
                fault = fault or "clearance.unknown-parent"
                continue
            found[part] = None
            on_path.add(part)
            stack.append((part, True))
            stack.extend((parent, False) for parent in reversed(asset.parents))
        return tuple(part for part in found if self._touched(self.state.assets[part], asset_id)), fault

    def _touched(self, asset: Asset, asked: str) -> bool:
        return asset.id == asked or asset.kind is not AssetKind.WORK or self.needs.work_side

    def of_itself(self, asset: Asset) -> Iterator[Requirement]:
        """What holds of this asset alone, whoever says yes: its holds, its kind, its claims."""
        for hold in self.state.holds.get(asset.id, ()):
            yield Requirement("clearance.held", asset.id, ALL, 0, hold=hold)
        for reason in asset.intake_holds:
            yield Requirement("clearance.intake-hold", asset.id, ALL, 0, text=reason)
        if asset.non_commercial and self.state.features[self.question.feature].commercial:
            yield Requirement("clearance.non-commercial", asset.id, ALL, 0)
        yield from self._of_make(asset)
        rights, roles, owned = self._needed(asset)
        for right in rights:
            yield from self._of_claims(asset, right, owned)
        if roles and asset.kind is not AssetKind.STEM and not asset.people(*roles):
            yield Requirement("clearance.nobody-known", asset.id, owned, 0, role=roles[0])

    def slots(self, asset: Asset) -> Iterator[Slot]:
        """Whose words the asset needs: a grant of everybody who holds an accepted share, a yes of everybody in a needed
        role, and of anybody else credited no no."""
        rights, roles, owned = self._needed(asset)
        for right in rights:
            for claimant, where in _claimants(self._cut(asset, right)).items():
                if where & owned:
                    yield Slot(claimant, where & owned, right=right, label=asset.label)
        if roles:
            needed = {credit.party: credit.role for credit in asset.credits if credit.role in roles}
            for person in dict.fromkeys(credit.party for credit in asset.credits):
                yield Slot(person, owned, role=needed.get(person), label=asset.label)

    def of_slot(self, slot: Slot, asset: Asset) -> Iterator[Requirement]:
        """What a party's word must be for an asset: for any asset that nothing names apart, the same."""
        if slot.right is not None:
            yield Requirement(
                "clearance.no-deal",
                asset.id,
                slot.where,
                self.agreements.granted(slot.party, slot.right, asset),
                right=slot.right,
                party=slot.party,
                regions=self._cut(asset, slot.right),
            )
            return
        refused = self.agreements.refused(slot.party, asset) & slot.where
        if refused:
            yield Requirement("clearance.refused", asset.id, refused, 0, party=slot.party, role=slot.role)
        if slot.role:
            said = self.agreements.consent(slot.party, asset)
            yield Requirement(
                "clearance.no-yes", asset.id, slot.where & ~refused, said, party=slot.party, role=slot.role
            )

    def _needed(self, asset: Asset) -> tuple[tuple[Right, ...], tuple[str, ...], int]:
        """The rights and the roles of people that the use needs of an asset by itself, and where."""
        if asset.kind is AssetKind.RECORDING:
            return (Right.MASTER,) if self.needs.master else (), self.needs.performers, ALL
        if asset.kind is AssetKind.STEM:
            return (), self.needs.performers, ALL
        if asset.kind is AssetKind.WORK and self.needs.work_side:
            return self.needs.work_rights, self.needs.writers, ALL & ~self._free(asset)
        return (), (), ALL

    def _of_make(self, asset: Asset) -> Iterator[Requirement]:
        """What kind of thing it is must allow the use, and what it is made of must be known (unknown is no)."""
        parents = {self.state.assets[parent].kind for parent in asset.parents if parent in self.state.assets}
        if asset.kind in (AssetKind.WORK, AssetKind.SCORE) and not self.needs.work_side:
            yield Requirement("clearance.not-of-this-kind", asset.id, ALL, 0, text=asset.kind.value)
        if asset.kind is AssetKind.STEM and AssetKind.RECORDING not in parents:
            yield Requirement("clearance.no-recording", asset.id, ALL, 0)
        carried_by = {AssetKind.RECORDING: AssetKind.RECORDING, AssetKind.SCORE: AssetKind.SCORE}.get(asset.kind)
        if carried_by and self.needs.work_side and not parents & {AssetKind.WORK, carried_by}:
            yield Requirement("clearance.no-work", asset.id, ALL, 0)

    def _free(self, work: Asset) -> int:
        """Where a work is in the public domain."""
        bits = 0
        for free in self.state.public_domain.get(work.id, ()):
            bits |= free.territories.bits
        return bits

    def _cut(self, asset: Asset, right: Right) -> tuple[Region, ...]:
        """The world in regions by the claims to one right of an asset."""
        key = (asset.id, right)
        if key not in self._regions:
            claims = (claim for claim in self.state.claims.get(asset.id, ()) if claim.right is right)
            self._regions[key] = regions(claims, self.question.at)
        return self._regions[key]

    def _of_claims(self, asset: Asset, right: Right, owned: int) -> Iterator[Requirement]:
        found = self._cut(asset, right)
        about: dict[str, Any] = {"subject": asset.id, "right": right, "regions": found}
        over = _where(region for region in found if region.contested) & owned
        complete = _where(region for region in found if region.complete)
        if over:
            yield Requirement(code="clearance.over-claimed", need=over, have=0, **about)
        yield Requirement(code="clearance.no-claim", need=owned & ~over, have=complete, **about)
        # whoever claims on evidence what is held to be free contests that: not cleared until it is settled
        if free_but_claimed := _where(region for region in found if region.claimed) & ~owned:
            yield Requirement(code="clearance.public-domain-claimed", need=free_but_claimed, have=0, **about)


def _where(found: Iterable[Region]) -> int:
    bits = 0
    for region in found:
        bits |= region.bits
    return bits


def _claimants(found: tuple[Region, ...]) -> dict[str, int]:
    """Claimant → where it holds an accepted share."""
    where: dict[str, int] = {}
    for region in found:
        for claim in region.accepted:
            where[claim.claimant] = where.get(claim.claimant, 0) | region.bits
    return where
