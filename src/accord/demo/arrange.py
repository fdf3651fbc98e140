"""Demonstration arrangements of old tunes: real ones, made by this code, the same for the same seed.

A tune gets chords of its own scale (`harmony`), a line-up of three to five players (`textures`), an opening bar, a second
time through where it is short, and a close. Melodies are moved by octaves into their player's range; nothing is
transposed to another key. Velocities carry the beat and a little of the seed; onsets stay on the grid.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from accord.catalog.score import Note, Score, Track, is_minor
from accord.demo.harmony import infer, spans
from accord.demo.textures import Frame, arpeggio, bass, beat_ticks, long_bass, pad, pulse, second, strum

SECONDS_MIN, SECONDS_MAX = 20.5, 44.0
Player = Callable[[Frame], Track]


@dataclass(frozen=True)
class Lineup:
    """A band: who plays the melody, in which range, and the others."""

    name: str
    lead: str
    program: int
    low: int
    high: int
    players: tuple[Player, ...]
    drums: str = ""


LINEUPS = (
    Lineup("session", "fiddle", 40, 57, 88, (
        lambda f: strum(f, "guitar", 25),
        lambda f: bass(f, "double bass", 32),
    ), "bodhran"),
    Lineup("chamber", "flute", 73, 62, 93, (
        lambda f: second(f, "viola", 41, 52, 76),
        lambda f: arpeggio(f, "harp", 46),
        lambda f: long_bass(f, "cello", 42),
    )),
    Lineup("parlour", "clarinet", 71, 55, 86, (
        lambda f: strum(f, "piano", 0, 52, 74),
        lambda f: bass(f, "piano left hand", 0, walking=True),
        lambda f: second(f, "accordion", 21, 52, 76),
    )),
    Lineup("hearth", "recorder", 74, 64, 93, (
        lambda f: pad(f, "accordion", 21),
        lambda f: arpeggio(f, "nylon guitar", 24, 50, 72),
        lambda f: bass(f, "double bass", 43),
    )),
    Lineup("bandstand", "oboe", 68, 58, 88, (
        lambda f: second(f, "clarinet", 71, 52, 76),
        lambda f: strum(f, "horns", 60, 50, 69),
        lambda f: bass(f, "tuba", 58),
    ), "march"),
    Lineup("late", "vibraphone", 11, 55, 88, (
        lambda f: pad(f, "electric piano", 4, 50, 71),
        lambda f: bass(f, "fretless bass", 35, walking=True),
        lambda f: second(f, "soft guitar", 26, 52, 74),
    ), "brush"),
    Lineup("strings", "violin", 40, 57, 91, (
        lambda f: second(f, "second violin", 40, 55, 79),
        lambda f: pad(f, "violas", 48, 50, 69),
        lambda f: long_bass(f, "cello", 42),
    )),
    Lineup("song", "voice", 53, 55, 79, (
        lambda f: arpeggio(f, "nylon guitar", 24, 48, 69),
        lambda f: second(f, "cello", 42, 45, 67),
        lambda f: bass(f, "double bass", 32),
    )),
)  # fmt: skip
CHORALE_BANDS = {
    "consort": (("oboe", 68), ("english horn", 69), ("clarinet", 71), ("bassoon", 70)),
    "quartet": (("violin", 40), ("second violin", 40), ("viola", 41), ("cello", 42)),
    "brass": (("trumpet", 56), ("horn", 60), ("trombone", 57), ("tuba", 58)),
    "chapel": (("organ treble", 19), ("organ alto", 19), ("organ tenor", 19), ("organ pedal", 19)),
}


def arrange(tune: Score, scale: Sequence[int], lineup: Lineup, seed: int) -> Score:
    """An arrangement of a one-track tune whose scale is given from its tonic up. Deterministic."""
    dice = random.Random(seed)  # noqa: S311 - music, not secrets
    melody, bars = _through(tune)
    bar, beat = tune.bar_ticks, beat_ticks(tune.metre)
    halves = tune.metre in ((4, 4), (2, 2))
    lead = tuple(replace(n, onset=n.onset + bar) for n in melody)  # the first bar is the band's
    chords = infer(lead, scale, is_minor(tune.key), bars + 1, bar, halves)
    frame = Frame(tuple(spans(bars + 1, bar, halves)), tuple(chords), beat, bar, lead)
    fitted = _in_range(lead, lineup.low, lineup.high)
    tracks = [Track(lineup.lead, lineup.program, fitted), *(player(frame) for player in lineup.players)]
    if lineup.drums:
        tracks.append(pulse(frame, lineup.drums, bars * bar))
    close = (bars + 1) * bar
    tracks = [_breathing(_closed(t, close, beat), beat, bar, dice) for t in tracks]
    return Score(tune.title, tune.tempo_bpm, tune.metre, tune.key, tuple(t for t in tracks if t.notes))


def set_chorale(chorale: Score, scale: Sequence[int], band: str, seed: int) -> Score:
    """A four-part chorale for a band of four, with a harp that breaks its chords; its voices are kept as they are."""
    dice = random.Random(seed)  # noqa: S311 - music, not secrets
    bar, beat = chorale.bar_ticks, beat_ticks(chorale.metre)
    short = _cut(chorale, SECONDS_MAX)
    bars = short.bars
    halves = chorale.metre in ((4, 4), (2, 2))
    sung = [note for track in short.tracks for note in track.notes]
    chords = infer(sung, scale, is_minor(chorale.key), bars, bar, halves)
    frame = Frame(tuple(spans(bars, bar, halves)), tuple(chords), beat, bar, short.tracks[0].notes)
    voices = [Track(n, p, t.notes) for t, (n, p) in zip(short.tracks, CHORALE_BANDS[band], strict=False)]
    tracks = [*voices, arpeggio(frame, "harp", 46, 52, 76)]
    return Score(
        short.title, short.tempo_bpm, short.metre, short.key, tuple(_breathing(t, beat, bar, dice) for t in tracks)
    )


def _through(tune: Score) -> tuple[tuple[Note, ...], int]:
    """The melody once, or twice where once is short, cut where it is long; and how many whole bars that is."""
    short = _cut(tune, SECONDS_MAX)
    bars, notes = short.bars, short.tracks[0].notes
    seconds = short.duration_s
    if seconds >= SECONDS_MIN:
        return notes, bars
    again = bars * short.bar_ticks
    if notes[0].onset and short.end <= (bars - 1) * short.bar_ticks + notes[0].onset:
        again -= short.bar_ticks  # the upbeat of the second time stands in the last bar of the first
    twice = (*notes, *(replace(n, onset=n.onset + again) for n in notes))
    return twice, -(-(again + short.end) // short.bar_ticks)


def _cut(score: Score, seconds: float) -> Score:
    """The score up to the last whole four bars that end before `seconds`."""
    if score.duration_s <= seconds:
        return score
    bar_s = score.bar_ticks / 480 * 60 / score.tempo_bpm
    pickup = 1 if min(t.notes[0].onset for t in score.tracks if t.notes) else 0
    bars = max(4, int(seconds / bar_s - pickup) // 4 * 4) + pickup
    return score.between(0, bars * score.bar_ticks)


def _in_range(notes: Sequence[Note], low: int, high: int) -> tuple[Note, ...]:
    """All notes by the one octave that leaves fewest outside; those still outside fold singly."""
    shift = min((0, 12, -12, 24), key=lambda s: (sum(not low <= n.pitch + s <= high for n in notes), abs(s)))
    out = []
    for note in notes:
        pitch = note.pitch + shift
        while pitch < low:
            pitch += 12
        while pitch > high:
            pitch -= 12
        out.append(replace(note, pitch=pitch))
    return tuple(out)


def _closed(track: Track, end: int, beat: int) -> Track:
    """Notes cut at the end; those that stop within the last beat before it are held until it."""
    kept = [replace(n, duration=min(n.duration, end - n.onset)) for n in track.notes if n.onset < end]
    if not track.drums:
        kept = [replace(n, duration=end - n.onset) if end - n.end < beat else n for n in kept]
    return replace(track, notes=tuple(n for n in kept if n.duration > 0))


def _breathing(track: Track, beat: int, bar: int, dice: random.Random) -> Track:
    """Velocities: the bar's first note speaks, beats more than what lies between, a little chance in each."""
    notes = []
    for note in track.notes:
        accent = 8 if note.onset % bar == 0 else 3 if note.onset % beat == 0 else -3
        notes.append(replace(note, velocity=max(24, min(116, note.velocity + accent + dice.randint(-4, 4)))))
    return replace(track, notes=tuple(notes))
