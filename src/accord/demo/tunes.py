"""Old tunes read from the music21 corpus (extra `[demo]`): notes on a grid of bars, and the words their files say.

music21 parses; what is kept is a `Score` of one melody track (chorales: their four voices). Ornaments written as grace notes
have no length and are left out; of first and second endings the second is kept, since a tune is played once through.
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from accord.catalog.score import TICKS_PER_QUARTER, Note, Score, Track, bar_ticks, tonic

_MELODY_PROGRAM = 73
_VOICES = (("Soprano", 52), ("Alto", 52), ("Tenor", 52), ("Bass", 52))
_MINOR_MODES = ("minor", "dorian", "phrygian", "aeolian", "locrian")
#: Notes a second that players of these dances make; slow airs are the rest.
_PACE = {
    "reel": 5.6,
    "jig": 5.2,
    "hornpipe": 4.8,
    "clog": 4.4,
    "strathspey": 4.2,
    "quick": 4.6,
    "march": 3.6,
    "polka": 4.6,
}
_PACE_ELSE = 3.2


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """One piece as it was read. `sharps` is the key signature, flats negative; `words` what the file says of itself."""

    score: Score
    sharps: int
    words: tuple[str, ...]

    @property
    def scale(self) -> tuple[int, ...]:
        """The seven pitch classes of the signature, from the tonic upwards: so modes keep their own notes."""
        home = tonic(self.score.key)
        signature = {(7 * self.sharps + step) % 12 for step in (0, 2, 4, 5, 7, 9, 11)}
        return tuple(sorted(signature, key=lambda pc: (pc - home) % 12))


@cache
def corpus_folder() -> Path:
    """The folder of the corpus in the installed package. Raises ModuleNotFoundError without the extra `[demo]`."""
    spec = find_spec("music21")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            "music21, whose corpus the demonstration plays, is not installed: add the extra `[demo]`"
        )
    return Path(spec.origin).with_name("corpus")


@cache
def text_of(path: str) -> str:
    """A text file of the corpus."""
    return (corpus_folder() / path).read_text(encoding="utf-8", errors="replace")


def abc_tune(path: str, number: int | None) -> str:
    """The ABC of one tune in a file that may hold many; its own number is the one behind `X:`."""
    text = text_of(path)
    if number is None:
        return text
    tunes = re.split(r"(?m)^(?=X:)", text)
    for tune in tunes:
        if re.match(rf"X:\s*0*{number}\s*$", tune.partition("\n")[0].strip()):
            return tune
    raise LookupError(f"{path} holds no tune {number}")


def fields(abc: str, letter: str) -> tuple[str, ...]:
    """The information fields of an ABC tune, such as `Z` (transcription) or `B` (book)."""
    found = re.findall(rf"(?m)^{letter}:(.*)$", abc)
    return tuple(clean for line in found if (clean := line.strip().strip('"').strip()))


def read_abc(path: str, number: int | None, title: str) -> Read:
    """One ABC tune of the corpus."""
    from music21 import converter

    abc = abc_tune(path, number)
    stream: Any = converter.parse(_without_text(abc), format="abc")
    part = stream.parts[0] if stream.parts else stream
    words = tuple(f"{letter}: {line}" for letter in "BSZC" for line in fields(abc, letter))
    return _melody(part, title, pace(title, fields(abc, "R")), words)


def read_chorale(path: str, title: str) -> Read:
    """A four-part chorale: four tracks, soprano first."""
    from music21 import converter

    stream: Any = converter.parse(corpus_folder() / path)
    parts = list(stream.parts)[:4]
    first = _melody(parts[0], title, 1.15, tuple(_credits(stream)))
    tracks = [Track(name, program, _notes(p)) for p, (name, program) in zip(parts, _VOICES, strict=False)]
    shift = _pickup(parts[0], first.score.metre)
    tracks = [_moved(t, shift) for t in tracks]
    return Read(score=_with_tracks(first.score, tracks), sharps=first.sharps, words=first.words)


def read_any(path: str, title: str, form: str | None = None, bars: int = 24) -> Read:
    """The first bars of any other file of the corpus, all its parts, for encodings that are held."""
    from music21 import converter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # these files have overfull bars, which does not concern their terms
        stream: Any = converter.parse(corpus_folder() / path, format=form)
    parts = [p.measures(0, bars) for p in list(stream.parts)[:6]]
    metre = _metre(parts[0])
    key, sharps = _key(parts[0])
    tracks = tuple(Track(f"Part {i}", 52, _notes(p)) for i, p in enumerate(parts, start=1))
    score = Score(title, 96.0, metre, key, tuple(t for t in tracks if t.notes))
    return Read(score=score, sharps=sharps, words=tuple(_credits(stream)))


def pace(title: str, rhythm: tuple[str, ...]) -> float:
    """Notes a second for the dance that a title or an `R:` field names."""
    words = " ".join((title, *rhythm)).lower()
    return next((speed for word, speed in _PACE.items() if word in words), _PACE_ELSE)


def _melody(part: Any, title: str, notes_per_second: float, words: tuple[str, ...]) -> Read:
    metre, (key, sharps) = _metre(part), _key(part)
    shift = _pickup(part, metre)
    notes = tuple(Note(n.onset + shift, n.duration, n.pitch, n.velocity) for n in _notes(part))
    sounding = sum(n.duration for n in notes) / TICKS_PER_QUARTER
    tempo = min(200.0, max(66.0, 60.0 * notes_per_second * sounding / max(1, len(notes))))
    score = Score(title, float(round(tempo)), metre, key, (Track("Melody", _MELODY_PROGRAM, notes),))
    return Read(score=score, sharps=sharps, words=words)


def _notes(part: Any) -> tuple[Note, ...]:
    """Notes of a part with bars laid end to end, first endings left out, ties joined."""
    skipped = _first_endings(part)
    found: list[Note] = []
    start, held = 0, -1
    for measure in part.getElementsByClass("Measure"):
        if id(measure) in skipped:
            continue
        for element in measure.flatten().notes:
            length = round(float(element.quarterLength) * TICKS_PER_QUARTER)
            if length <= 0 or "ChordSymbol" in element.classes:
                continue
            pitch = int(max(p.midi for p in element.pitches))
            onset = start + round(float(element.offset) * TICKS_PER_QUARTER)
            tie = element.tie.type if element.tie else ""
            if tie in ("stop", "continue") and found and held == pitch and found[-1].pitch == pitch:
                last = found[-1]
                found[-1] = Note(last.onset, onset + length - last.onset, pitch, last.velocity)
            else:
                found.append(Note(onset, length, pitch, 84))
            held = pitch if tie in ("start", "continue") else -1
        start += round(float(measure.duration.quarterLength) * TICKS_PER_QUARTER)
    return tuple(found)


def _first_endings(part: Any) -> set[int]:
    skipped: set[int] = set()
    for bracket in part.recurse().getElementsByClass("RepeatBracket"):
        if str(bracket.number).strip() == "1":
            skipped |= {id(m) for m in bracket.getSpannedElements()}
    return skipped


def _pickup(part: Any, metre: tuple[int, int]) -> int:
    """Ticks by which a tune that begins with an upbeat is moved, so that its bars lie on the grid."""
    measures = list(part.getElementsByClass("Measure"))
    if not measures:
        return 0
    first = round(float(measures[0].duration.quarterLength) * TICKS_PER_QUARTER)
    whole = bar_ticks(metre)
    return (whole - first) % whole if 0 < first < whole else 0


def _moved(track: Track, shift: int) -> Track:
    """The track moved by `shift` ticks."""
    return Track(
        track.name, track.program, tuple(Note(n.onset + shift, n.duration, n.pitch, n.velocity) for n in track.notes)
    )


def _with_tracks(score: Score, tracks: list[Track]) -> Score:
    return Score(score.title, score.tempo_bpm, score.metre, score.key, tuple(tracks))


def _metre(part: Any) -> tuple[int, int]:
    found = part.recurse().getElementsByClass("TimeSignature").first()
    return (int(found.numerator), int(found.denominator)) if found else (4, 4)


def _key(part: Any) -> tuple[str, int]:
    found = part.recurse().getElementsByClass("KeySignature").first()
    sharps = int(found.sharps) if found else 0
    mode = getattr(found, "mode", None) or "major"
    if hasattr(found, "tonic"):
        name = found.tonic.name.replace("-", "b")
        return f"{name} {'minor' if mode in _MINOR_MODES else 'major'}", sharps
    return f"{found.asKey('major').tonic.name.replace('-', 'b') if found else 'C'} major", sharps


def _credits(stream: Any) -> list[str]:
    boxes = [str(box.content).replace("\n", " ") for box in stream.getElementsByClass("TextBox")]
    said = stream.metadata.copyright if stream.metadata else None
    return [*dict.fromkeys(b for b in boxes if "©" in b or "opyright" in b), *([str(said)] if said else [])]


def _without_text(abc: str) -> str:
    """The tune without chord names and annotations, which would be read as chords."""
    head, _, body = abc.partition("\nK:")
    key, _, music = body.partition("\n")
    return f"{head}\nK:{key}\n" + re.sub(r'"[^"\n]*"', "", music)
