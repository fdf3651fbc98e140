"""What would unlock most: the steps that a use of recordings in a feature lacks, the most useful first (pure).

It asks as if the feature were live: the worklist is what a launch waits for. `unlock` says what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from accord.clearance import rules
from accord.clearance.index import Index
from accord.clearance.kernel import Array
from accord.clearance.records import Answer, ClearanceState, Question, Shortfall
from accord.clearance.steps import Step, step_of
from accord.clearance.unlock import Lacking, Places, Plays, Tally, heard, ranked
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput
from accord.terms.territory import INDEX, TERRITORIES, TerritorySet
from accord.terms.use import Use


class Place(msgspec.Struct, frozen=True):
    """One step in one territory: recordings it alone would clear, those that lack it, and plays of the former there."""

    recordings: int
    among: int
    plays: int


class Unlock(msgspec.Struct, frozen=True, kw_only=True):
    """One step. `recordings` it alone would clear somewhere asked about; `among` lack it there, alone or with others.

    `plays` are those of the last quarter in the territories it alone would clear (recording by recording), `waiting` those
    in all where it is lacked. `because`, `could_grant` and `refused` (somebody said no) are those of `example`, the first
    recording concerned; `because` names parties and assets by id.
    """

    step: Step
    recordings: int
    among: int
    plays: int
    waiting: int
    territories: TerritorySet
    places: dict[str, Place]
    example: str
    because: str
    could_grant: str | None
    refused: bool


class Next(msgspec.Struct, frozen=True):
    """In the order to talk in: a step, and the recordings it would newly clear somewhere once those above it are held."""

    step: Step
    adds: int
    refused: bool


class Worklist(msgspec.Struct, frozen=True, kw_only=True):
    """The steps, best first, and per territory asked about how many recordings are cleared and one step away; `somewhere`:
    one step away in at least one of them.

    `steps` are at most as many as were asked for, of `lacked` in all; `quarter` names the quarter of the plays.
    """

    use: Use
    feature: str
    at: Instant
    known: int
    asked: TerritorySet
    recordings: int
    cleared: dict[str, int]
    away: dict[str, int]
    somewhere: int
    lacked: int
    steps: tuple[Unlock, ...]
    in_order: tuple[Next, ...]
    quarter: str = ""


def check(state: ClearanceState, question: Question) -> None:
    """Refuse a question whose answer no step could change. Raises: BadInput."""
    rules.check(state, question)
    uses = state.features[question.feature].uses
    if question.use not in uses:
        raise BadInput(
            f"`{question.feature}` makes no use `{question.use}`", do=f"its uses: {', '.join(sorted(uses)) or 'none'}"
        )


def worklist(
    index: Index, assets: Sequence[str], where: TerritorySet | None, plays: Plays, quarter: str, most: int
) -> Worklist:
    """The worklist of these assets, kept decided in `index` for a question asked before launch."""
    offered = TerritorySet(index.layout.bits)
    asked = offered if where is None else offered & where
    numbers = np.fromiter((index.numbers[asset] for asset in assets), dtype=np.int64, count=len(assets))
    lacking = Lacking(index.layout, numbers, len(index.steps), asked.bits, heard(assets, plays))
    tally = lacking.tally()
    rank = _rank(index.steps, np.flatnonzero(tally.among))
    chosen = [int(step) for step in ranked(tally, rank, most)]
    order = lacking.greedily(tally, rank, most)
    told = list(dict.fromkeys([*chosen, *(step for step, _ in order)]))
    unlocks = dict(zip(told, _unlocks(index, assets, asked, tally, told, lacking.places(told)), strict=True))
    question = index.requirements.question
    return Worklist(
        use=question.use,
        feature=question.feature,
        at=question.at,
        known=index.state.known,
        asked=asked,
        recordings=len(assets),
        cleared={place: int(tally.cleared[INDEX[place]]) for place in asked},
        away={place: int(tally.away[INDEX[place]]) for place in asked},
        somewhere=tally.somewhere,
        lacked=int((tally.among > 0).sum()),
        steps=tuple(unlocks[step] for step in chosen),
        in_order=tuple(Next(index.steps[step], adds, unlocks[step].refused) for step, adds in order),
        quarter=quarter,
    )


def _rank(steps: Sequence[Step], lacked: Array) -> Array:
    """Each step's place in the order of their names, so that equals come in the same order in every process."""
    rank = np.zeros(len(steps), dtype=np.int64)
    rank[sorted(lacked, key=lambda number: steps[number])] = np.arange(len(lacked))
    return rank


def _unlocks(
    index: Index, assets: Sequence[str], asked: TerritorySet, tally: Tally, chosen: Sequence[int], found: Places
) -> list[Unlock]:
    examples = [assets[at] for at in found.example]
    state, requirements = index.state, index.requirements
    answers = rules.decide_many(state, requirements.question, dict.fromkeys(examples), requirements)
    made = []
    for row, number in enumerate(chosen):
        short = _shortfall(answers[examples[row]], index.steps[number], asked)
        here = np.flatnonzero(found.among[row])
        counts = {TERRITORIES[at]: [int(n[row, at]) for n in (found.alone, found.among, found.plays)] for at in here}
        made.append(
            Unlock(
                step=index.steps[number],
                recordings=int(tally.alone[number]),
                among=int(tally.among[number]),
                plays=int(tally.plays[number]),
                waiting=int(tally.waiting[number]),
                territories=TerritorySet.of(*(TERRITORIES[at] for at in np.flatnonzero(found.alone[row]))),
                places={place: Place(*counts[place]) for place in sorted(counts)},
                example=examples[row],
                because=short.because,
                could_grant=short.could_grant,
                refused=short.code == "clearance.refused" or " said no to " in short.because,
            )
        )
    return made


def _shortfall(answer: Answer, step: Step, asked: TerritorySet) -> Shortfall:
    """What an answer says of a step, where it was asked about."""
    return next(
        short
        for short in answer.shortfalls
        if short.territories & asked and step_of(short.code, short.subject, short.party, short.right) == step
    )
