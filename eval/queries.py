"""Queries for the fingerprint evaluation: which excerpt, in which condition, asked of which index, with what answer.

Everything follows from names and SEED: which tracks are indexed, to which half (development or report) a track belongs,
where an excerpt is cut, what lies over it. An answer keeps the evidence of the truth and of the strongest other
recording, also below the threshold, so that thresholds can be set afterwards on one half and reported on the other.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from accord.catalog import audio
from accord.integrity import identify as engine
from accord.integrity.index import Index, build_segment, merge, pack, unpack
from accord.integrity.peaks import BINS_PER_OCTAVE, FRAMES_PER_S, QUERY, RATE_HZ, REFERENCE, find_peaks
from accord.integrity.records import Match
from accord.integrity.score import Scored, evidence
from eval.conditions import CONDITIONS, F32, FURTHER, Given, over

SEED = "fingerprints 1"
HALVES = ("development", "report")
STORED = ("bass", "peaks", "pairs", "keys", "packing", "voting", "segment", "index")
ENGINE = (*STORED, "shortlist", "search", "loudness", "weighing", "score", "scan", "identify", "decide")
ECHOED = 3  # of the strongest candidates of a window (and of those from elsewhere), how many have their echo taken off
BABBLE_S = 180


@dataclass(frozen=True)
class Query:
    """One question. `condition` is "" for an excerpt of what is not indexed, with `beside` what is laid over it."""

    half: str
    condition: str
    seconds: int
    number: int
    track: str
    at: float  # share of the track's length at the excerpt's middle
    beside: str = ""

    @property
    def key(self) -> str:
        """By which its answer is found again."""
        return f"{self.half}|{self.condition}|{self.seconds}|{self.number}|{self.track}|{self.beside}"


def chance(*words: object) -> np.random.Generator:
    """Random numbers that depend on these words alone."""
    digest = hashlib.sha256("|".join(map(str, (SEED, *words))).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


class Music:
    """Tracks by name, each a mono file at RATE_HZ, in two kinds: indexed references, and negatives; and voices."""

    def __init__(self, references: dict[str, Path], negatives: dict[str, Path], voices: list[Path]) -> None:
        self.references, self.negatives, self.voices = references, negatives, voices

    @classmethod
    def split(cls, tracks: dict[str, Path], voices: list[Path], references: int) -> Music:
        """The first `references` by a shuffle that depends on names alone are indexed, the rest are not."""
        names = sorted(tracks, key=lambda name: chance("order", name).random())
        held = {n: tracks[n] for n in names[:references]}
        return cls(held, {n: tracks[n] for n in names[references:]}, voices)

    @cached_property
    def halves(self) -> dict[str, tuple[list[str], list[str]]]:
        """By half: (references, negatives); versions of one another fall into one half, as they share a title."""
        out: dict[str, tuple[list[str], list[str]]] = {half: ([], []) for half in HALVES}
        for kind, tracks in enumerate((self.references, self.negatives)):
            for place, name in enumerate(sorted(tracks, key=lambda n: chance("half", n).random())):
                out[HALVES[place % 2]][kind].append(name)
        return out

    def path(self, name: str) -> Path:
        """The file of a track of either kind."""
        return self.references.get(name) or self.negatives[name]

    def seconds(self, name: str) -> float:
        """A track's length."""
        return float(soundfile.info(self.path(name)).duration)

    def cut(self, name: str, seconds: float, at: float) -> F32:
        """`seconds` of a track around `at` of its length; repeated where the track is shorter."""
        with soundfile.SoundFile(self.path(name)) as file:
            size = int(seconds * RATE_HZ)
            file.seek(max(0, min(len(file) - size, int(at * len(file)) - size // 2)))
            found = file.read(size, np.float32)
        return np.resize(found, size) if len(found) < size else found

    def around(self, name: str, seconds: float, middle_s: float) -> F32:
        """`seconds` of a track around `middle_s`; silence where that lies outside it."""
        size = int(seconds * RATE_HZ)
        with soundfile.SoundFile(self.path(name)) as file:
            start = int(middle_s * RATE_HZ) - size // 2
            before = min(size, max(0, -start))
            file.seek(min(len(file), max(0, start)))
            found = file.read(size - before, np.float32)
        return np.pad(found, (before, size - before - len(found)))

    @cached_property
    def babble(self) -> F32:
        """Eight voices at once, three minutes. Without voices at hand it is silence: `fingerprints` asks no such query."""
        size = BABBLE_S * RATE_HZ
        out = np.zeros(size, np.float32)
        for number in range(8 if self.voices else 0):
            sound = soundfile.read(self.voices[number % len(self.voices)], dtype="float32")[0]
            out += np.roll(np.resize(sound, size), int(chance("babble", number).integers(size)))
        return out


def index_of(music: Music, work: Path) -> tuple[Index, float | None]:
    """The index of the references, and CPU seconds that it took; None when it was read from an earlier run's file."""
    names = hashlib.sha256("|".join(map(str, music.references)).encode()).hexdigest()[:8]
    kept = work / f"segment-{names}-{engine_mark(STORED)}.bin"
    if kept.exists():
        return merge([unpack(kept.read_bytes())]), None
    find_peaks(np.zeros(RATE_HZ, np.float32), REFERENCE)
    began = time.process_time()
    segment = build_segment(
        (n, find_peaks(audio.read_mono(p, RATE_HZ), REFERENCE)) for n, p in music.references.items()
    )
    taken = time.process_time() - began
    kept.write_bytes(pack(segment))
    return merge([segment]), taken


def engine_mark(parts: tuple[str, ...] = ENGINE) -> str:
    """Eight digits of what the engine's source is: answers of another engine are not mixed with this one's."""
    files = [Path(engine.__file__).parent / f"{part}.py" for part in parts]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files if file.exists())).hexdigest()[:8]


def positives(music: Music, half: str, condition: str, seconds: int, count: int) -> Iterator[Query]:
    """`count` excerpts of the half's references; the same places whatever the condition and the length."""
    names = music.halves[half][0]
    for number in range(count):
        yield Query(half, condition, seconds, number, names[number % len(names)], place_of(half, number))


def place_of(half: str, number: int) -> float:
    """Where the excerpt of this number is cut from a reference (share of the track's length)."""
    return float(chance(half, number).uniform(0.1, 0.9))


def negatives(music: Music, half: str, seconds: int, most: int) -> Iterator[Query]:
    """Excerpts of what is not indexed, end to end: plain; every third also under other such music, and with voices."""
    whole = [(n, music.seconds(n)) for n in music.halves[half][1]]
    places = [(n, (k + 0.5) * seconds / length) for n, length in whole for k in range(int(length // seconds))]
    for number, pick in enumerate(chance("negatives", half, seconds).permutation(len(places))[:most]):
        name, at = places[int(pick)]
        for beside in ("", "music", "voices") if number % 3 == 0 else ("",):
            yield Query(half, "", seconds, number, name, at, beside)


@dataclass(frozen=True)
class Beside:
    """What is laid over an excerpt: names of tracks, and where each is cut (share of its length)."""

    other: str
    other_at: float
    second: str
    second_at: float
    babble_at: float


def beside(music: Music, query: Query) -> Beside:
    """Other music that is not indexed, other music that is, and voices; all of the query's half."""
    draw = chance("beside", query.half, query.number)
    pools = [[name for name in names if name != query.track] for names in music.halves[query.half]]
    second, other = (str(draw.choice(pool)) for pool in pools)
    return Beside(other, draw.uniform(0.2, 0.8), second, draw.uniform(0.2, 0.8), draw.uniform())


def given(music: Music, query: Query, seconds: float) -> Given:
    """That, cut out."""
    laid, size = beside(music, query), int(seconds * RATE_HZ)
    start = int(laid.babble_at * (len(music.babble) - size))
    return Given(
        query.number,
        music.cut(laid.other, seconds, laid.other_at),
        music.babble[start : start + size],
        music.cut(laid.second, seconds, laid.second_at),
    )


def middle_of(music: Music, name: str, seconds: float, at: float) -> float:
    """The second of the track that lies in the middle of what `Music.cut` cuts."""
    length = music.seconds(name)
    return min(max(at * length, seconds / 2), max(seconds, length) - seconds / 2) % length


def padded(seconds: float) -> float:
    """How much is cut out before a condition changes it."""
    return 1.3 * seconds + 2


def sound_of(music: Music, query: Query) -> F32:
    """The query's sound."""
    size = query.seconds * RATE_HZ
    if not query.condition:
        plain = music.cut(query.track, query.seconds, query.at)
        if not query.beside:
            return plain
        laid = given(music, query, query.seconds)
        return over(plain, laid.other, 0) if query.beside == "music" else over(plain, laid.babble, 10)
    piece = music.cut(query.track, padded(query.seconds), query.at)
    made = {**CONDITIONS, **FURTHER}[query.condition](piece, given(music, query, padded(query.seconds)))
    start = max(0, (len(made) - size) // 2)
    return made[start : start + size]


def ask(music: Music, index: Index, query: Query) -> dict[str, Any]:
    """The answer: evidence (nats) of the truth and of the strongest other, and what integrity states."""
    sound = sound_of(music, query)
    began = time.process_time()
    peaks = find_peaks(sound, QUERY)
    windows = engine.windows_of(peaks)
    found = [engine.best_per_recording(window.heard, index) for window in windows]
    matches = engine.stated(windows, found, index)
    taken = time.process_time() - began
    truths = {query.track} if query.condition else set()
    if query.condition == "two recordings at once":
        truths.add(beside(music, query).second)
    own = {query.track, *([beside(music, query).other] if query.beside == "music" else [])}
    true, other, apart = strongest(windows, found, index, truths, {collection(track) for track in own})
    cut_s = padded(query.seconds) if query.condition else query.seconds
    return {
        "key": query.key,
        "half": query.half,
        "condition": query.condition,
        "seconds": query.seconds,
        "track": query.track,
        "middle_s": round(middle_of(music, query.track, cut_s, query.at), 2),
        "beside": query.beside,
        "true": true["nats"],
        "other": other,
        "apart": apart,
        "stated": [plain(m, m.recording in truths) for m in matches],
        "truths": len(truths),
        "hours": round(index.hours, 3),
        "peaks_s": round(len(peaks) / max(1, peaks.length) * FRAMES_PER_S, 1),
        "cpu_ms": round(1000 * taken, 1),
    }


def strongest(
    windows: list[engine.Window], found: list[list[Scored]], index: Index, truths: set[str], own: set[str]
) -> tuple[dict[str, Any], dict[str, Any], float]:
    """The strongest line of a truth, and of any other recording, each in its best window, also below the threshold; and
    the evidence of the strongest recording from another collection than those of what is heard."""
    best: list[dict[str, Any]] = [{"nats": 0.0}, {"nats": 0.0}]
    apart = 0.0
    for window, row in zip(windows, found, strict=True):
        ranked = sorted(row, key=lambda scored: -scored.nats)
        strange = [s for s in ranked if collection(_owner(s, index)) not in own]
        chosen = {id(s): s for s in (*ranked[:ECHOED], *strange[:ECHOED])}
        chosen |= {id(s): s for s in ranked if _owner(s, index) in truths}
        for scored in chosen.values():
            nats, name = round(evidence(window.heard, index, scored), 2), _owner(scored, index)
            kind = 0 if name in truths else 1
            if nats > best[kind]["nats"]:
                best[kind] = {"nats": nats, **line(scored, window, windows, index)}
            if kind and collection(name) not in own:
                apart = max(apart, nats)
    return best[0], best[1], apart


def collection(name: str) -> str:
    """What a track belongs to (an album, a game, a folder): tracks of one share loops, sounds and tempo."""
    return name.split("/")[0] if "/" in name else "demo" if name.startswith("DEMO") else name.split("-")[0]


def line(scored: Scored, window: engine.Window, windows: list[engine.Window], index: Index) -> dict[str, Any]:
    """An alignment in words of recordings: where the query's middle lies in it, and the factors."""
    at, whole = scored.alignment, windows[-1].first + windows[-1].heard.grid.shape[0]
    owner = index.owner(at.at)
    place = at.at + at.tempo * (0.5 * whole - window.middle) - int(index.starts[owner])
    return {
        "recording": index.recordings[owner],
        "at_s": round(place / FRAMES_PER_S, 2),
        "tempo": round(at.tempo, 4),
        "pitch": round(2.0 ** (-at.shift / BINS_PER_OCTAVE), 4),
        "hits": scored.hits,
        "peaks": scored.peaks,
    }


def _owner(scored: Scored, index: Index) -> str:
    return index.recordings[index.owner(scored.alignment.at)]


def plain(match: Match, right: bool) -> dict[str, Any]:
    """What of a match the table needs."""
    return {
        "recording": match.recording,
        "right": right,
        "nats": match.evidence.nats,
        "pitch": match.pitch_factor,
        "tempo": match.tempo_factor,
        "span": [match.query_start_s, match.query_end_s, match.ref_start_s, match.ref_end_s],
    }


def run(queries: Iterator[Query], answer: Callable[[Query], dict[str, Any]], kept: Path, until: float) -> bool:
    """Ask what is not answered in `kept` yet, appending; False when the time ran out before the end."""
    known = {json.loads(line)["key"] for line in kept.read_text().splitlines()} if kept.exists() else set()
    with kept.open("a") as out:
        for query in queries:
            if query.key in known:
                continue
            if time.monotonic() > until:
                return False
            out.write(json.dumps(answer(query)) + "\n")
            out.flush()
            known.add(query.key)
    return True
