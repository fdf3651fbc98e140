"""The whole catalogue in one pass over memory (pure).

The requirements of every asset are laid out as rows of territory masks, four 64-bit words each:

    part p is what one asset needs by itself:   part[p]  = ⋂ over its rows of (¬need ∪ have)
    asset a is made of parts:                   asset[a] = offered ∩ ⋂ over its parts of part[p]

Rows repeat (one licensor's grant serves a million recordings), so a row is an index into a table of distinct masks.
The pass is a gather and an AND, in blocks that stay in cache. It is the same list of requirements that `rules` decides
one asset on, so both give the same answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import numpy as np

from accord.clearance.records import CatalogueAnswer, ClearanceState, Question
from accord.clearance.requirements import Requirement, Requirements
from accord.terms.territory import SIZE, WORDS, TerritorySet

Masks = np.ndarray[Any, np.dtype[np.uint64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
BLOCK = 1 << 15


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue laid out for one question.

    `table` (n, 4): distinct masks. Part p's rows are `need[part_start[p]:part_start[p + 1]]` and `have` likewise,
    indices into `table`; `code` is each row's refusal. Asset a's parts are `parts[asset_start[a]:asset_start[a + 1]]`.
    Every part has at least one row and every asset at least one part.
    """

    assets: tuple[str, ...]
    offered: Masks
    table: Masks
    need: Ints
    have: Ints
    code: Ints
    codes: tuple[str, ...]
    part_start: Ints
    parts: Ints
    asset_start: Ints


def decide_all(
    state: ClearanceState,
    question: Question,
    assets: Iterable[str],
    progress: Callable[[int, int], None] | None = None,
) -> CatalogueAnswer:
    """Every asset's territories for one question, and how many assets each reason keeps back."""
    compiled = compile_state(state, question, tuple(assets), progress)
    masks, reasons = run(compiled)
    return CatalogueAnswer(
        use=question.use,
        feature=question.feature,
        at=question.at,
        known=state.known,
        offered=TerritorySet.from_words(compiled.offered),
        assets=compiled.assets,
        masks=masks,
        reasons=reasons,
    )


def run(compiled: Compiled) -> tuple[Masks, Counter[str]]:
    """The masks of all assets (n, 4), and per refusal code the assets it keeps from being cleared where offered."""
    return masks_of(compiled), _reasons(compiled)


def masks_of(compiled: Compiled) -> Masks:
    """Where each asset is cleared (n, 4): the pass over memory."""
    count = len(compiled.assets)
    if not count:
        return np.zeros((0, WORDS), dtype=np.uint64)
    met = part_masks(compiled)
    masks = np.empty((count, WORDS), dtype=np.uint64)
    for first in range(0, count, BLOCK):
        last = min(first + BLOCK, count)
        start = compiled.asset_start[first : last + 1]
        gathered = met[compiled.parts[start[0] : start[-1]]]
        np.bitwise_and.reduceat(gathered, start[:-1] - start[0], axis=0, out=masks[first:last])
    masks &= compiled.offered
    return masks


def part_masks(compiled: Compiled) -> Masks:
    """Where each part's own requirements are all met (n, 4)."""
    count = len(compiled.part_start) - 1
    met = np.empty((count, WORDS), dtype=np.uint64)
    for first in range(0, count, BLOCK):
        last = min(first + BLOCK, count)
        start = compiled.part_start[first : last + 1]
        rows = slice(start[0], start[-1])
        gathered = ~compiled.table[compiled.need[rows]] | compiled.table[compiled.have[rows]]
        np.bitwise_and.reduceat(gathered, start[:-1] - start[0], axis=0, out=met[first:last])
    return met


def _reasons(compiled: Compiled) -> Counter[str]:
    """Code → assets with at least one row of that code that is not met somewhere the feature is offered."""
    if not compiled.assets:
        return Counter()
    failing = np.zeros(len(compiled.need), dtype=np.uint64)  # per row: the bit of its code, where it is not met
    for first in range(0, len(compiled.need), BLOCK):
        rows = slice(first, first + BLOCK)
        gap = compiled.table[compiled.need[rows]] & ~compiled.table[compiled.have[rows]] & compiled.offered
        bit = np.uint64(1) << np.maximum(compiled.code[rows], 0).astype(np.uint64)
        failing[rows] = np.where(gap.any(axis=1), bit, np.uint64(0))
    of_part = np.bitwise_or.reduceat(failing, compiled.part_start[:-1])
    of_asset = np.bitwise_or.reduceat(of_part[compiled.parts], compiled.asset_start[:-1])
    counts = {code: np.count_nonzero(of_asset & np.uint64(1 << number)) for number, code in enumerate(compiled.codes)}
    return Counter({code: int(count) for code, count in counts.items() if count})


class _Layout:
    """Rows and distinct masks, filled part by part."""

    def __init__(self) -> None:
        self.masks: dict[int, int] = {0: 0}
        self.codes: dict[str, int] = {}
        self.need: list[int] = []
        self.have: list[int] = []
        self.code: list[int] = []
        self.part_start: list[int] = [0]

    def part(self, requirements: Iterable[Requirement]) -> int:
        """Add one part; returns its number."""
        for one in requirements:
            self.need.append(self._mask(one.need))
            self.have.append(self._mask(one.have))
            self.code.append(self.codes.setdefault(one.code, len(self.codes)))
        if len(self.need) == self.part_start[-1]:  # nothing needed: a row that is always met
            self.need.append(0)
            self.have.append(0)
            self.code.append(-1)
        self.part_start.append(len(self.need))
        return len(self.part_start) - 2

    def _mask(self, bits: int) -> int:
        return self.masks.setdefault(bits & ((1 << SIZE) - 1), len(self.masks))


def compile_state(
    state: ClearanceState,
    question: Question,
    assets: tuple[str, ...],
    progress: Callable[[int, int], None] | None = None,
) -> Compiled:
    """Lay the requirements of these assets out for one question; what several are made of is laid out once."""
    requirements = Requirements(state, question)
    offered, of_feature = requirements.of_feature()
    layout = _Layout()
    feature_part = layout.part(of_feature)
    numbers: dict[str, int] = {}
    parts: list[int] = []
    asset_start = [0]
    for done, asset in enumerate(assets):
        parts.append(feature_part)
        if whole := tuple(requirements.whole(asset)):
            parts.append(layout.part(whole))
        for part in requirements.made_of(asset)[0]:
            if part not in numbers:
                numbers[part] = layout.part(requirements.own(part))
            parts.append(numbers[part])
        asset_start.append(len(parts))
        if progress and done % 1000 == 0:
            progress(done, len(assets))
    return Compiled(
        assets=assets,
        offered=TerritorySet(offered).words(),
        table=np.stack([TerritorySet(bits).words() for bits in layout.masks]),
        need=np.array(layout.need, dtype=np.int64),
        have=np.array(layout.have, dtype=np.int64),
        code=np.array(layout.code, dtype=np.int64),
        codes=tuple(layout.codes),
        part_start=np.array(layout.part_start, dtype=np.int64),
        parts=np.array(parts, dtype=np.int64),
        asset_start=np.array(asset_start, dtype=np.int64),
    )
