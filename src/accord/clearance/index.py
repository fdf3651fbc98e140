"""A catalogue kept decided for one question: laid out once, then changed only where something was said (pure).

What a party says of everything it has (`Slot`) is one atom of the layout, however many assets rest on it. What holds of
one asset alone, and whatever names an asset apart, is folded into atoms of that asset's own, one for each step
(`steps`) that could change it. So a revocation rewrites a
handful of atoms, a claim the assets it is about, and midnight what begins or ends that day.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

import msgspec
import numpy as np

from accord.catalog.records import Asset, AssetKind
from accord.clearance.horizon import next_turn
from accord.clearance.kernel import Layout
from accord.clearance.records import CatalogueAnswer, ClearanceState, Question
from accord.clearance.requirements import ALL, Requirement, Requirements, Slot
from accord.clearance.steps import Step, step_of
from accord.terms.instant import Instant
from accord.terms.territory import TerritorySet


class _Part(msgspec.Struct, frozen=True):
    """What one asset by itself adds to everything made of it: (step, met, failing) of its own, and the slots it points to.

    `apart`: words about this very asset count, so that its slots do not say on what it rests.
    """

    own: tuple[tuple[int, int, int], ...]
    slots: tuple[int, ...]
    apart: bool


class Index:
    """Where every asset of a state is cleared for one question, from `question.at` on.

    `touch` and `advance` bring it up to date; between them it is a value. Asking about an earlier instant than `at` is
    a matter for `rules`.
    """

    def __init__(
        self, state: ClearanceState, question: Question, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self.requirements = Requirements(state, question)
        self.numbers: dict[str, int] = {}
        self.ids: list[str] = []
        self.codes: dict[str, int] = {}
        self._slots: dict[Slot, int] = {}
        self._own: dict[tuple[int, int, int], int] = {}
        self.steps: list[Step] = []
        self._steps: dict[Step, int] = {}
        self._parts: dict[str, _Part] = {}
        self._children: dict[str, set[str]] = {}
        self._heard_by: dict[str, set[Slot]] = {}
        self._apart_for: dict[str, set[str]] = {}
        self._apart: set[str] = set()
        self._due: list[tuple[Instant, int, Slot | str | None]] = []  # the age settles what is due at once
        self._turns: set[tuple[Instant, Slot | str | None]] = set()
        self._ages = count()
        self._feature()
        for done, asset in enumerate(state.assets):
            self._put(asset)
            if progress and done % 1000 == 0:
                progress(done, len(state.assets))

    @property
    def state(self) -> ClearanceState:
        """The state it was last brought up to date with."""
        return self.requirements.state

    @property
    def at(self) -> Instant:
        """The instant it was last brought up to date for."""
        return self.requirements.question.at

    @property
    def holds_until(self) -> Instant | None:
        """The first instant at which time alone may change an answer."""
        return self._due[0][0] if self._due else None

    def cleared(self, asset: str) -> int:
        """Where an asset is cleared, as bits. Raises: KeyError for one that is not there."""
        return self.layout.one(self.numbers[asset])

    def covers(self, asset: str, place: int) -> bool:
        """Whether an asset is cleared in one territory, by its number in the table. Raises: KeyError."""
        return self.layout.covers(self.numbers[asset], place)

    def many(self, assets: Iterable[str]) -> Any:
        """Where these assets are cleared (n, 4). Raises: KeyError for one that is not there."""
        return self.layout.many(np.fromiter((self.numbers[asset] for asset in assets), dtype=np.int64))

    def rests_on(self, asset: str) -> bytes | None:
        """The words an asset rests on: assets that give the same are cleared on the same grounds. None where something
        said of the asset, or of what it is made of, sets it apart. Raises: KeyError."""
        number = self.numbers[asset]
        return None if asset in self._apart else self.layout.key_of(number)

    def answer(self, assets: Iterable[str] | None = None) -> CatalogueAnswer:
        """The whole catalogue (or some assets) decided in one pass. Raises: KeyError for an asset that is not there."""
        asked = tuple(self.numbers) if assets is None else tuple(assets)
        return CatalogueAnswer(
            use=self.requirements.question.use,
            feature=self.requirements.question.feature,
            at=self.at,
            known=self.state.known,
            offered=TerritorySet(self.offered),
            assets=asked,
            masks=self.many(asked),
            reasons=self.reasons(asked),
        )

    def reasons(self, assets: Iterable[str] | None = None) -> Counter[str]:
        """Code → assets (of all, or of these) that it keeps from being cleared wherever the feature is offered."""
        numbers = None if assets is None else np.fromiter((self.numbers[asset] for asset in assets), dtype=np.int64)
        counts = self.layout.reasons(numbers)
        total = len(self.numbers) if numbers is None else len(numbers)
        found = {code: total if self._failing_all >> bit & 1 else int(counts[bit]) for code, bit in self.codes.items()}
        return Counter({code: count for code, count in found.items() if count})

    def touch(
        self, state: ClearanceState, at: Instant, parties: Iterable[str] = (), assets: Iterable[str] = ()
    ) -> None:
        """Bring it up to date with a state in which these parties spoke anew and these assets changed.

        Joining and leaving counts as a word of both sides. A feature that changed needs another index.
        """
        spoke = set(parties)
        self._renew(state, at, spoke)
        named = (self.requirements.agreements.named_by(party) | self._apart_for.get(party, set()) for party in spoke)
        changed = {part for asset in set(assets).union(*named) for part in self._made_of_it(asset)}
        self._again({slot for party in spoke for slot in self._heard_by.get(party, ())}, changed)
        self.advance(at)

    def advance(self, at: Instant) -> None:
        """Bring it up to date with an instant later than the last."""
        if self.holds_until is None or at < self.holds_until:
            return
        self._renew(self.state, at, ())
        slots: set[Slot] = set()
        assets: set[str] = set()
        while self._due and self._due[0][0] <= at:
            turn, _, what = heapq.heappop(self._due)
            self._turns.discard((turn, what))
            if isinstance(what, Slot):
                slots.add(what)
            elif what is not None:
                assets.update(self._made_of_it(what))
            else:
                self._feature_stands()
        self._again(slots, assets)

    def _renew(self, state: ClearanceState, at: Instant, spoke: Iterable[str]) -> None:
        question = msgspec.structs.replace(self.requirements.question, at=at)
        self.requirements = self.requirements.renewed(state, question, spoke)

    def _again(self, slots: Iterable[Slot], assets: set[str]) -> None:
        """Work out anew what these slots say, and what these assets (parts first) need."""
        for slot in slots:
            self.layout.set_atom(self._slots[slot], *self._says(slot))
            self._listen(slot)
        for asset in assets:
            self._parts.pop(asset, None)
        for asset in sorted(assets):
            self._put(asset)

    def _made_of_it(self, asset: str) -> set[str]:
        """The asset and everything made of it, however far down."""
        found: set[str] = set()
        todo = [asset]
        while todo:
            if (one := todo.pop()) not in found:
                found.add(one)
                todo.extend(self._children.get(one, ()))
        return found

    def _feature(self) -> None:
        self.offered = self.requirements.of_feature()[0]
        self.layout = Layout()
        self._feature_stands()

    def _feature_stands(self) -> None:
        """Where anything may be cleared at all now; what the feature itself lacks counts against every asset."""
        question = self.requirements.question
        met, self._failing_all = self._folded(self.requirements.of_feature()[1])
        self.layout.set_base(self.offered & met)
        feature = self.state.features[question.feature]
        self._remember(None, (), (since for since, _ in feature.states))

    def _put(self, asset_id: str) -> None:
        """Lay out an asset that is new or changed; one that is gone is cleared nowhere and forgotten."""
        asset = self.state.assets.get(asset_id)
        if asset is None:
            if (number := self.numbers.pop(asset_id, None)) is not None:
                self.layout.put([self._own_atom(0, 0, 0)], number)
            return
        for parent in asset.parents:
            self._children.setdefault(parent, set()).add(asset_id)
        self._put_rows(asset_id)

    def _put_rows(self, asset_id: str) -> None:
        made_of, _ = self.requirements.made_of(asset_id)
        rows: dict[int, None] = {}
        apart = False
        own = self._by_step(self.requirements.whole(asset_id))
        for part in made_of:
            needs = self._part(part)
            own += needs.own
            apart = apart or needs.apart
            rows |= dict.fromkeys(needs.slots)
        rows |= dict.fromkeys(self._own_atom(*one) for one in own)
        number = self.layout.put(list(rows), self.numbers.get(asset_id))
        if asset_id not in self.numbers:
            self.numbers[asset_id] = number
            self.ids.append(asset_id)
        (self._apart.add if apart else self._apart.discard)(asset_id)

    def _part(self, asset_id: str) -> _Part:
        if asset_id not in self._parts:
            self._parts[asset_id] = self._worked_out(self.state.assets[asset_id])
        return self._parts[asset_id]

    def _worked_out(self, asset: Asset) -> _Part:
        requirements = self.requirements
        slots = list(requirements.slots(asset))
        own = list(requirements.of_itself(asset))
        apart = requirements.agreements.apart(asset)
        if apart:
            for slot in slots:
                own += requirements.of_slot(slot, asset)
                for party in requirements.agreements.heard(slot.party, slot.label):
                    self._apart_for.setdefault(party, set()).add(asset.id)
                self._remember(asset.id, *requirements.agreements.dates(slot.party, slot.label))
            slots = []
        claims = self.state.claims.get(asset.id, ())
        self._remember(asset.id, (day for claim in claims for day in (claim.period.start, claim.period.end)), ())
        return _Part(self._by_step(own), tuple(self._slot(slot) for slot in slots), apart)

    def _slot(self, slot: Slot) -> int:
        if slot not in self._slots:
            code = "clearance.no-deal" if slot.right else "clearance.no-yes"
            step = self._step(step_of(code, "", slot.party, slot.right))
            self._slots[slot] = self.layout.add_atom(*self._says(slot), step)
            self._listen(slot)
        return self._slots[slot]

    def _says(self, slot: Slot) -> tuple[int, int]:
        return self._folded(self.requirements.of_slot(slot, _anything(slot.label)))

    def _listen(self, slot: Slot) -> None:
        """Hear of it when anybody whose word the slot rests on speaks, or when a date in their words comes."""
        agreements = self.requirements.agreements
        for party in agreements.heard(slot.party, slot.label):
            self._heard_by.setdefault(party, set()).add(slot)
        self._remember(slot, *agreements.dates(slot.party, slot.label))

    def _remember(self, what: Slot | str | None, days: Iterable[Any], instants: Iterable[Instant]) -> None:
        turn = next_turn(self.at, days, instants)
        if turn is not None and (turn, what) not in self._turns:
            self._turns.add((turn, what))
            heapq.heappush(self._due, (turn, next(self._ages), what))

    def _own_atom(self, step: int, met: int, failing: int) -> int:
        key = (step, met & ALL, failing)
        if key not in self._own:
            self._own[key] = self.layout.add_atom(met & ALL, failing, step)
        return self._own[key]

    def _step(self, step: Step) -> int:
        if step not in self._steps:
            self._steps[step] = len(self.steps)
            self.steps.append(step)
        return self._steps[step]

    def _by_step(self, found: Iterable[Requirement]) -> tuple[tuple[int, int, int], ...]:
        """(step, met, failing) for each step that something fails for."""
        waiting: dict[Step, list[Requirement]] = {}
        for one in found:
            if one.gap:
                step = step_of(one.code, one.subject, one.party, one.right)
                waiting.setdefault(step, []).append(one)
        return tuple((self._step(step), *self._folded(some)) for step, some in waiting.items())

    def _folded(self, found: Iterable[Requirement]) -> tuple[int, int]:
        """Several requirements as one: where all hold, and the codes of those that fail where the feature is offered."""
        met, failing = ALL, 0
        for one in found:
            met &= ~one.gap
            if one.gap & self.offered:
                failing |= 1 << self.codes.setdefault(one.code, len(self.codes))
        return met, failing


def _anything(label: str | None) -> Asset:
    """An asset that nothing names, under a label: what a slot is worked out for."""
    return Asset(id="", kind=AssetKind.RECORDING, title="", label=label)
