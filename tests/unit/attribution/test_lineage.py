"""Lineage: who is heard when, and what is no span."""

from __future__ import annotations

from fractions import Fraction

import pytest

from accord.attribution import lineage, rules
from accord.attribution.lineage import span
from accord.attribution.records import ShareKind, ShareRow
from accord.attribution.rules import Part
from accord.governance.records import Split
from accord.terms.refusal import BadInput

SPLIT = Split(version=1, sources_ppm=800_000, model_ppm=0, cocreator_ppm=200_000)


def mash_up(gain: float) -> tuple[int, tuple[ShareRow, ...]]:
    spans = [span("R1", 0, 20, 1), span("R2", 10, 30, gain)]
    sources = [Part(a, w, "m", "b") for a, w in lineage.shares(spans).items()]
    return rules.combine({ShareKind.SOURCE: sources, ShareKind.COCREATOR: [Part("fan", Fraction(1), "m", "b")]}, SPLIT)


@pytest.mark.parametrize(("gain", "expected"), [(1, "2/5 2/5 1/5"), (0.5, "4/9 16/45 1/5")])
def test_the_mash_up_of_story_7(gain: float, expected: str) -> None:
    """R1 for 20 s, R2 from 10 s to 30 s, a fifth to the co-creator: the fractions of the story, exactly."""
    total, rows = mash_up(gain)
    found = {row.subject: Fraction(row.units, total) for row in rows}
    assert [found["R1"], found["R2"], found["fan"]] == [Fraction(f) for f in expected.split()]


def test_the_timeline_shows_one_both_and_the_other() -> None:
    """The waveform's colours: R1 until 10 s, both until 20 s, R2 until the end."""
    found = lineage.timeline([span("R1", 0, 20, 1), span("R2", 10, 30, 1)])
    assert [(s.from_s, s.to_s, [a for a, _ in s.heard]) for s in found] == [
        (0, 10, ["R1"]),
        (10, 20, ["R1", "R2"]),
        (20, 30, ["R2"]),
    ]


def test_a_silent_source_has_no_share() -> None:
    """At gain zero, or for no time at all, nobody is heard."""
    assert lineage.shares([span("R1", 0, 20, 1), span("R2", 0, 20, 0), span("R3", 5, 5, 1)]) == {"R1": 1}


def test_a_turned_phase_is_heard_all_the_same() -> None:
    """A gain of −1 is as loud as one of 1."""
    assert lineage.shares([span("R1", 0, 20, 1), span("R2", 0, 20, -1)]) == {"R1": Fraction(1, 2), "R2": Fraction(1, 2)}


def test_overlaps_of_one_source_count_its_seconds_once() -> None:
    """A source laid over itself is louder, not longer."""
    assert lineage.seconds([span("R1", 0, 20, 1), span("R1", 10, 30, 1)]) == {"R1": 30}


def test_a_span_that_ends_before_it_begins_is_named() -> None:
    """Seconds 20 to 10 of R1 are refused with the asset."""
    with pytest.raises(BadInput, match="a span of R1 ends at 10 s"):
        lineage.shares([span("R1", 20, 10, 1)])


def test_nobody_to_attribute_to_is_a_mistake() -> None:
    """Without any part there is no attribution, not an empty one."""
    with pytest.raises(ValueError, match="nobody"):
        rules.combine({ShareKind.SOURCE: []}, SPLIT)
