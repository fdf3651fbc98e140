"""A score: tracks of notes on one tempo, one metre and one key, and its Standard MIDI File form.

Time is in ticks, 480 to the quarter note. The file form is SMF 1 (RP-001, MIDI Association), read and written by symusic;
the title travels as a marker at tick 0, since a track name belongs to its track.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

import symusic

from accord.terms.refusal import BadInput

TICKS_PER_QUARTER = 480
TITLE_MARK = "title: "
DRUM_PROGRAM = 0

_symusic: Any = symusic  # its classes are built by factories at run time, which no type checker can follow

_MAJOR_BY_SHARPS = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
_MINOR_BY_SHARPS = ("Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#")
_USUAL_MAJOR = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_USUAL_MINOR = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
_LETTER_PITCH = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

# Krumhansl & Kessler (1982), probe-tone profiles of the major and minor key, tonic first.
MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One sounding note: onset and duration in ticks, pitch and velocity as in MIDI (0 to 127)."""

    onset: int
    duration: int
    pitch: int
    velocity: int = 80

    @property
    def end(self) -> int:
        """The tick at which the note stops."""
        return self.onset + self.duration


@dataclass(frozen=True, slots=True)
class Track:
    """One voice or instrument; `program` is the General MIDI program, 0 to 127. Notes are kept in order of onset."""

    name: str
    program: int
    notes: tuple[Note, ...]
    drums: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", tuple(sorted(self.notes, key=lambda n: (n.onset, n.pitch, n.duration))))


@dataclass(frozen=True, slots=True)
class Score:
    """A piece as notes. Tempo in quarter notes a minute; metre as (beats, unit), the unit a power of two; key as "E minor"."""

    title: str
    tempo_bpm: float
    metre: tuple[int, int]
    key: str
    tracks: tuple[Track, ...] = field(default=())

    @property
    def bar_ticks(self) -> int:
        """Length of one bar in ticks."""
        return bar_ticks(self.metre)

    @property
    def end(self) -> int:
        """The tick at which the last note stops; 0 for an empty score."""
        return max((note.end for track in self.tracks for note in track.notes), default=0)

    @property
    def bars(self) -> int:
        """Number of bars that the notes reach into."""
        return ceil(self.end / self.bar_ticks)

    @property
    def duration_s(self) -> float:
        """Sounding length in seconds, from tick 0 to the end of the last note."""
        return self.end / TICKS_PER_QUARTER * 60.0 / self.tempo_bpm

    @property
    def note_count(self) -> int:
        """Number of notes in all tracks."""
        return sum(len(track.notes) for track in self.tracks)

    def transposed(self, semitones: int) -> Score:
        """The score moved by `semitones` (drums stay). A pitch that would leave 0 to 127 is folded back by octaves."""
        if semitones == 0:
            return self
        return replace(
            self,
            key=transposed_key(self.key, semitones),
            tracks=tuple(t if t.drums else _moved(t, semitones) for t in self.tracks),
        )

    def between(self, start: int, end: int) -> Score:
        """The notes that begin in [start, end) ticks, cut at `end` and moved so that `start` is tick 0."""
        return replace(self, tracks=tuple(_cut(track, start, end) for track in self.tracks))

    def to_midi(self) -> bytes:
        """The score as a Standard MIDI File. The same score gives the same bytes."""
        midi: Any = _symusic.Score(TICKS_PER_QUARTER)
        midi.tempos.append(_symusic.Tempo(0, qpm=self.tempo_bpm))
        midi.time_signatures.append(_symusic.TimeSignature(0, *self.metre))
        midi.key_signatures.append(_key_signature(self.key))
        if self.title:
            midi.markers.append(_symusic.TextMeta(0, TITLE_MARK + self.title))
        for track in self.tracks:
            midi.tracks.append(_midi_track(track))
        return bytes(midi.dumps_midi())


def from_midi(data: bytes) -> Score:
    """Read a Standard MIDI File; the first tempo, metre and key hold for the whole score.

    Without a key signature the key is estimated from the notes. Raises BadInput when the bytes are no MIDI file or hold no note.
    """
    try:
        midi: Any = _symusic.Score.from_midi(bytes(data)).resample(TICKS_PER_QUARTER, 1)
    except (RuntimeError, ValueError) as error:
        raise BadInput(
            "not a Standard MIDI File",
            where="",
            why=str(error).rpartition(":")[2].strip().lower() or "unreadable",
            do="send .mid",
        ) from error
    tracks = tuple(_track(t) for t in midi.tracks if len(t.notes))
    if not tracks:
        raise BadInput(
            "no notes in this MIDI file", why="every track is empty", do="send a file with at least one note"
        )
    return Score(
        title=_title(midi),
        tempo_bpm=round(midi.tempos[0].qpm, 2) if len(midi.tempos) else 120.0,
        metre=_metre(midi),
        key=_key(midi, tracks),
        tracks=tracks,
    )


def bar_ticks(metre: tuple[int, int]) -> int:
    """Length in ticks of one bar of `metre`, as (beats, unit)."""
    beats, unit = metre
    return TICKS_PER_QUARTER * 4 * beats // unit


def tonic(key: str) -> int:
    """Pitch class (0 is C) of the tonic of a key such as "F# minor". Raises BadInput when it is not a key."""
    name, _, mode = key.partition(" ")
    if mode not in ("major", "minor") or not name or name[0] not in _LETTER_PITCH or name[1:] not in ("", "#", "b"):
        raise BadInput(
            f"`{key}` is not a key", why="a key is a tonic and a mode", do="write for example `E minor` or `Bb major`"
        )
    return (_LETTER_PITCH[name[0]] + {"": 0, "#": 1, "b": -1}[name[1:]]) % 12


def name_of(pitch: int) -> str:
    """A MIDI pitch by its name, 60 is `C4`."""
    return f"{_USUAL_MINOR[pitch % 12]}{pitch // 12 - 1}"


def is_minor(key: str) -> bool:
    """Whether a key name is of the minor mode."""
    return key.endswith(" minor")


def transposed_key(key: str, semitones: int) -> str:
    """The key `semitones` above, in its usual spelling."""
    pitch = (tonic(key) + semitones) % 12
    return f"{_USUAL_MINOR[pitch]} minor" if is_minor(key) else f"{_USUAL_MAJOR[pitch]} major"


def estimate_key(notes: Iterable[Note]) -> str:
    """The best-fitting key by Krumhansl and Schmuckler: time-weighted pitch classes against the 24 key profiles."""
    weights = [0.0] * 12
    for note in notes:
        weights[note.pitch % 12] += note.duration
    scored = [
        (_correlation(weights, profile, shift), names[shift], mode)
        for profile, names, mode in ((MAJOR_PROFILE, _USUAL_MAJOR, "major"), (MINOR_PROFILE, _USUAL_MINOR, "minor"))
        for shift in range(12)
    ]
    _, name, mode = max(scored, key=lambda s: s[0])
    return f"{name} {mode}"


def _correlation(weights: list[float], profile: tuple[float, ...], shift: int) -> float:
    mean_w, mean_p = sum(weights) / 12, sum(profile) / 12
    pairs = [(weights[(i + shift) % 12] - mean_w, profile[i] - mean_p) for i in range(12)]
    spread = sum(w * w for w, _ in pairs) * sum(p * p for _, p in pairs)
    return sum(w * p for w, p in pairs) / spread**0.5 if spread > 0 else 0.0


def _moved(track: Track, semitones: int) -> Track:
    return replace(track, notes=tuple(replace(n, pitch=_folded(n.pitch + semitones)) for n in track.notes))


def _folded(pitch: int) -> int:
    while pitch > 127:
        pitch -= 12
    while pitch < 0:
        pitch += 12
    return pitch


def _cut(track: Track, start: int, end: int) -> Track:
    kept = (
        replace(n, onset=n.onset - start, duration=min(n.duration, end - n.onset))
        for n in track.notes
        if start <= n.onset < end
    )
    return replace(track, notes=tuple(kept))


def _midi_track(track: Track) -> Any:
    out: Any = _symusic.Track(track.name, 0 if track.drums else track.program, track.drums)
    for note in track.notes:
        out.notes.append(_symusic.Note(note.onset, note.duration, note.pitch, note.velocity))
    return out


def _track(track: Any) -> Track:
    notes = tuple(
        Note(int(n.time), int(n.duration), int(n.pitch), int(n.velocity)) for n in track.notes if n.duration > 0
    )
    drums = bool(track.is_drum)
    return Track(str(track.name), DRUM_PROGRAM if drums else int(track.program), notes, drums)


def _key_signature(key: str) -> Any:
    pitch, minor = tonic(key), is_minor(key)
    name = key.partition(" ")[0]
    names = _MINOR_BY_SHARPS if minor else _MAJOR_BY_SHARPS
    if name not in names:  # a spelling no signature has, such as "D# major": the usual one of the same pitch
        name = (_USUAL_MINOR if minor else _USUAL_MAJOR)[pitch]
    return _symusic.KeySignature(0, names.index(name) - 7, int(minor))


def _key(midi: Any, tracks: tuple[Track, ...]) -> str:
    if len(midi.key_signatures):
        signature = midi.key_signatures[0]
        if -7 <= signature.key <= 7:
            minor = bool(signature.tonality)
            names = _MINOR_BY_SHARPS if minor else _MAJOR_BY_SHARPS
            return f"{names[signature.key + 7]} {'minor' if minor else 'major'}"
    return estimate_key(note for track in tracks if not track.drums for note in track.notes)


def _metre(midi: Any) -> tuple[int, int]:
    if not len(midi.time_signatures):
        return (4, 4)
    first = midi.time_signatures[0]
    return (int(first.numerator), int(first.denominator))


def _title(midi: Any) -> str:
    for marker in midi.markers:
        if marker.text.startswith(TITLE_MARK):
            return str(marker.text[len(TITLE_MARK) :])
    return ""
