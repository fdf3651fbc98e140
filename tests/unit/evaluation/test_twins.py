"""What the evaluation of fingerprints leaves out: judged where it counts, by what is heard, as far as versions go."""

from __future__ import annotations

from typing import Any

import numpy as np
from eval import telling, twins
from eval.shared import Likeness, Sounded
from eval.twins import Twins, stand

Answer = dict[str, Any]
YES, NO = Likeness(0.9, 0.1, 0.12), Likeness(0.2, 0.15, 0.12)
_number = 0


def answer(
    track: str,
    recording: str,
    nats: float,
    at_s: float = 0.0,
    middle_s: float = 0.0,
    half: str = "report",
    seconds: int = 10,
    **more: Any,
) -> Answer:
    """An answer to an excerpt of a track that is not indexed: the strongest that was named, and nothing stated."""
    global _number
    _number += 1
    other = {"recording": recording, "nats": nats, "at_s": at_s, "tempo": 1.0, "pitch": 1.0}
    said = {"condition": "", "beside": "", "stated": [], "apart": nats, "hours": 5.0, "true": 0.0, "truths": 0}
    key = f"{half}|{more.get('condition', '')}|{seconds}|{_number}|{track}|{more.get('beside', '')}"
    named = {"key": key, "half": half, "seconds": seconds, "track": track, "middle_s": middle_s, "other": other}
    return {**said, **named, **more}


def statement(recording: str, nats: float, right: bool = False) -> dict[str, Any]:
    """A stated match."""
    return {
        "recording": recording,
        "right": right,
        "nats": nats,
        "pitch": 1.0,
        "tempo": 1.0,
        "span": [0.0, 10.0, 5.0, 15.0],
    }


def on_a_line(track: str, recording: str, count: int, of: int) -> list[Answer]:
    """`of` excerpts of a track, of which so many lie on one line of the recording."""
    there = [answer(track, recording, 60.0, at_s=20.0 * n + 7, middle_s=20.0 * n) for n in range(count)]
    return there + [answer(track, "another", 9.0, middle_s=20.0 * n) for n in range(count, of)]


class Ear:
    """A judge that says yes to some pairs, hears what was laid over, and writes down what it was asked."""

    def __init__(self, *same: tuple[str, str]) -> None:
        self.pairs, self.asked = set(same), list[tuple[str, str, float]]()

    def sounded(self, answer: Answer) -> list[Sounded]:
        """The track, and what is said to have lain over it."""
        return [Sounded(answer["track"], 0.0), *(Sounded(name, 0.0) for name in answer.get("laid", ()))]

    def alike(self, heard: Sounded, named: dict[str, Any]) -> Likeness:
        """Yes to the pairs it knows."""
        self.asked.append((heard.track, named["recording"], named["nats"]))
        return YES if (heard.track, named["recording"]) in self.pairs else NO

    def over(self, answers: list[Answer]) -> Twins:
        """What it makes of these."""
        return Twins(telling.plain(answers), self.sounded, self.alike)


def test_only_what_would_count_is_judged_and_a_pair_that_is_found_never_again() -> None:
    """Of forty excerpts each half those that may be the highest, in falling order, until one stands; a pair that was found the
    same is left out everywhere and not asked of again."""
    ear = Ear(("T0", "R0"), ("T1", "R1"))
    faint = [answer(f"T{n}", f"R{n}", 29 - 0.1 * n, half=half) for n in range(40) for half in ("development", "report")]
    loud = [answer("T0", "R0", 90), answer("T0", "R0", 80), answer("T1", "R1", 70), answer("T2", "R2", 60)]
    again = [answer("T3", "R3", 50), answer("T0", "R0", 31, seconds=30)]
    known = ear.over([*faint, *loud, *again])
    left = stand([*faint, *loud, *again], known)
    assert ear.asked == [("T0", "R0", 90), ("T1", "R1", 70), ("T2", "R2", 60), ("T3", "R3", 50)]
    assert {(a["track"], a["other"]["recording"]) for a in faint + loud + again} - {
        (a["track"], a["other"]["recording"]) for a in left
    } == {("T0", "R0"), ("T1", "R1")}
    assert known.judged == len(ear.asked)
    # the third is above what the other half held, so it counts and is asked of; nothing below it is
    assert max(a["other"]["nats"] for a in left) == 60


def test_what_is_judged_is_all_that_can_change_the_highest_and_what_is_stated() -> None:
    """Beside a judge that is asked of every excerpt from LEAST_NATS on: the same highest of each half and length, the same
    false positives, the same above the other half's highest, whatever the judge says."""
    for seed in range(60):
        dice = np.random.default_rng(seed)
        answers = []
        for _ in range(60):
            track, recording = f"T{dice.integers(6)}", f"R{dice.integers(4)}"
            nats, half, seconds = float(dice.uniform(5, 60)), str(dice.choice(["development", "report"])), 5
            stated = [statement(recording, nats)] if nats > 45 else []
            answers.append(answer(track, recording, nats, half=half, seconds=seconds, stated=stated, condition=""))
        for one in answers:  # no two of them on a line
            one["other"]["at_s"] = float(dice.uniform(0, 1e6))
        same = [(f"T{t}", f"R{r}") for t in range(6) for r in range(4) if dice.random() < 0.4]
        left = stand(answers, Ear(*same).over(answers))
        plainly = [a for a in answers if (a["track"], a["other"]["recording"]) not in same or a["other"]["nats"] < 30]
        excused = {(a["track"], a["other"]["recording"]) for a in answers if a["other"]["nats"] >= 30} & set(same)
        plainly = [a for a in plainly if (a["track"], a["other"]["recording"]) not in excused]
        for half in ("development", "report"):
            assert _nats(left, half)[:1] == _nats(plainly, half)[:1]
            assert [a["key"] for a in left if a["stated"]] == [a["key"] for a in plainly if a["stated"]]
        held = max(_nats(plainly, "development"), default=99.0)
        assert [n for n in _nats(left, "report") if n > held] == [n for n in _nats(plainly, "report") if n > held]


def _nats(answers: list[Answer], half: str) -> list[float]:
    return sorted((a["other"]["nats"] for a in answers if a["half"] == half), reverse=True)


def test_what_is_faint_is_not_judged_and_stands() -> None:
    """A judge that says yes to everything is not asked below LEAST_NATS: what is stated there is a false positive."""
    ear = Ear(("T", "R"))
    faint = answer("T", "R", 29.9, stated=[statement("R", 29.9)])
    assert stand([faint], ear.over([faint])) == [faint] and ear.asked == []


def test_versions_are_transitive_and_passages_are_not() -> None:
    """A track that shares a passage with B is not wrong to name what B is a version of, either way round; what shares a loop
    with B shares nothing by it with what else has that loop."""
    plain = [
        *on_a_line("B", "C", 5, of=8),
        *on_a_line("A", "B", 2, of=20),
        *on_a_line("L", "B", 2, of=20),
    ]
    known = Ear().over(plain)
    assert set(known.versions) == {("B", "C")} and set(known.lines) == {("B", "C"), ("A", "B"), ("L", "B")}
    for track, recording in (("A", "B"), ("A", "C"), ("C", "A"), ("B", "C"), ("C", "B"), ("L", "C")):
        assert known.known(answer(track, recording, 40), recording), (track, recording)
    for track, recording in (("A", "L"), ("L", "A"), ("A", "another")):
        assert not known.known(answer(track, recording, 40), recording), (track, recording)


def test_a_sound_that_is_found_by_its_waveform_goes_as_far_as_versions() -> None:
    """Found of A and B, it holds of A and C, which B is a version of, without another question."""
    ear = Ear(("A", "B"))
    plain = on_a_line("B", "C", 3, of=4)
    known = ear.over(plain)
    assert not known.known(answer("A", "C", 40), "C")
    assert known.same(answer("A", "B", 40), {"recording": "B", "nats": 40.0})
    assert known.same(answer("A", "C", 40), {"recording": "C", "nats": 40.0}) and len(ear.asked) == 1


def test_what_was_laid_over_may_be_named() -> None:
    """A mash-up's other track is a version of what was named: right. The same statement without it is wrong, and one about a
    pair that only the track itself makes is not excused by what else it lay in."""
    ear = Ear()
    known = ear.over(on_a_line("Laid", "R", 3, of=4))
    stated = [statement("R", 50.0), statement("Own", 90.0, right=True)]
    mashed = answer("Own", "R", 50, condition="mash-up 0 dB", laid=("Laid",), stated=stated)
    alone = answer("Own", "R", 50, condition="clean", stated=stated)
    assert telling.wrongly(mashed, known) == [] and ear.asked == []
    assert [named["recording"] for named in telling.wrongly(alone, known)] == ["R"]
    plain = answer("Own", "R", 50, beside="music", laid=("Laid",))
    assert stand([plain, alone | {"condition": ""}], known)[0]["key"] == alone["key"]


def test_an_excerpt_that_names_two_stands_by_the_one_that_is_not_the_same() -> None:
    """The stronger is a version and left out; the weaker is counted, with its own evidence."""
    known = Ear().over(on_a_line("T", "R", 3, of=4))
    two = answer("T", "R", 80, stated=[statement("R", 80), statement("Stranger", 41)])
    (left,) = stand([two], known)
    assert (left["other"]["recording"], left["other"]["nats"]) == ("Stranger", 41)
    assert left["stated"]


def test_a_pair_found_later_is_left_out_of_what_was_gone_through_before() -> None:
    """Judged no at its highest and yes at another length, it is left out there too, and what is below is asked of then."""
    calls: list[tuple[str, float]] = []

    class Wavering(Ear):
        def alike(self, heard: Sounded, named: dict[str, Any]) -> Likeness:
            calls.append((heard.track, named["nats"]))
            return YES if named["nats"] == 50 else NO

    answers = [
        answer("T", "R", 90, seconds=5),
        answer("U", "R", 60, seconds=5),
        answer("T", "R", 50, seconds=10),
    ]
    left = stand(answers, Wavering().over(answers))
    assert [a["track"] for a in left] == ["U"] and calls == [("T", 90), ("T", 50), ("U", 60)]


def test_half_of_the_longer_excerpts_on_a_line_are_a_version() -> None:
    """Short excerpts say nothing of the whole, and two of twenty are a passage."""
    assert twins.Twins(on_a_line("A", "B", 4, of=8), Ear().sounded, Ear().alike).versions
    assert not twins.Twins(on_a_line("A", "B", 3, of=8), Ear().sounded, Ear().alike).versions
    short = [one | {"seconds": 5} for one in on_a_line("A", "B", 4, of=4)]
    found = twins.Twins(short, Ear().sounded, Ear().alike)
    assert found.lines and not found.versions
