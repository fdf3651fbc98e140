"""Which tracks are one sound, so that naming the one where the other is heard is neither a false positive nor wrong.

Three kinds of evidence. *A line*: two plain excerpts of a track or more lie on one line of a recording, so they have a
passage in common, whatever it sounds like. *A version*: half of the track's longer excerpts or more lie on one line, so the
whole is another take of it (remaster, sped-up). *Waveforms* (`eval.shared`): they are one sound at the place named.
Versions are one track to all of this: where A has a passage or a sound in common with B, and B is a version of C, so has A
with C. Passages and sounds go no further than that: A has one with B, B another with C, and A and C may have none.
A query holds what was laid over the track as well, and is judged by both.

Waveforms are asked as little as can be, since the judge says yes to some of what agrees by chance (7 of 60 faint ones, 6 to 37
nats): only where the answer would otherwise count, as a statement where there was nothing, as the highest of nothing, above
the highest that the other half had, or as a wrong recording; and only from LEAST_NATS on, which chance does not reach (of
11,945 excerpts of nothing the strongest recording of another collection had 25). What is fainter stands, in the tail too,
against Accord.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

from eval.shared import Likeness, Sounded, line_of

Answer = dict[str, Any]
Named = dict[str, Any]  # a recording, the evidence, where the query's middle lies in it, pitch and tempo
Pair = tuple[str, str]  # a track that was heard, and a recording

LEAST_NATS, LINE_APART_S = 30.0, 1.5
LONGER_S, WHOLE = 10, 0.5


class Twins:
    """What is known of which pairs, from plain excerpts at first and from waveforms as they are asked.

    `sounded` says what music a query holds, and `alike` how alike waveforms are. `judged` counts how often it was asked.
    """

    def __init__(
        self,
        plain: Iterable[Answer],
        sounded: Callable[[Answer], list[Sounded]],
        alike: Callable[[Sounded, Named], Likeness],
    ) -> None:
        alone = [answer for answer in plain if not answer["beside"]]
        self.sounded, self.alike, self.judged = sounded, alike, 0
        self.lines = lines(alone)
        self.versions = {pair: row for pair, row in self.lines.items() if _whole(pair, row, alone)}
        self.shared: dict[Pair, tuple[Named, Likeness]] = {}
        self._takes = _joined(self.versions)
        self._known = self._spread(self.lines)
        self._asked: dict[tuple[str, str], bool] = {}

    def known(self, answer: Answer, recording: str) -> bool:
        """Whether something that is heard in this query is known to be one sound with the recording."""
        tracks = [answer["track"]]
        if answer["beside"] == "music" or "mash-up" in answer["condition"]:
            tracks = [heard.track for heard in self.sounded(answer)]
        return any((track, recording) in self._known or recording in self._takes.get(track, ()) for track in tracks)

    def same(self, answer: Answer, named: Named) -> bool:
        """The same, and where it is not known yet whether it is one by its waveforms at this place."""
        asked = answer["key"], named["recording"]
        if self.known(answer, named["recording"]):
            return True
        if named["nats"] < LEAST_NATS:
            return False
        if asked not in self._asked:
            self._asked[asked] = any(self._judged(heard, named) for heard in self.sounded(answer))
        return self._asked[asked]

    def _judged(self, heard: Sounded, named: Named) -> bool:
        self.judged += 1
        found, pair = self.alike(heard, named), (heard.track, named["recording"])
        if found.same:
            self.shared[pair] = named, found
            self._known |= self._spread([pair])
        return found.same

    def _spread(self, pairs: Iterable[Pair]) -> set[Pair]:
        """These pairs, either way round, and those of all their versions."""
        out = set()
        for one, other in pairs:
            for a, b in product(self._takes.get(one, {one}), self._takes.get(other, {other})):
                out |= {(a, b), (b, a)}
        return out


def lines(alone: Iterable[Answer]) -> dict[Pair, list[Answer]]:
    """By pair: excerpts that lie on one line of the recording with another excerpt of the track, where there are any."""
    rows: dict[Pair, list[Answer]] = defaultdict(list)
    for answer in alone:
        if answer["other"]["nats"] >= LEAST_NATS:
            rows[answer["track"], answer["other"]["recording"]].append(answer)
    agreeing = {
        pair: [a for a in row if any(_one_line(a, b) for b in row if b["middle_s"] != a["middle_s"])]
        for pair, row in rows.items()
    }
    return {pair: row for pair, row in agreeing.items() if row}


def _whole(pair: Pair, row: list[Answer], alone: list[Answer]) -> bool:
    """Whether WHOLE of the track's excerpts of LONGER_S and more lie on one line."""
    longer = [a for a in row if a["seconds"] >= LONGER_S]
    most = max((sum(_one_line(a, b) for b in longer) for a in longer), default=0)
    return most > 1 and most >= WHOLE * sum(a["track"] == pair[0] and a["seconds"] >= LONGER_S for a in alone)


def _one_line(a: Answer, b: Answer) -> bool:
    tempo = 0.5 * (a["other"]["tempo"] + b["other"]["tempo"])
    away = (b["other"]["at_s"] - a["other"]["at_s"]) - tempo * (b["middle_s"] - a["middle_s"])
    same = abs(a["other"]["pitch"] / b["other"]["pitch"] - 1) < 0.02
    return same and abs(away) < LINE_APART_S + 0.01 * abs(b["middle_s"] - a["middle_s"])


def _joined(pairs: Iterable[Pair]) -> dict[str, set[str]]:
    """Track → all versions of it, itself among them, for what has any."""
    takes: dict[str, set[str]] = {}
    for one, other in pairs:
        both = takes.get(one, {one}) | takes.get(other, {other})
        takes.update(dict.fromkeys(both, both))
    return takes


def standing(answer: Answer, is_same: Callable[[Answer, Named], bool]) -> Answer | None:
    """The answer to a query of what is not indexed, with the strongest that was named and is not the same; None: all is."""
    others = [line_of(answer, match) for match in answer["stated"]]
    named = [answer["other"], *(one for one in others if one["recording"] != answer["other"].get("recording"))]
    left = [one for one in named if not one["nats"] or not is_same(answer, one)]
    return {**answer, "other": max(left, key=lambda one: float(one["nats"]))} if left else None


def stand(nothing: list[Answer], twins: Twins) -> list[Answer]:
    """The answers of nothing that stand, once waveforms were asked wherever one would count otherwise.

    A pair that is found at one length is left out at all, so it is gone through until nothing more is found.
    """
    known = -1
    while known != len(twins.shared):
        known = len(twins.shared)
        for seconds in sorted({a["seconds"] for a in nothing}):
            here = [a for a in nothing if a["seconds"] == seconds]
            held = _highest([a for a in here if a["half"] == "development"], twins, None)
            _highest([a for a in here if a["half"] == "report"], twins, held)
    found = (standing(a, lambda answer, one: twins.known(answer, one["recording"])) for a in nothing)
    return [a for a in found if a is not None]


def _highest(answers: list[Answer], twins: Twins, held: float | None) -> float | None:
    """The evidence of the strongest that stands, after asking of it, of what is stated, and of what is above `held`."""
    highest: float | None = None
    for answer in sorted(answers, key=lambda a: -float(a["other"]["nats"])):
        nats = answer["other"]["nats"]
        counts = answer["stated"] or highest is None or nats > highest or (held is not None and nats > held)
        stands = standing(answer, twins.same) if counts else None
        if stands is not None:
            highest = max(highest or 0.0, stands["other"]["nats"])
    return highest
