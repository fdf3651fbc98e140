"""Properties of voice likeness.

| law or property | test |
|---|---|
| voices are found as the plain twin finds them, each apart from the others | test_voices_are_found_as_the_plain_twin_does |
| where there is no voice none is found, whatever the prints | test_where_no_voice_is_none_is_found |
| what is found is a stretch of the sound, and its best window is alike | test_a_stretch_lies_in_the_sound |
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.oracle import voices as oracle

from accord.integrity.likeness import LIKE, LIKE_UNDER, PARTIAL_S, Heard, find
from accord.integrity.speaker import F32, FRAMES

MANY = settings(max_examples=40, deadline=None)
seeds = st.integers(0, 10_000)


def made_up(seed: int, pieces: int, near: float) -> tuple[dict[str, F32], Heard]:
    """Two people's prints, and pieces that turn from one to the other; some hold no voice, some have music under them."""
    chance = np.random.default_rng(seed)
    marks = chance.random((2, 6)).astype(np.float32)
    marks /= np.linalg.norm(marks, axis=1, keepdims=True)
    who = (np.arange(pieces) // max(1, pieces // 3)) % 2
    raw = near * marks[who] + (1 - near) * chance.random((pieces, 6))
    directions = (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)
    floor = np.where(chance.random(pieces) < 0.5, -60.0, -10.0)
    quiet = np.arange(FRAMES) % 4 == 0
    energy = np.where(quiet, floor[:, None], 0.0) + chance.normal(0, 1, (pieces, FRAMES))
    heard = Heard(directions, chance.random(pieces) < 0.9, energy.astype(np.float32))
    return {"one": marks[0], "other": marks[1]}, heard


@settings(max_examples=15, deadline=None)
@given(seeds, st.integers(0, 18), st.floats(0.0, 1.0))
@example(seed=171, pieces=16, near=1.0)
def test_voices_are_found_as_the_plain_twin_does(seed: int, pieces: int, near: float) -> None:
    """Span, likeness and whether it is clean, for every made-up sound; a print alone finds what it finds among others."""
    prints, heard = made_up(seed, pieces, near)
    found = find(prints, heard)
    twin = oracle.find(
        {name: mark.tolist() for name, mark in prints.items()},
        heard.directions.tolist(),
        heard.voiced.tolist(),
        heard.energy_db.tolist(),
    )
    assert found.keys() == twin.keys()
    for name, span in found.items():
        start_s, end_s, alike, clean = twin[name]
        assert (span.start_s, span.end_s) == pytest.approx((start_s, end_s))
        assert span.likeness == pytest.approx(alike, abs=1e-5) and span.clean == clean
        alone = find({name: prints[name]}, heard)[name]
        assert (alone.start_s, alone.end_s, alone.clean) == (span.start_s, span.end_s, span.clean)


@MANY
@given(seeds, st.integers(0, 30))
def test_where_no_voice_is_none_is_found(seed: int, pieces: int) -> None:
    """Pieces that are a print to the letter count for nothing while the gate hears no voice in them."""
    prints, heard = made_up(seed, pieces, 1.0)
    assert find(prints, Heard(heard.directions, np.zeros(pieces, bool), heard.energy_db)) == {}


@MANY
@given(seeds, st.integers(5, 30))
def test_a_stretch_lies_in_the_sound(seed: int, pieces: int) -> None:
    """It is eight seconds or more, ends before the sound does, and its likeness is what counts as alike there."""
    prints, heard = made_up(seed, pieces, 0.95)
    for span in find(prints, heard).values():
        assert 0 <= span.start_s <= span.end_s - 5 * PARTIAL_S + 1e-9 and span.end_s <= pieces * PARTIAL_S + 1e-9
        assert span.likeness >= (LIKE if span.clean else LIKE_UNDER)
