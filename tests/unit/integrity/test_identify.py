"""Identify: found when it is there, however it was changed; silent when it is not."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.integrity.music import F32, RATE_HZ, mixed, song, stretched

from accord.integrity.identify import identify
from accord.integrity.index import Index, build_segment, merge
from accord.integrity.peaks import REFERENCE, find_peaks
from accord.integrity.records import Match


def of(number: int) -> F32:
    """One of the songs that are indexed."""
    return song(number, 45)


@pytest.fixture(scope="module")
def index() -> Index:
    """Eight songs of 45 s."""
    return merge([build_segment((f"R{n}", find_peaks(of(n), REFERENCE)) for n in range(8))])


def only(matches: list[Match]) -> Match:
    """The one match there is."""
    assert len(matches) == 1, matches
    return matches[0]


def test_a_whole_recording(index: Index) -> None:
    """A recording itself is found from beginning to end, at its own pitch and tempo."""
    match = only(identify(of(2), RATE_HZ, index))
    assert match.recording == "R2" and match.probability > 0.999
    assert match.query_start_s < 1.5 and match.query_end_s > 43.5
    assert abs(match.semitones) < 0.1 and abs(match.tempo_factor - 1) < 0.002


@pytest.mark.parametrize("seconds", [5, 10])
def test_an_excerpt(index: Index, seconds: int) -> None:
    """An excerpt is found with the place it was taken from."""
    match = only(identify(of(3)[RATE_HZ * 20 : RATE_HZ * (20 + seconds)], RATE_HZ, index))
    assert match.recording == "R3"
    assert abs((match.ref_start_s - match.query_start_s) - 20) < 0.1


@pytest.mark.parametrize("semitones", [-3, -1, 2, 3])
def test_pitch(index: Index, semitones: int) -> None:
    """A pitch shift of up to three semitones is found and named."""
    match = only(identify(stretched(of(1), semitones)[RATE_HZ * 5 : RATE_HZ * 17], RATE_HZ, index))
    assert match.recording == "R1" and abs(match.semitones - semitones) < 0.15


@pytest.mark.parametrize("tempo", [0.9, 0.95, 1.1])
def test_tempo(index: Index, tempo: float) -> None:
    """A tempo change of up to ten percent is found and named."""
    match = only(identify(stretched(of(4), tempo=tempo)[RATE_HZ * 5 : RATE_HZ * 17], RATE_HZ, index))
    assert match.recording == "R4" and abs(match.tempo_factor - tempo) < 0.01


def test_under_something_else(index: Index) -> None:
    """A recording under unrelated music of the same power is found."""
    match = only(identify(mixed(of(5)[: RATE_HZ * 20], song(99, 20)), RATE_HZ, index))
    assert match.recording == "R5" and match.evidence.share < 0.95


def test_two_at_once(index: Index) -> None:
    """A mash-up of two recordings names both."""
    assert {m.recording for m in identify(mixed(of(6), of(7)), RATE_HZ, index)} == {"R6", "R7"}


def test_one_after_another(index: Index) -> None:
    """Twelve seconds of a recording inside something else are found with their span; the rest is nobody's."""
    sound = np.concatenate([song(50, 15), of(0)[RATE_HZ * 10 : RATE_HZ * 22], song(51, 15)])
    match = only(identify(sound, RATE_HZ, index))
    assert match.recording == "R0"
    assert abs(match.query_start_s - 15) < 1.5 and abs(match.query_end_s - 27) < 1.5
    assert abs(match.ref_start_s - 10) < 1.5 and abs(match.ref_end_s - 22) < 1.5


@pytest.mark.parametrize("seed", range(100, 112))
def test_nothing_to_find(index: Index, seed: int) -> None:
    """Unrelated music is nobody's."""
    assert identify(song(seed, 25), RATE_HZ, index) == []


def test_noise_is_nobodys(index: Index) -> None:
    """Noise is nobody's."""
    assert identify(np.random.default_rng(0).normal(0, 0.1, RATE_HZ * 15).astype(np.float32), RATE_HZ, index) == []


def test_too_short(index: Index) -> None:
    """Under three seconds nothing is stated."""
    assert identify(of(2)[: RATE_HZ * 2], RATE_HZ, index) == []


def test_a_version_is_explained_by_its_declared_twin() -> None:
    """Of two versions of one recording only the declared one is named, since its peaks explain the other's."""
    twin = merge(
        [build_segment((name, find_peaks(sound, REFERENCE)) for name, sound in {"A": of(1), "B": 0.5 * of(1)}.items())]
    )
    for declared in ("A", "B"):
        assert only(identify(of(1), RATE_HZ, twin, frozenset({declared}))).recording == declared


def test_stereo_and_another_rate(index: Index) -> None:
    """Stereo at 44.1 kHz is heard as well."""
    stereo = np.repeat(np.repeat(of(2)[: RATE_HZ * 12], 2)[:, None], 2, axis=1)
    assert only(identify(stereo, 2 * RATE_HZ, index)).recording == "R2"
