"""Scores as token sequences and back: miditok's REMI (Huang & Yang 2020: bar, metre, position, then the notes).

Before it is encoded, a score is put into a normal form, so that a small model learns music and not labels: transposed to
C major or A minor, in the octave that puts its highest voice in the middle of the treble staff; quantised to twelfths of
a beat; its tracks renamed to voices by register (voice 0 is the highest; drums stay apart). What is taken away stands
in a `Header`, from which decoding gives it back. Velocities are not encoded. A sequence is BOS, the mode, the bars, EOS.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import symusic
from numpy.typing import NDArray

from accord.catalog.score import TICKS_PER_QUARTER, Note, Score, Track, bar_ticks, is_minor, tonic

# Where torch is installed, miditok takes its loaders of training data along, and with them two seconds of importing torch
# in every command that reads a token. It does without them where they are not to be had, and nothing here uses them.
sys.modules.setdefault("miditok.pytorch_data", None)  # type: ignore[arg-type]
from miditok import REMI, TokenizerConfig, TokSequence  # noqa: E402

Tokens = NDArray[np.int64]

POSITIONS_PER_BEAT = 12
VOICES = 8
DRUM_VOICE = VOICES
LOWEST_PITCH, HIGHEST_PITCH = 21, 108
METRES = {4: [1, 2, 3, 4, 5, 6], 8: [3, 5, 6, 7, 9, 12], 16: [6, 9, 12]}
FALLBACK_METRE = (4, 4)
LEAD_CENTRE = 72
LEAD_VELOCITY, OTHER_VELOCITY, ACCENT = 88, 70, 8

_symusic: Any = symusic  # its classes are built at run time, which no type checker can follow


@dataclass(frozen=True, slots=True)
class Voice:
    """What a voice is played by: its name and General MIDI program."""

    name: str
    program: int
    drums: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """What tokens leave out: title, tempo, metre, key, the voices by index, the drum kit when there is one.

    `shift` is how many semitones the score was moved into the normal form.
    """

    title: str
    tempo_bpm: float
    metre: tuple[int, int]
    key: str
    voices: tuple[Voice, ...]
    kit: Voice | None = None
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Encoded:
    """A score as token ids (int64, one dimension, BOS … EOS) and its header."""

    ids: Tokens
    header: Header


@cache
def tokenizer() -> Any:
    """The one tokenizer of every model here; its vocabulary never depends on a corpus."""
    config = TokenizerConfig(
        pitch_range=(LOWEST_PITCH, HIGHEST_PITCH),
        beat_res={(0, 4): POSITIONS_PER_BEAT, (4, 12): 2},
        special_tokens=["PAD", "BOS", "EOS", "MAJOR", "MINOR"],
        use_velocities=False,
        use_programs=True,
        one_token_stream_for_programs=True,
        programs=list(range(-1, VOICES)),
        use_time_signatures=True,
        time_signature_range=METRES,
        use_pitchdrum_tokens=True,
        remove_duplicated_notes=True,
    )
    return REMI(config)


@cache
def vocabulary() -> dict[str, int]:
    """Token text → id, such as `Pitch_60`, `Position_12`, `Duration_1.0.12`, `TimeSig_3/4`, `Program_0`."""
    return dict(tokenizer().vocab)


def size() -> int:
    """Number of tokens in the vocabulary."""
    return len(vocabulary())


def special(name: str) -> int:
    """Id of PAD, BOS, EOS, MAJOR or MINOR."""
    return vocabulary()[f"{name}_None"]


def mode_token(key: str) -> int:
    """The token that says major or minor."""
    return special("MINOR" if is_minor(key) else "MAJOR")


def normal_shift(key: str) -> int:
    """Semitones (−6 to 5) that bring a key to C major or A minor."""
    target = 9 if is_minor(key) else 0
    return (target - tonic(key) + 6) % 12 - 6


def is_metre(metre: tuple[int, int]) -> bool:
    """Whether the tokens can count bars of this metre: one of the vocabulary's, or halves that are twice as many quarters."""
    beats, unit = (metre[0] * 2, 4) if metre[1] == 2 else metre
    return beats in METRES.get(unit, ())


def grid_metre(metre: tuple[int, int]) -> tuple[int, int]:
    """The metre whose bars the tokens count: the score's own where the vocabulary has it, halves as quarters, else 4/4.

    miditok counts in beats of the metre's unit, so a half note as unit would halve the resolution.
    """
    beats, unit = (metre[0] * 2, 4) if metre[1] == 2 else metre
    return (beats, unit) if is_metre(metre) else FALLBACK_METRE


def encode(score: Score) -> Encoded:
    """The score in normal form as tokens, with the header that `decode` needs."""
    voices, kit = by_register(score)
    shift = normal_shift(score.key) + _octaves(voices, normal_shift(score.key))
    header = Header(
        title=score.title,
        tempo_bpm=score.tempo_bpm,
        metre=score.metre,
        key=score.key,
        voices=tuple(Voice(t.name, t.program) for t in voices),
        kit=Voice(kit.name, kit.program, True) if kit else None,
        shift=shift,
    )
    midi = _normal_midi(score, voices, kit, shift)
    body = [int(i) for i in tokenizer().encode(midi).ids] if voices or kit else []
    ids = [special("BOS"), mode_token(score.key), *body, special("EOS")]
    return Encoded(np.asarray(ids, np.int64), header)


def decode(ids: Sequence[int] | Tokens, header: Header) -> Score:
    """The score that tokens say, in the header's key, tempo and voices. A voice the header does not name is left out."""
    specials = {special(name) for name in ("PAD", "BOS", "EOS", "MAJOR", "MINOR")}
    body = [int(i) for i in ids if int(i) not in specials]
    tracks: list[Track] = []
    if body:
        midi = tokenizer().decode(TokSequence(ids=body))
        tracks = [t for t in (_read_voice(m, midi.tpq, header) for m in midi.tracks) if t is not None]
    order = {voice.name: i for i, voice in enumerate(header.voices)}
    tracks.sort(key=lambda t: (t.drums, order.get(t.name, 0)))
    normal = Score(header.title, header.tempo_bpm, header.metre, header.key, tuple(tracks))
    return replace(normal.transposed(-header.shift), key=header.key)


def note_tokens(ids: Tokens) -> int:
    """How many notes the tokens hold."""
    return int(np.isin(ids, pitch_ids()).sum())


@cache
def pitch_ids() -> Tokens:
    """Ids of every pitch token, drums' included."""
    return np.asarray([i for text, i in vocabulary().items() if text.startswith("Pitch")], np.int64)


def by_register(score: Score) -> tuple[list[Track], Track | None]:
    """Pitched tracks from high to low (those beyond the last voice join it), and all drums as one kit."""
    pitched = [t for t in score.tracks if not t.drums and t.notes]
    pitched.sort(key=lambda t: -sum(n.pitch for n in t.notes) / len(t.notes))
    if len(pitched) > VOICES:
        last = pitched[VOICES - 1]
        joined = tuple(n for t in pitched[VOICES - 1 :] for n in t.notes)
        pitched = [*pitched[: VOICES - 1], replace(last, notes=joined)]
    named = [replace(t, name=_unused(t.name or "voice", i, pitched)) for i, t in enumerate(pitched)]
    drums = [t for t in score.tracks if t.drums and t.notes]
    kit = replace(drums[0], notes=tuple(n for t in drums for n in t.notes)) if drums else None
    return named, kit


def _octaves(voices: list[Track], shift: int) -> int:
    """Whole octaves, in semitones, that bring the mean pitch of the highest voice to within six of the centre."""
    if not voices:
        return 0
    total, count = sum(n.pitch + shift - LEAD_CENTRE for n in voices[0].notes), len(voices[0].notes)
    return -12 * ((total + 6 * count) // (12 * count))


def _unused(name: str, index: int, tracks: list[Track]) -> str:
    same = sum(1 for t in tracks[:index] if (t.name or "voice") == name)
    return f"{name} {same + 1}" if same else name


def _normal_midi(score: Score, voices: list[Track], kit: Track | None, shift: int) -> Any:
    midi = _symusic.Score(TICKS_PER_QUARTER)
    midi.tempos.append(_symusic.Tempo(0, qpm=120.0))
    beats, unit = grid_metre(score.metre)
    grid_ticks = TICKS_PER_QUARTER * 4 // unit // POSITIONS_PER_BEAT
    midi.time_signatures.append(_symusic.TimeSignature(0, beats, unit))
    for index, track in enumerate(voices):
        midi.tracks.append(_midi_voice(index, track, shift, grid_ticks))
    if kit:
        midi.tracks.append(_midi_voice(0, kit, 0, grid_ticks))
    return midi


def _midi_voice(index: int, track: Track, shift: int, grid_ticks: int) -> Any:
    """Notes on the grid; of two notes of one pitch that would overlap, the first ends where the second begins."""
    out = _symusic.Track(track.name, index, track.drums)
    grid: dict[tuple[int, int], int] = {}
    for note in track.notes:
        pitch = note.pitch if track.drums else _in_range(note.pitch + shift)
        onset = round(note.onset / grid_ticks) * grid_ticks
        length = max(1, round(note.duration / grid_ticks)) * grid_ticks
        grid[onset, pitch] = max(grid.get((onset, pitch), 0), length)
    sounding: dict[int, int] = {}
    for onset, pitch in sorted(grid, reverse=True):
        length = min(grid[onset, pitch], sounding.get(pitch, onset + grid[onset, pitch]) - onset)
        grid[onset, pitch], sounding[pitch] = length, onset
    for (onset, pitch), length in sorted(grid.items()):
        out.notes.append(_symusic.Note(onset, length, pitch, LEAD_VELOCITY))
    return out


def _in_range(pitch: int) -> int:
    while pitch < LOWEST_PITCH:
        pitch += 12
    while pitch > HIGHEST_PITCH:
        pitch -= 12
    return pitch


def _read_voice(midi: Any, tpq: int, header: Header) -> Track | None:
    if midi.is_drum:
        voice, velocity = header.kit, OTHER_VELOCITY
    else:
        voice = header.voices[midi.program] if midi.program < len(header.voices) else None
        velocity = LEAD_VELOCITY if midi.program == 0 else OTHER_VELOCITY
    if voice is None:
        return None
    bar, scale = bar_ticks(grid_metre(header.metre)), TICKS_PER_QUARTER // tpq
    notes = tuple(
        Note(n.time * scale, n.duration * scale, n.pitch, velocity + (0 if n.time * scale % bar else ACCENT))
        for n in midi.notes
    )
    return Track(voice.name, voice.program, notes, voice.drums)
