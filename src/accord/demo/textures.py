"""What the players of an arrangement play: bass, chords, a second voice, a pulse; each a track from chords and melody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from accord.catalog.score import TICKS_PER_QUARTER, Note, Track
from accord.demo.harmony import Triad, near, voiced

_KICK, _SIDE, _SNARE, _HAT, _SHAKER, _TAMBOURINE = 36, 37, 38, 42, 70, 54


@dataclass(frozen=True)
class Frame:
    """What all players share: the spans with their chords, the length of a beat and of a bar in ticks, the melody."""

    places: tuple[tuple[int, int], ...]
    chords: tuple[Triad, ...]
    beat: int
    bar: int
    melody: tuple[Note, ...]

    def beats(self, start: int, end: int) -> range:
        """Onsets of the beats of a span."""
        return range(start, end, self.beat)


def beat_ticks(metre: tuple[int, int]) -> int:
    """Length of a felt beat: a dotted quarter in 6/8, 9/8 and 12/8, else the metre's unit, at least a quarter."""
    beats, unit = metre
    if unit == 8 and beats % 3 == 0:
        return TICKS_PER_QUARTER * 3 // 2
    return max(TICKS_PER_QUARTER, TICKS_PER_QUARTER * 4 // unit) if unit < 4 else TICKS_PER_QUARTER


def bass(frame: Frame, name: str, program: int, walking: bool = False) -> Track:
    """Roots on the first beat of a span, fifths on the next; `walking` leads into the next root by step."""
    notes: list[Note] = []
    target = 40
    for index, ((start, end), chord) in enumerate(zip(frame.places, frame.chords, strict=True)):
        root = near(chord.root, target, 31, 50)
        target = (root + 40) // 2
        onsets = list(frame.beats(start, end))
        for number, onset in enumerate(onsets):
            pitch = root if number % 2 == 0 else near(chord.pitches[2], root, 28, 52)
            if walking and number == len(onsets) - 1 and number > 0 and index + 1 < len(frame.chords):
                following = near(frame.chords[index + 1].root, root, 31, 50)
                pitch = following + (-2 if following > root else 2) if following != root else pitch
            length = min(frame.beat, end - onset) - 20
            notes.append(Note(onset, length, pitch, 84 if number == 0 else 72))
    return Track(name, program, tuple(notes))


def long_bass(frame: Frame, name: str, program: int) -> Track:
    """One held root for each chord, joined while the chord stays."""
    notes: list[Note] = []
    target, before = 43, -1
    for (start, end), chord in zip(frame.places, frame.chords, strict=True):
        root = near(chord.root, target, 36, 52)
        if notes and before == root and start % frame.bar:
            notes[-1] = Note(notes[-1].onset, end - notes[-1].onset - 10, root, notes[-1].velocity)
        else:
            notes.append(Note(start, end - start - 10, root, 78))
        target, before = (root + 43) // 2, root
    return Track(name, program, tuple(notes))


def pad(frame: Frame, name: str, program: int, low: int = 52, high: int = 72) -> Track:
    """Held chords in close voices; a voice that stays is not struck again inside a bar."""
    notes: list[Note] = []
    for (start, end), voices in zip(frame.places, voiced(frame.chords, low, high), strict=True):
        for voice in voices:
            last = next((n for n in reversed(notes[-6:]) if n.pitch == voice and n.end >= start - 12), None)
            if last is not None and start % frame.bar:
                notes[notes.index(last)] = Note(last.onset, end - last.onset - 10, voice, last.velocity)
            else:
                notes.append(Note(start, end - start - 10, voice, 58))
    return Track(name, program, tuple(notes))


def strum(frame: Frame, name: str, program: int, low: int = 50, high: int = 71) -> Track:
    """Chords off the beat, as a guitar or a piano's right hand answers the bass."""
    notes = []
    half = frame.beat // 2 if frame.beat % 3 else frame.beat * 2 // 3
    for (start, end), voices in zip(frame.places, voiced(frame.chords, low, high), strict=True):
        for number, onset in enumerate(frame.beats(start, end)):
            for place, strength in ((onset, 46 if number % 2 == 0 else 62), (onset + half, 66)):
                if place < end and not (place == onset and number % 2 == 0 and frame.beat > TICKS_PER_QUARTER):
                    length = min(half, end - place) - 30
                    notes += [Note(place, max(60, length), voice, strength) for voice in voices]
    return Track(name, program, tuple(notes))


def arpeggio(frame: Frame, name: str, program: int, low: int = 55, high: int = 79) -> Track:
    """Broken chords, up and down, three notes to a compound beat and two to a simple one."""
    step = TICKS_PER_QUARTER // 2
    notes = []
    for (start, end), voices in zip(frame.places, voiced(frame.chords, low, high), strict=True):
        order = (*voices, voices[0] + 12 if voices[0] + 12 <= high + 5 else voices[1], voices[2], voices[1])
        for number, onset in enumerate(range(start, end, step)):
            pitch = order[number % len(order)]
            notes.append(Note(onset, min(step * 2, end - onset) - 15, pitch, 66 if number == 0 else 54))
    return Track(name, program, tuple(notes))


def second(frame: Frame, name: str, program: int, low: int, high: int) -> Track:
    """A second voice under the melody: on each beat the tone of the chord a third to a sixth below what is sung."""
    notes: list[Note] = []
    target = (low + high) // 2
    for (start, end), chord in zip(frame.places, frame.chords, strict=True):
        for onset in frame.beats(start, end):
            sung = next((n for n in frame.melody if n.onset <= onset < n.end), None)
            if sung is None:
                continue
            options = [p for p in range(low, high + 1) if p % 12 in chord.pitches and 3 <= sung.pitch - p <= 12]
            if options:
                pitch = min(options, key=lambda p: (abs(p - target), p))
                target = pitch
                notes.append(Note(onset, min(frame.beat, end - onset) - 15, pitch, 64))
    return Track(name, program, _joined(notes))


def pulse(frame: Frame, kit: str, end: int) -> Track:
    """A light drum part: `bodhran`, `march` or `brush`, bar by bar until `end`."""
    notes = []
    quarter = frame.beat if frame.beat % 3 else frame.beat // 3
    for onset in range(0, end, quarter if frame.beat % 3 == 0 else frame.beat // 2):
        on_bar, on_beat = onset % frame.bar == 0, onset % frame.beat == 0
        if kit == "bodhran":
            notes.append(Note(onset, 90, _KICK if on_beat else _SHAKER, 78 if on_bar else 60 if on_beat else 40))
        elif kit == "march":
            notes.append(Note(onset, 90, _SNARE, 70 if on_bar else 56 if on_beat else 38))
            if on_bar:
                notes.append(Note(onset, 90, _KICK, 84))
        else:
            number = onset // frame.beat
            notes.append(Note(onset, 90, _HAT, 50 if on_beat else 36))
            if on_beat:
                notes.append(Note(onset, 90, _KICK if number % 2 == 0 else _SIDE, 62 if number % 2 == 0 else 54))
    return Track("drums", 0, tuple(notes), drums=True)


def _joined(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Notes of one pitch that follow each other, played as one."""
    out: list[Note] = list(notes[:1])
    for before, note in pairwise(notes):
        if note.pitch == before.pitch and note.onset - before.end < 20 and out[-1].duration < TICKS_PER_QUARTER * 3:
            out[-1] = Note(out[-1].onset, note.end - out[-1].onset, note.pitch, out[-1].velocity)
        else:
            out.append(note)
    return tuple(out)
