"""Tempo and key of rendered music whose tempo and key are known."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.studio.scores import tune

from accord.studio.estimates import Known, estimate_key, estimate_tempo, first_beat_s
from accord.studio.rendering import render

CASES = [(92, "E minor", 1), (120, "C major", 2), (144, "F minor", 3), (76, "D major", 4), (110, "Bb major", 5)]


@pytest.fixture(scope="module")
def renderings():
    """Five tunes, rendered."""
    return {case: render(tune(*case, bars=10)) for case in CASES}


@pytest.mark.parametrize("case", CASES)
def test_the_tempo_is_found_to_a_quarter_of_a_percent(renderings, case):
    """Up to double and half, the estimate is within 0.25 %, so that 30 s drift by less than 80 ms; it says so itself."""
    found = estimate_tempo(renderings[case].mix, 44_100)
    assert min(abs(found.bpm * f / case[0] - 1) for f in (0.5, 1, 2)) < 0.0025
    assert found.known is Known.ESTIMATE and 0 < found.confidence <= 1


@pytest.mark.parametrize("case", CASES)
def test_the_first_beat_is_found(renderings, case):
    """The score begins on the beat; the estimate finds it within 80 ms (soft attacks sound later than they are written)."""
    found = estimate_tempo(renderings[case].mix, 44_100)
    late = found.first_beat_s % (60 / found.bpm)
    assert min(late, 60 / found.bpm - late) < 0.08


def test_most_keys_are_found_and_the_runner_up_is_named(renderings):
    """At least four of five keys are right; every estimate names its runner-up."""
    found = {case: estimate_key(renderings[case].mix, 44_100) for case in CASES}
    assert sum(key.name == case[1] for case, key in found.items()) >= 4
    assert all(key.runner_up and key.runner_up != key.name for key in found.values())


def test_silence_and_noise_have_no_confidence():
    """Where there is no beat and no key, the estimate says that it does not know."""
    silence = np.zeros((44_100 * 4, 2), np.float32)
    noise = np.random.default_rng(0).standard_normal((44_100 * 8, 2)).astype(np.float32) * 0.1
    assert estimate_tempo(silence, 44_100).confidence == 0 and estimate_key(silence, 44_100).confidence == 0
    assert estimate_tempo(noise, 44_100).confidence < 0.2


@pytest.mark.parametrize("late_s", [0.0, 0.13, 0.4])
def test_where_the_tempo_is_known_a_first_beat_is_found_in_two_seconds(renderings, late_s):
    """Cut so short that no tempo is estimated, the beat is found within 60 ms at the tempo that is known; silence has none."""
    for case in ((92, "E minor", 1), (144, "F minor", 3)):
        sound = renderings[case].mix[int(late_s * 44_100) : int((late_s + 2) * 44_100)]
        assert estimate_tempo(sound, 44_100).confidence == 0
        off = (first_beat_s(sound, 44_100, case[0]) + late_s) % (60 / case[0])
        assert min(off, 60 / case[0] - off) < 0.06
    assert first_beat_s(np.zeros((44_100, 2), np.float32), 44_100, 120.0) == 0.0
