"""Remixing: two clips end up on one beat, in one key, at one loudness, and the lineage says who is heard when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyloudnorm
import pytest
from tests.unit.studio.scores import tune

from accord.studio import loudness, remix
from accord.studio.estimates import Key, Known, Tempo, estimate_key, estimate_tempo
from accord.studio.material import pulse_bpm
from accord.studio.rendering import RATE, render
from accord.terms.refusal import BadInput


def clip(asset: str, bpm: float, key: str, seconds: float, seed: int, known: bool = True, **more: float) -> remix.Clip:
    """A rendered tune as a clip, its tempo and key known from the score or estimated."""
    samples = render(tune(bpm, key, seed, bars=14)).mix[: int(seconds * RATE)]
    if not known:
        return remix.Clip(asset, samples, estimate_tempo(samples, RATE), estimate_key(samples, RATE), **more)
    return remix.Clip(asset, samples, Tempo(bpm, 0.0, Known.SCORE), Key(key, Known.SCORE), **more)


@pytest.fixture(scope="module")
def pair():
    """Twenty seconds at 120 in C major, and fourteen at 92 in E minor that come in at 5.3 s with half the level."""
    return (
        clip("rec_a", 120, "C major", 14, 2),
        clip("rec_b", 92, "E minor", 14, 1, offset_s=5.3, gain=0.5),
    )


@pytest.fixture(scope="module")
def mixed(pair):
    """The two, mixed."""
    return remix.mix(pair, remix.plan(pair, RATE), RATE)


def test_the_second_clip_is_brought_to_the_first_ones_tempo_and_notes(pair):
    """92 → 120 is a ratio of 120/92; E minor has the notes of G major, five semitones below those of C major."""
    first, second = remix.plan(pair, RATE)
    assert (first.ratio, first.semitones) == (1, 0)
    assert second.ratio == pytest.approx(120 / 92) and second.semitones == 5 and second.key == "A minor"


def test_the_second_clip_comes_in_on_a_beat_near_its_offset(pair):
    """5.3 s is between beats of 120; the nearest beat is at 5.5 s."""
    assert remix.plan(pair, RATE)[1].start / RATE == pytest.approx(5.5, abs=1e-4)


def test_the_beats_meet(mixed):
    """As heard in the mix, the two clips' onsets are less than 25 ms apart."""
    assert mixed.figures.beat_offset_ms < 25
    assert mixed.figures.key_distance_fifths == 0


def test_estimated_clips_meet_too():
    """Without scores, the estimates are good enough to bring the beats together."""
    pair = (clip("a", 120, "C major", 14, 2, known=False), clip("b", 92, "E minor", 14, 1, known=False, offset_s=4))
    assert remix.mix(pair, remix.plan(pair, RATE), RATE).figures.beat_offset_ms < 40


def test_the_mix_is_at_the_target_loudness_under_the_ceiling(mixed):
    """-14 LUFS within half a unit, measured again here; no true peak above -1 dBTP."""
    assert loudness.integrated_lufs(mixed.samples, RATE) == pytest.approx(-14, abs=0.5)
    assert loudness.true_peak_dbtp(mixed.samples) <= -1.0
    assert mixed.figures.loudness_lufs == pytest.approx(loudness.integrated_lufs(mixed.samples, RATE), abs=0.01)


def test_the_lineage_names_what_is_heard_and_how_loud(mixed):
    """Each clip's span is where it was laid, with the gain that was asked for."""
    assert [(s.asset, s.gain) for s in mixed.lineage] == [("rec_a", 1.0), ("rec_b", 0.5)]
    assert mixed.lineage[1].to_s == pytest.approx(5.5 + 14 * 92 / 120, abs=0.001)


def test_a_muted_clip_is_not_in_the_lineage(pair):
    """What cannot be heard is not credited."""
    muted = (pair[0], remix.Clip("rec_b", pair[1].samples, pair[1].tempo, pair[1].key, 5.3, 0.0))
    assert [s.asset for s in remix.mix(muted, remix.plan(muted, RATE), RATE).lineage] == ["rec_a"]


def test_the_same_sources_give_the_same_sound(pair, mixed):
    """Remixing is deterministic."""
    assert np.array_equal(remix.mix(pair, remix.plan(pair, RATE), RATE).samples, mixed.samples)


def test_double_and_half_tempo_count_as_the_same():
    """60 needs no stretch to meet 120, and 140 meets 75 by slowing a little, not by halving."""
    assert remix.tempo_ratio(60, 120) == 1
    assert remix.tempo_ratio(140, 75) == pytest.approx(75 * 2 / 140)


@pytest.mark.parametrize(
    ("key", "target", "shift"),
    [("C major", "C major", 0), ("A minor", "C major", 0), ("E minor", "C major", 5), ("B major", "C major", 1),
     ("F# major", "C major", 6), ("D minor", "E minor", 2)],
)  # fmt: skip
def test_keys_meet_by_the_smallest_shift(key, target, shift):
    """Relative keys share their notes; shifts go from -5 to 6."""
    assert remix.key_shift(key, target) == shift


@pytest.mark.parametrize(
    "change", [{"gain": -1.0}, {"gain": 0.00004}, {"gain": float("nan")}, {"offset_s": -1.0}, {"offset_s": 1e9}]
)
def test_nonsense_is_bad_input(pair, change):
    """Negative gains, gains too small for shares to count, or that are no number, and offsets outside the mix: said to be wrong."""
    wrong = remix.Clip("rec_b", pair[1].samples, pair[1].tempo, pair[1].key, **change)
    with pytest.raises(BadInput):
        remix.plan((pair[0], wrong), RATE)


def test_a_mix_of_nothing_is_bad_input(pair):
    """No sources, or only muted ones, is said to be wrong."""
    with pytest.raises(BadInput):
        remix.plan((), RATE)
    with pytest.raises(BadInput):
        remix.plan((remix.Clip("a", pair[0].samples, pair[0].tempo, pair[0].key, 0, 0.0),), RATE)


@pytest.mark.parametrize("bpm", [0.0, -5.0, float("nan"), 5.0, 401.0, 1e6])
def test_a_tempo_that_cannot_be_mixed_at_is_bad_input(pair, bpm):
    """Zero, negative, no number, or beyond what anybody counts: said to be wrong."""
    with pytest.raises(BadInput, match="cannot be mixed at"):
        remix.plan(pair, RATE, tempo_bpm=bpm)


def test_a_clip_is_not_stretched_beyond_recognition(pair):
    """From 92 to 400 beats a minute is more than four times as fast: said to be wrong, with the clip's name."""
    with pytest.raises(BadInput, match="rec_b cannot be brought from 92 to 400"):
        remix.plan(pair, RATE, tempo_bpm=400)


def test_silence_is_nobodys_part(pair):
    """A clip in which nothing is heard would be credited for nothing: it is named and left to be chosen anew."""
    mute = remix.Clip("rec_s", np.zeros_like(pair[1].samples), pair[1].tempo, pair[1].key)
    with pytest.raises(BadInput, match="nothing is heard in the clip of rec_s"):
        remix.plan((pair[0], mute), RATE)
    assert len(remix.plan((pair[0], remix.Clip("rec_s", mute.samples, mute.tempo, mute.key, gain=0.0)), RATE)) == 2


def test_more_clips_than_anybody_hears_are_bad_input(pair):
    """Seventeen clips are too many."""
    with pytest.raises(BadInput, match="17 clips"):
        remix.plan((pair[0],) * 17, RATE)


@pytest.mark.parametrize(("metre", "bpm"), [((2, 4), 120), ((2, 2), 60), ((3, 2), 60), ((6, 8), 80), ((3, 8), 120)])
def test_a_beat_is_the_one_that_is_felt(metre, bpm):
    """A half note in 2/2: by its quarters, another tune's strong beats would fall on its weak ones half of the time."""
    assert pulse_bpm(replace(tune(120, "C major"), metre=metre)) == bpm


def test_a_limiter_brings_true_peaks_down_and_leaves_the_rest():
    """One loud burst is brought under the ceiling; sound far from it keeps its level."""
    sound = np.full((RATE, 2), 0.1, np.float32) * np.sin(np.arange(RATE) / 9)[:, None].astype(np.float32)
    sound[20_000:20_400] *= 15
    out = loudness.limited(sound, RATE)
    assert loudness.true_peak_dbtp(out) <= -1.0
    assert np.array_equal(out[:15_000], sound[:15_000])


@pytest.mark.parametrize("rate", [RATE, 48_000])
def test_loudness_is_the_librarys(rate):
    """Filtered in one pass, the loudness of a sound that swells is pyloudnorm's own."""
    swelling = np.random.default_rng(2).standard_normal((3 * rate, 2)) * np.linspace(1e-4, 0.3, 3 * rate)[:, None]
    plain = pyloudnorm.Meter(rate).integrated_loudness(swelling.astype(np.float32).astype(np.float64))
    assert loudness.integrated_lufs(swelling.astype(np.float32), rate) == pytest.approx(plain, abs=1e-6)
