"""A close's reader on what the rooms know: for an asset in a pool and an epoch, its recipients (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

import msgspec

from accord.catalog.records import Asset, AssetKind, Claim, PublicDomain
from accord.governance.records import Feature
from accord.payouts.coverage import Coverage
from accord.payouts.order import PPM, Order, collecting_rights
from accord.payouts.raising import Raise, raised
from accord.payouts.readings import read_creator, read_model, read_source, read_unattributed
from accord.payouts.records import Epoch, Held, Pay, Pool, Recipient, Side, Subject
from accord.terms.period import DayPeriod
from accord.terms.right import Right
from accord.terms.use import Use

NOT_IN_CATALOGUE = "it is not in the catalogue"
#: What a score earns by: nobody hears it; a model learned from it.
LEARNED = frozenset({Use.TRAIN})
FROM_OUTSIDE = "an outside model made it: who is in what that learned from is not known here"


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the rooms know that concerns a close; `claims` are the accepted ones, `linked` the recordings whose works were found since."""

    assets: Mapping[str, Asset]
    claims: Sequence[Claim]
    public_domain: Sequence[PublicDomain]
    features: Mapping[str, Feature]
    coverage: Coverage
    pays: Mapping[str, Pay]
    order: Order
    raises: Mapping[str, tuple[Raise, ...]] = {}
    linked: frozenset[str] = frozenset()


def uses_of(feature: Feature, asset: Asset) -> frozenset[Use]:
    """What an asset that earned was used for: a score for training, what is heard for the feature's other uses."""
    return (feature.uses & LEARNED if asset.kind is AssetKind.SCORE else feature.uses - LEARNED) or feature.uses


class RoomReader:
    """Call it with (pool, epoch, kind, subject); it answers with recipients whose shares sum to one."""

    def __init__(self, known: Known, pools: Sequence[Pool], epochs: Sequence[Epoch]) -> None:
        self._known = known
        self._pools = {pool.number: pool for pool in pools}
        self._epochs = {epoch.number: epoch for epoch in epochs}
        self._claims: defaultdict[str, list[Claim]] = defaultdict(list)
        for claim in sorted(known.claims, key=lambda one: one.id):
            self._claims[claim.asset].append(claim)
        self._free = {row.asset: row.territories for row in known.public_domain}
        grants, memberships = known.coverage.grants, known.coverage.memberships
        better = [grant for raises in known.raises.values() for one in raises for grant in one.grants]
        grants = (*grants, *better)
        sets = [claim.territories for claim in known.claims] + [row.territories for row in known.public_domain]
        self._sets = tuple(dict.fromkeys([*sets, *(grant.territories for grant in grants)]))
        days = [claim.period for claim in known.claims] + [grant.period for grant in grants]
        # a raise outlives the better deal: before its first day is not what it is after its last
        begun = [DayPeriod(grant.period.start) for grant in better]
        self._days = tuple(dict.fromkeys([*days, *begun, *(one.period for one in memberships)]))
        self._instants = tuple(sorted({at for grant in grants for at, _ in grant.states}))
        self._held_in: dict[int, Hashable] = {}
        self._rates = {deal: pay.rate_ppm for deal, pay in known.pays.items()}

    def __call__(self, pool: int, epoch: int, kind: str, subject: str) -> tuple[Recipient, ...]:
        """The recipients of what a subject earned."""
        place, when = self._pools[pool], self._epochs[epoch]
        held_ppm = self._held_ppm(place.feature)
        if kind == "cocreator":
            return read_creator(subject, self._known.order)
        if kind == "model":
            return read_model(subject)
        if kind == "outside":
            return read_unattributed(subject, held_ppm, FROM_OUTSIDE)
        if kind != "source":
            return read_unattributed(subject, held_ppm, "nobody has said what it was made from")
        found = self._subject(subject, place.feature, when)
        if found is None:
            return read_unattributed(subject, held_ppm, NOT_IN_CATALOGUE)
        return read_source(found, held_ppm, self._known.order)

    def alike(self, pool: int, epoch: int) -> Hashable:
        """Pools and epochs with the same value are answered alike for every asset, so one of them is asked for all.

        Between two places nothing can differ but which territory sets hold them and which days and states they are in:
        those are compared, and no asset is looked at. A catalogue licensed for the world is read once, not once for each
        territory that was heard in.
        """
        when = self._epochs[epoch]
        if epoch not in self._held_in:
            inside = tuple(when.territory in one for one in self._sets)
            days = tuple(one.covers(when.start, when.territory) for one in self._days)
            since = tuple(at <= when.start for at in self._instants)
            self._held_in[epoch] = (inside, days, since)
        return (self._pools[pool].feature, self._held_in[epoch])

    def _held_ppm(self, feature: str) -> int:
        best = self._known.coverage.best_rate(feature, self._rates)
        return PPM if best is None else best

    def _subject(self, asset_id: str, feature: str, when: Epoch) -> Subject | None:
        asset = self._known.assets.get(asset_id)
        if asset is None:
            return None
        uses = self._uses(feature, asset)
        rights = collecting_rights(uses)
        recording = self._recording(asset)
        works = [asset] if asset.kind is AssetKind.WORK else self._works(recording or asset)
        return Subject(
            asset=asset_id,
            master=self._side(recording, (Right.MASTER,), feature, uses, when) if recording is not None else None,
            works=tuple(self._side(work, rights, feature, uses, when) for work in works),
            featured=recording.people("featured") if recording is not None else (),
            linked=recording is not None and recording.id in self._known.linked,
        )

    def _uses(self, feature: str, asset: Asset) -> frozenset[Use]:
        known = self._known.features.get(feature)
        if known is None:
            return frozenset()
        return uses_of(known, asset) if self._known.order.by_its_use else known.uses

    def _recording(self, asset: Asset) -> Asset | None:
        """The recording whose master is concerned: itself, or the one a stem is a track of."""
        if asset.kind is AssetKind.STEM:
            parents = (self._known.assets.get(parent) for parent in asset.parents)
            return next((one for one in parents if one is not None and one.kind is AssetKind.RECORDING), None)
        return asset if asset.kind is AssetKind.RECORDING else None

    def _works(self, asset: Asset) -> list[Asset]:
        """The works in a recording or behind a score; a score made from an encoding pays the works of both once."""
        found: dict[str, Asset] = {}
        for parent in asset.parents:
            one = self._known.assets.get(parent)
            if one is None:
                continue
            for work in [one] if one.kind is AssetKind.WORK else self._works(one):
                found.setdefault(work.id, work)
        if asset.kind is AssetKind.SCORE and len(found) > 1:
            first = next(iter(found))  # a score names its own work first, then the encoding it was made from
            return [found[first]]
        return list(found.values())

    def _side(self, asset: Asset, rights: tuple[Right, ...], feature: str, uses: frozenset[Use], when: Epoch) -> Side:
        held = [
            self._held(claim, asset, feature, uses, when)
            for claim in self._claims.get(asset.id, ())
            if claim.right in rights
            and when.territory in claim.territories
            and claim.period.covers(when.start, when.territory)
        ]
        free = asset.id in self._free and when.territory in self._free[asset.id]
        return Side(asset=asset.id, rights=rights, claims=tuple(held), public_domain=free)

    def _held(self, claim: Claim, asset: Asset, feature: str, uses: frozenset[Use], when: Epoch) -> Held:
        cover = self._known.coverage
        grant = cover.clause_for(claim.claimant, claim.right, asset, feature, uses, when.territory, when.start)
        return Held(
            claim=claim.id,
            right=claim.right,
            claimant=claim.claimant,
            share=claim.share,
            disputed=claim.disputed,
            clause=grant.clause if grant is not None else None,
            pay=self._pay(grant.deal, feature, uses, when) if grant is not None else None,
        )

    def _pay(self, deal: str, feature: str, uses: frozenset[Use], when: Epoch) -> Pay | None:
        pay, raises = self._known.pays.get(deal), self._known.raises.get(deal)
        return raised(pay, raises, feature, uses, when.territory, when.start) if pay and raises else pay
