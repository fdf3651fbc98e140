"""A remix: clips of recordings brought to one tempo and one key, laid on one beat, and mixed to one loudness.

Planning is arithmetic on what is known of each clip (tempo, first beat, key); the sound is stretched and shifted by
Signalsmith Stretch with a fixed seed. Each clip is first brought to the same loudness, so that a gain of 1/2 means half
of the others' level. What stands in the lineage is exactly what was laid into the mix, to the sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray
from python_stretch import Signalsmith

from accord.catalog.score import is_minor, tonic, transposed_key
from accord.studio import loudness
from accord.studio.estimates import HOP, Key, Tempo, beat_offset_s, estimate_key, onset_envelope
from accord.studio.records import MixFigures, SourceSpan
from accord.terms.refusal import BadInput

Samples = NDArray[np.float32]

CLIP_LUFS = -20.0
FADE_S = 0.01
SEED = 1
SLOWEST, FASTEST = 0.5, 2.0
SLOWEST_BPM, FASTEST_BPM = 20.0, 400.0
LONGEST_S = 600.0
MOST_CLIPS = 16
SILENT_DB = -70.0
#: Shares count gains to a ten-thousandth: what is quieter than this would be heard and have no exact part.
QUIETEST, LOUDEST = 0.01, 4.0


@dataclass(frozen=True)
class Clip:
    """A piece of a recording, a stem or a take: its sound at the mix's rate, what is known of it, where it should come in.

    `cut` are the seconds of it that this is.
    """

    asset: str
    samples: Samples
    tempo: Tempo
    key: Key
    offset_s: float = 0.0
    gain: float = 1.0
    cut: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Placement:
    """What is done to one clip: `ratio` > 1 plays it faster, `semitones` shifts it, `start` is its first frame."""

    asset: str
    ratio: float
    semitones: int
    start: int
    frames: int
    gain: float
    key: str
    moved_s: float


@dataclass(frozen=True)
class Remix:
    """The sound of a remix (frames, 2), who is heard in it when, what was done to each clip, and its figures."""

    samples: Samples
    lineage: tuple[SourceSpan, ...]
    placements: tuple[Placement, ...]
    figures: MixFigures


def plan(
    clips: tuple[Clip, ...], rate: int, tempo_bpm: float | None = None, key: str | None = None
) -> tuple[Placement, ...]:
    """Where and how each clip is laid; tempo and key are the first clip's unless given. Raises: BadInput."""
    _check(clips, rate)
    bpm = clips[0].tempo.bpm if tempo_bpm is None else tempo_bpm
    name = key or clips[0].key.name
    _check_tempo(clips, bpm)
    beat_s = 60 / bpm
    first = clips[0]
    grid_s = first.offset_s + first.tempo.first_beat_s / tempo_ratio(first.tempo.bpm, bpm)
    placed = []
    for clip in clips:
        ratio, semitones = tempo_ratio(clip.tempo.bpm, bpm), key_shift(clip.key.name, name)
        beat_at_s = clip.offset_s + clip.tempo.first_beat_s / ratio
        moved_s = -((beat_at_s - grid_s + beat_s / 2) % beat_s - beat_s / 2)
        if clip.offset_s + moved_s < 0:
            moved_s += beat_s
        start, frames = round((clip.offset_s + moved_s) * rate), round(len(clip.samples) / ratio)
        became = transposed_key(clip.key.name, semitones)
        placed.append(Placement(clip.asset, ratio, semitones, start, frames, clip.gain, became, moved_s))
    earliest = min(p.start for p in placed)
    return tuple(_brought_forward(p, earliest) for p in placed)


def mix(
    clips: tuple[Clip, ...], placements: tuple[Placement, ...], rate: int, target_lufs: float = loudness.TARGET_LUFS
) -> Remix:
    """Lay `clips` as planned, and bring the mix to `target_lufs` under the true-peak ceiling."""
    laid = [_laid(clip, placement, rate) for clip, placement in zip(clips, placements, strict=True)]
    bus = np.zeros((max(p.start + p.frames for p in placements), 2), dtype=np.float32)
    for sound, placement in zip(laid, placements, strict=True):
        bus[placement.start : placement.start + placement.frames] += sound
    out, lufs = loudness.mastered(bus, rate, target_lufs)
    lineage = tuple(
        SourceSpan(asset=p.asset, from_s=p.start / rate, to_s=(p.start + p.frames) / rate, gain=p.gain)
        for p in placements
        if p.gain > 0
    )
    return Remix(out, lineage, placements, _figures(out, lufs, laid, placements, clips, rate))


def tempo_ratio(bpm: float, target_bpm: float) -> float:
    """By how much to speed `bpm` up to meet `target_bpm` or its double or half, whichever changes the sound least."""
    ratio = target_bpm / bpm
    return min((ratio, ratio / 2, ratio * 2), key=lambda r: (abs(log2(r)), r))


def key_shift(key: str, target: str) -> int:
    """Semitones from -5 to 6 that bring `key` to the notes of `target`; relative major and minor are the same notes."""
    shift = (collection(target) - collection(key)) % 12
    return shift if shift <= 6 else shift - 12


def collection(key: str) -> int:
    """The major tonic whose scale has the notes of `key`: itself, or three semitones above a minor tonic."""
    return (tonic(key) + (3 if is_minor(key) else 0)) % 12


def fifths_apart(first: str, second: str) -> int:
    """Steps between two keys' notes on the circle of fifths, 0 to 6."""
    steps = (collection(first) - collection(second)) * 7 % 12
    return min(steps, 12 - steps)


def stretched(samples: Samples, rate: int, ratio: float, semitones: int) -> Samples:
    """`samples` played `ratio` times as fast and `semitones` higher; round(frames / ratio) frames long."""
    frames = round(len(samples) / ratio)
    if ratio == 1 and semitones == 0:
        return samples
    engine = Signalsmith.Stretch(SEED)
    engine.preset(samples.shape[1], rate)
    engine.setTimeFactor(ratio)
    engine.setTransposeSemitones(semitones)
    out = np.asarray(engine.process(np.ascontiguousarray(samples.T)), dtype=np.float32).T[:frames]
    return np.pad(out, ((0, frames - len(out)), (0, 0)))


def _laid(clip: Clip, placement: Placement, rate: int) -> Samples:
    sound = loudness.scaled_to(stretched(clip.samples, rate, placement.ratio, placement.semitones), rate, CLIP_LUFS)
    fade = np.ones(len(sound), dtype=np.float32)
    edge = min(int(FADE_S * rate), len(sound) // 2)
    fade[:edge] = np.linspace(0, 1, edge, dtype=np.float32)
    fade[len(fade) - edge :] = fade[:edge][::-1]
    return np.asarray(sound * (fade * np.float32(clip.gain))[:, None], dtype=np.float32)


def _figures(
    out: Samples,
    lufs: float,
    laid: list[Samples],
    placements: tuple[Placement, ...],
    clips: tuple[Clip, ...],
    rate: int,
) -> MixFigures:
    offsets = []
    for sound, placement, clip in zip(laid[1:], placements[1:], clips[1:], strict=True):
        start, end = _overlap(placements[0], placement)
        ours, theirs = (
            onset_envelope(s[start - p.start : end - p.start], rate)
            for s, p in ((laid[0], placements[0]), (sound, placement))
        )
        beat_s = 60 / (clip.tempo.bpm * placement.ratio)
        offsets.append(abs(beat_offset_s(ours, theirs, HOP / rate, beat_s)) * 1000)
    heard = [estimate_key(sound, rate).name for sound in laid]
    return MixFigures(
        beat_offset_ms=round(max(offsets, default=0.0), 1),
        key_distance_fifths=max((fifths_apart(placements[0].key, p.key) for p in placements), default=0),
        key_distance_heard_fifths=max(fifths_apart(heard[0], name) for name in heard),
        loudness_lufs=round(lufs, 2),
        true_peak_dbtp=round(loudness.true_peak_dbtp(out), 2),
    )


def _overlap(first: Placement, second: Placement) -> tuple[int, int]:
    start = max(first.start, second.start)
    return start, max(start, min(first.start + first.frames, second.start + second.frames))


def _brought_forward(placement: Placement, by: int) -> Placement:
    return Placement(
        placement.asset, placement.ratio, placement.semitones, placement.start - by, placement.frames,
        placement.gain, placement.key, placement.moved_s,
    )  # fmt: skip


def _check_tempo(clips: tuple[Clip, ...], bpm: float) -> None:
    """The mix's tempo can be played, and no clip is stretched beyond recognition to meet it."""
    if not SLOWEST_BPM <= bpm <= FASTEST_BPM:
        raise BadInput(
            f"the tempo `{bpm:g}` cannot be mixed at", do=f"choose {SLOWEST_BPM:g} to {FASTEST_BPM:g} beats a minute"
        )
    for clip in clips:
        ratio = tempo_ratio(clip.tempo.bpm, bpm)
        if not SLOWEST <= ratio <= FASTEST:
            raise BadInput(
                f"{clip.asset} cannot be brought from {clip.tempo.bpm:g} to {bpm:g} beats a minute",
                why=f"that is {ratio:.2g} times its speed",
                do="choose a tempo within a factor of four of every clip's, or correct the clip's own",
            )


def _check(clips: tuple[Clip, ...], rate: int) -> None:
    if not 1 <= len(clips) <= MOST_CLIPS:
        raise BadInput(f"a remix of {len(clips)} clips cannot be made", do=f"name 1 to {MOST_CLIPS} sources")
    if not any(clip.gain > 0 for clip in clips):
        raise BadInput("nothing would be heard", why="every gain is 0", do="raise one of them")
    for clip in clips:
        if clip.gain != 0 and not QUIETEST <= clip.gain <= LOUDEST:
            raise BadInput(
                f"the gain `{clip.gain:g}` of {clip.asset} is not between {QUIETEST:g} and {LOUDEST:g}",
                do="take 0 to leave it out",
            )
        if not 0 <= clip.offset_s <= LONGEST_S:
            raise BadInput(f"the offset `{clip.offset_s:g}` of {clip.asset} is not between 0 and {LONGEST_S:g} seconds")
        if not loudness.SHORTEST_S <= len(clip.samples) / rate <= LONGEST_S:
            raise BadInput(
                f"the clip of {clip.asset} is {len(clip.samples) / rate:.1f} s long", do="take 0.5 to 600 s of it"
            )
        if not SLOWEST_BPM <= clip.tempo.bpm <= FASTEST_BPM:
            raise BadInput(f"the tempo `{clip.tempo.bpm:g}` of {clip.asset} is not between 20 and 400 beats a minute")
        if clip.gain > 0 and not np.abs(clip.samples).max(initial=0.0) > 10 ** (SILENT_DB / 20):
            raise BadInput(
                f"nothing is heard in the clip of {clip.asset}", why="it is silent", do="take other seconds of it"
            )
