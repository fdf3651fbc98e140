"""From answers to the table: shares with their intervals, tails, thresholds, versions.

Columns, all of the report half but for what is fitted:
  zero   found with more evidence than any of the report half's negatives of that length has (what peers are quoted at)
  held   found above the highest negative of the *development* half (a threshold set on other music)
  says   what identify() states at the threshold it ships with
  1e-6   found at 1e-6 false matches a query over a million indexed hours, by the development half's tail
Naming a recording that is one sound with what is heard (`eval.twins`) is neither a false positive nor wrong. Bounds are
Clopper and Pearson's at 95 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from eval.conditions import CONDITIONS, FURTHER, MADE
from eval.peers import zero_recall
from eval.shared import line_of
from eval.shares import bounds, upper
from eval.twins import Answer, Named, Twins, stand

MILLION_HOURS, FALSE_A_QUERY = 1e6, 1e-6
MANY = 300
#: recall at zero false positives to reach, at 5 s and 10 s, in percent
GOALS: dict[str, tuple[int, int]] = {
    "clean": (100, 100),
    "MP3 64 kb/s": (100, 100),
    "phone, µ-law": (100, 100),
    "white 10 dB": (100, 100),
    "white 0 dB": (97, 100),
    "babble 10 dB": (100, 100),
    "babble 0 dB": (90, 95),
    "mash-up 0 dB": (96, 98),
    "mash-up -6 dB": (88, 94),
    "pitch +2": (100, 100),
    "tempo +8 %": (100, 100),
    "tempo -8 %": (100, 100),
    "speed +4 %": (100, 100),
    "pitch +2, mash-up 0 dB": (88, 98),
}
#: at 1e-6 false matches a query over a million hours, 10 s, in percent
FAR_GOALS = {
    "clean": 99,
    "pitch +2": 99,
    "tempo +8 %": 99,
    "tempo -8 %": 99,
    "speed +4 %": 99,
    "phone, µ-law": 99,
    "white 0 dB": 92,
    "babble 0 dB": 75,
    "mash-up 0 dB": 94,
    "mash-up -6 dB": 78,
}


@dataclass(frozen=True)
class Tail:
    """How the evidence of nothing falls off: exponentially above the value that `share` of the excerpts exceed.

    Fitted to the strongest recording from *another* collection: those are what a larger index has more of. `highest` is
    that of all recordings, one's own album too, which shares loops and sounds with the excerpt.
    """

    share: float
    base: float
    fold: float
    highest: float
    n: int
    hours: float

    def threshold(self, false: float, hours: float) -> float:
        """Evidence from which `false` false matches a query are expected in an index of so many hours."""
        return self.base + self.fold * math.log(self.share * max(1.0, hours / self.hours) / false)


def fitted(answers: list[Answer]) -> Tail:
    """The tail of negatives' evidence: above the 90th percentile, with few excerpts above the 80th."""
    nats = np.array([a["apart"] for a in answers])
    if not nats.any():  # all of one collection, as the demonstration's music is
        nats = np.array([a["other"]["nats"] for a in answers])
    share = 0.1 if len(nats) >= MANY else 0.2
    base = float(np.quantile(nats, 1 - share))
    above = nats[nats > base] - base
    highest = max(a["other"]["nats"] for a in answers)
    return Tail(share, base, float(above.mean()) if len(above) else 0.0, highest, len(nats), answers[0]["hours"])


def tell(answers: list[Answer], peer: list[Answer], twins: Twins) -> list[dict[str, Any]]:
    """Print the whole table, beside what a peer answered; the same as rows."""
    nothing = stand([a for a in answers if not a["condition"]], twins)
    rows = [row for seconds in (3, 5, 10, 30) for row in _of_length(answers, nothing, peer, twins, seconds)]
    tell_twins(twins)
    return rows


def plain(answers: list[Answer]) -> list[Answer]:
    """Those to excerpts that nothing was done to."""
    return [a for a in answers if a["condition"] in ("", "clean")]


def _of_length(
    answers: list[Answer], nothing: list[Answer], peer: list[Answer], twins: Twins, seconds: int
) -> list[dict[str, Any]]:
    developed = [a for a in nothing if a["half"] == "development" and a["seconds"] == seconds]
    reported = [a for a in nothing if a["half"] == "report" and a["seconds"] == seconds]
    positive = [a for a in answers if a["condition"] and a["half"] == "report" and a["seconds"] == seconds]
    if not developed or not reported or not positive:
        return []
    tail, shown = fitted(developed), fitted(reported)
    far = tail.threshold(FALSE_A_QUERY, MILLION_HOURS)
    said = sum(bool(a["stated"]) for a in reported)
    above = sum(a["other"]["nats"] > tail.highest for a in reported)
    print(f"\n{seconds} s: {'':<28} n   zero   held   says   1e-6  wrong   goal (zero; 1e-6)")
    rows = []
    for name in [*CONDITIONS, *FURTHER]:
        cell = [a for a in positive if a["condition"] == name]
        if cell:
            rows.append(
                _row(name, seconds, cell, (shown.highest, tail.highest, far), zero_recall(peer, name, seconds), twins)
            )
    print(
        f"negatives: development {tail.n} ({1 - tail.share:.0%} below {tail.base:.1f} nats, e-fold {tail.fold:.2f}, highest {tail.highest:.1f}),"
        f" report {shown.n} ({1 - shown.share:.0%} below {shown.base:.1f}, e-fold {shown.fold:.2f}, highest {shown.highest:.1f})"
    )
    print(
        f"false positives of {shown.n}: stated {said} (95 % upper bound {upper(said, shown.n):.2%}), above the development"
        f" half's highest {above} ({upper(above, shown.n):.2%}); threshold for 1e-6 at a million hours {far:.1f} nats"
    )
    wrong = sum(row["wrong"] for row in rows)
    n = len(positive)
    print(f"wrong recordings stated beside or instead: {wrong} of {n} (95 % upper bound {upper(wrong, n):.2%})")
    return rows


def _row(
    name: str,
    seconds: int,
    cell: list[Answer],
    thresholds: tuple[float, float, float],
    peer: tuple[int, int] | None,
    twins: Twins,
) -> dict[str, Any]:
    n = len(cell)
    zero, held, far = (sum(a["true"] > t for a in cell) for t in thresholds)
    says = sum(len({m["recording"] for m in a["stated"] if m["right"]}) == a["truths"] for a in cell)
    wrong = sum(bool(wrongly(a, twins)) for a in cell)
    goal = GOALS[name][0 if seconds <= 5 else 1] if name in GOALS and seconds >= 5 else None
    far_goal = FAR_GOALS.get(name) if seconds == 10 else None
    low, high = bounds(zero, n)
    words = "" if goal is None else f"{goal}" + ("" if far_goal is None else f"; {far_goal}")
    missed = "  below" if (goal or 0) > 100 * zero / n or (far_goal or 0) > 100 * far / n else ""
    print(
        f"{name:<32}{n:>4} {100 * zero / n:>6.1f} {100 * held / n:>6.1f} {100 * says / n:>6.1f} {100 * far / n:>6.1f} {wrong:>6}"
        f"   {words:<9} ({100 * low:.0f} to {100 * high:.0f}){missed}{_factors(name, cell)}"
        + (f"  chromaprint {100 * peer[0] / peer[1]:.0f} (n {peer[1]})" if peer else "")
    )
    return {
        "condition": name,
        "seconds": seconds,
        "n": n,
        "zero": zero / n,
        "held": held / n,
        "says": says / n,
        "far": far / n,
        "wrong": wrong,
        "goal": goal,
        "far_goal": far_goal,
        "interval": [low, high],
        "chromaprint": peer and peer[0] / peer[1],
    }


def _factors(name: str, cell: list[Answer]) -> str:
    """How far the stated factors lie from those that were made (medians, in percent)."""
    right = [m for a in cell for m in a["stated"] if m["right"]]
    if name not in MADE or not right:
        return ""
    pitch, tempo = (
        float(np.median([abs(m[k] / v - 1) for m in right]))
        for k, v in zip(("pitch", "tempo"), MADE[name], strict=True)
    )
    return f"  factors off by {pitch:.2%}, {tempo:.2%}"


def wrongly(answer: Answer, twins: Twins) -> list[Named]:
    """What was stated that is neither the truth nor one sound with anything that is heard."""
    stated = [line_of(answer, match) for match in answer["stated"] if not match["right"]]
    return [named for named in stated if not twins.same(answer, named)]


def tell_twins(twins: Twins) -> None:
    """Print the pairs, with what speaks for them."""
    print("\ncounted neither as false positives nor as wrong:")
    for (track, recording), row in sorted(twins.lines.items()):
        best = max(row, key=lambda a: a["other"]["nats"])["other"]
        what = "is a version of" if (track, recording) in twins.versions else "has a passage of"
        print(
            f"  {track} {what} {recording}: {len(row)} excerpts on a line, pitch ×{best['pitch']:.3f}, "
            f"tempo ×{best['tempo']:.3f}, at most {best['nats']:.0f} nats"
        )
    for (track, recording), (named, found) in sorted(twins.shared.items()):
        said = f"{found.here:.2f} there, {found.backward:.2f} played backwards, {named['nats']:.0f} nats"
        print(f"  {track} is one sound with {recording} by the waveforms: {said}")
    print(f"  waveforms were compared {twins.judged} times")
