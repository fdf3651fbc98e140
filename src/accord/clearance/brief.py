"""Answers for machines that ask all day: yes or no, where, and on what grounds, without the sentences (pure).

Assets that rest on the same words are cleared on the same grounds, so those are worked out, and written out, once for
all of them and kept until anybody says anything. The values are those of `rules.decide_many`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from accord.clearance import rules
from accord.clearance.index import Index
from accord.clearance.records import RULE_VERSION, Grounds, Question
from accord.terms import instant
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

#: Assets whose grounds are kept; beyond that all are forgotten and worked out again.
MOST_KEPT = 1_000_000


class Brief(msgspec.Struct, frozen=True):
    """An answer in the words and the order of the API's; grounds are JSON already."""

    decision: str
    asset: str
    use: Use
    feature: str
    at: str
    known: int
    rule_version: str
    cleared: str
    deals: msgspec.Raw
    choices: msgspec.Raw
    answer: str
    conditions: msgspec.Raw


Written = tuple[msgspec.Raw, msgspec.Raw, msgspec.Raw]


class Briefs:
    """The grounds that were worked out for one index, as JSON: by asset, and by the words that assets rest on."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._requirements = index.requirements
        self._of_asset: dict[str, tuple[int, Written]] = {}
        self._of_words: dict[tuple[int, bytes, bool], Written] = {}

    def of(self, assets: Sequence[str], question: Question, where: int | None = None) -> list[Brief]:
        """One brief answer per asset, in the order asked; `where` narrows the question to some territories.

        The index must be up to date with `question.at`. Raises: KeyError for an asset that is not there.
        """
        index = self.index
        if self._requirements is not index.requirements or len(self._of_asset) > MOST_KEPT:
            self._requirements = index.requirements
            self._of_asset.clear()
            self._of_words.clear()
        needed = index.offered if where is None else where
        shown = WORLD.bits if where is None else where
        decision_of = rules.decision_ids(question, index.state.known)
        about = (question.use, question.feature, instant.text(question.at), index.state.known, RULE_VERSION)
        kept = self._of_asset
        found = []
        for asset in assets:
            cleared, (deals, choices, conditions) = kept.get(asset) or self._worked_out(asset)
            answer = "yes" if needed and not needed & ~cleared else "no"
            text = _text(cleared & shown)
            found.append(Brief(decision_of(asset), asset, *about, text, deals, choices, answer, conditions))
        return found

    def _worked_out(self, asset: str) -> tuple[int, Written]:
        requirements, cleared = self.index.requirements, self.index.cleared(asset)
        rests_on = self.index.rests_on(asset)
        if rests_on is None:
            written = _written(rules.grounds(requirements, asset, cleared))
        else:
            key = (cleared, rests_on, rules.non_commercial(requirements, asset))
            if key not in self._of_words:
                self._of_words[key] = _written(rules.grounds(requirements, asset, cleared))
            written = self._of_words[key]
        self._of_asset[asset] = cleared, written
        return cleared, written


def _written(grounds: Grounds) -> Written:
    deals, choices, conditions = (
        msgspec.json.encode(part) for part in (grounds.deals, grounds.choices, grounds.conditions)
    )
    return msgspec.Raw(deals), msgspec.Raw(choices), msgspec.Raw(conditions)


@lru_cache(maxsize=4096)
def _text(bits: int) -> str:
    return TerritorySet(bits).text()
