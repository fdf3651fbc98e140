"""How well integrity finds recordings: recall by condition and length at the shipped threshold, and what it wrongly says.

    .venv/bin/python eval/fingerprints.py [--scale small|full] [--json FILE] [--music DIR --negatives DIR]

Without folders the music is the demonstration's: settings of old tunes rendered with one SoundFont, half of it indexed,
half of it not (the same instruments on the same grid, so harder to tell apart than unlike music). Queries are cut from
the changed sound; a recording is *found* when identify() names it, *wrong* when it names another. Negatives are
excerpts of music that is not indexed, each also under other such music. Intervals are Wilson's at 95 %.

A new condition is one function in CONDITIONS. Not here yet: babble, real phones, two stretchers, thresholds set on one
half and reported on the other (those in `integrity.decide` were set on other music than this).
"""

from __future__ import annotations

import argparse
import io
import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import python_stretch
import soundfile
import soxr
from numpy.typing import NDArray

from accord.catalog import audio
from accord.integrity.decide import TARGET_FALSE, threshold_nats
from accord.integrity.identify import best_per_recording, identify, windows_of
from accord.integrity.index import Index, build_segment, merge, pack
from accord.integrity.peaks import QUERY, RATE_HZ, REFERENCE, find_peaks
from accord.integrity.score import evidence

F32 = NDArray[np.float32]
LENGTHS_S = (5, 10)
SIZES = {"small": (30, 30, 24), "full": (60, 110, 60)}  # references, negatives, queries a condition


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    figure: str
    value: float
    unit: str
    goal: float | None
    n: int
    interval: tuple[float, float] | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached (more is better, but for false positives, times and bytes)."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.unit in ("count", "s/h", "ms", "KB/h") else self.value >= self.goal


def level(sound: F32) -> F32:
    """The sound at −20 dBFS."""
    return (0.1 * sound / (np.sqrt(np.mean(sound**2)) + 1e-9)).astype(np.float32)


def over(sound: F32, other: F32, decibels: float) -> F32:
    """The sound `decibels` above the other one."""
    size = min(len(sound), len(other))
    return (10 ** (decibels / 20) * level(sound[:size]) + level(other[:size])).astype(np.float32)


def stretched(sound: F32, semitones: float = 0.0, tempo: float = 1.0) -> F32:
    """Signalsmith Stretch."""
    stretch = python_stretch.Signalsmith.Stretch()
    stretch.preset(1, RATE_HZ)
    stretch.setTransposeSemitones(semitones)
    stretch.timeFactor = tempo
    return np.asarray(stretch.process(sound[None])[0], np.float32)


def mp3(sound: F32) -> F32:
    """Through LAME, as soundfile sets it."""
    out = io.BytesIO()
    soundfile.write(out, level(sound), RATE_HZ, format="MP3", subtype="MPEG_LAYER_III")
    return audio.read_mono(out.getvalue(), RATE_HZ)


def phone(sound: F32) -> F32:
    """300 to 3400 Hz, 8 kHz, µ-law of 7 bits."""
    narrow = soxr.resample(sound, RATE_HZ, 8000)
    bands = np.fft.rfft(narrow)
    hertz = np.fft.rfftfreq(len(narrow), 1 / 8000)
    bands[(hertz < 300) | (hertz > 3400)] = 0
    wave = np.fft.irfft(bands, len(narrow))
    wave /= np.abs(wave).max() + 1e-9
    coded = np.round(np.sign(wave) * np.log1p(255 * np.abs(wave)) / np.log(256) * 64) / 64
    plain = np.sign(coded) * (256 ** np.abs(coded) - 1) / 255
    return np.asarray(soxr.resample(plain.astype(np.float32), 8000, RATE_HZ), np.float32)


def noise(sound: F32, decibels: float) -> F32:
    """The sound `decibels` above white noise."""
    return over(sound, np.random.default_rng(7).normal(size=len(sound)).astype(np.float32), decibels)


CONDITIONS: dict[str, Callable[[F32, F32], F32]] = {
    "clean": lambda s, _: s,
    "MP3": lambda s, _: mp3(s),
    "phone": lambda s, _: phone(s),
    "white noise 0 dB": lambda s, _: noise(s, 0.0),
    "mixed 0 dB": lambda s, o: over(s, o, 0.0),
    "mixed -6 dB": lambda s, o: over(s, o, -6.0),
    "pitch +2": lambda s, _: stretched(s, 2.0),
    "pitch -3": lambda s, _: stretched(s, -3.0),
    "tempo +10 %": lambda s, _: stretched(s, 0.0, 1.1),
    "tempo -10 %": lambda s, _: stretched(s, 0.0, 0.9),
    "speed +4 %": lambda s, _: np.asarray(soxr.resample(s, 1.04 * RATE_HZ, RATE_HZ), np.float32),
    "pitch +2, mixed 0 dB": lambda s, o: over(stretched(s, 2.0), o, 0.0),
}
GOALS = {
    "clean": 1.0,
    "MP3": 1.0,
    "phone": 1.0,
    "pitch +2": 1.0,
    "pitch -3": 1.0,
    "tempo +10 %": 1.0,
    "tempo -10 %": 1.0,
    "speed +4 %": 1.0,
    "mixed 0 dB": 0.96,
}


def wilson(found: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    z, p = 1.96, found / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def cut(sound: F32, seconds: float, part: float) -> F32:
    """`seconds` of the sound around `part` of its length."""
    size = int(seconds * RATE_HZ)
    start = max(0, min(len(sound) - size, int(part * len(sound)) - size // 2))
    return sound[start : start + size]


def recall(references: dict[str, F32], others: list[F32], index: Index, queries: int) -> list[Row]:
    """Found and wrong, by condition and length."""
    rows, wrong, asked = [], 0, 0
    for seconds in LENGTHS_S:
        for condition, change in CONDITIONS.items():
            found = 0
            for number in range(queries):
                name, sound = list(references.items())[number % len(references)]
                piece = cut(sound, 1.25 * seconds + 1, 0.3 + 0.4 * ((number * 7) % 11) / 10)
                query = cut(change(piece, cut(others[number % len(others)], len(piece) / RATE_HZ, 0.5)), seconds, 0.5)
                named = {match.recording for match in identify(level(query), RATE_HZ, index)}
                found += name in named
                wrong += bool(named - {name})
                asked += 1
            rows.append(
                Row(
                    f"found, {condition}, {seconds} s",
                    found / queries,
                    "share",
                    GOALS.get(condition),
                    queries,
                    wilson(found, queries),
                )
            )
    return [*rows, Row("wrong recording named beside or instead", wrong, "count", 0, asked, wilson(wrong, asked))]


def negatives(others: list[F32], index: Index) -> list[Row]:
    """False positives, and the tail of the evidence on what is not there."""
    rows = []
    for seconds in LENGTHS_S:
        best, false = [], 0
        for number, sound in enumerate(others):
            beneath = others[(number + 1) % len(others)]
            for part in (0.2, 0.5, 0.8):
                for query in (
                    cut(sound, seconds, part),
                    over(cut(sound, seconds, part), cut(beneath, seconds, part), 0.0),
                ):
                    window = windows_of(find_peaks(level(query), QUERY))[0]
                    strongest = sorted(best_per_recording(window.heard, index), key=lambda s: -s.nats)[:3]
                    best.append(max((evidence(window.heard, index, s) for s in strongest), default=0.0))
                    false += best[-1] >= threshold_nats(seconds, 1, index.hours)
        values = np.array(best)
        p80 = float(np.percentile(values, 80))
        rows += [
            Row(f"false positives, {seconds} s", false, "count", 0, len(values), wilson(false, len(values))),
            Row(f"evidence of nothing, 80th percentile, {seconds} s", p80, "nats", None, len(values)),
            Row(
                f"evidence of nothing, e-fold above it, {seconds} s",
                float((values[values > p80] - p80).mean()),
                "nats",
                None,
                len(values),
            ),
            Row(f"evidence of nothing, highest, {seconds} s", float(values.max()), "nats", None, len(values)),
            Row(f"threshold, {seconds} s", threshold_nats(seconds, 1, index.hours), "nats", None, 1),
        ]
    return rows


def speed(references: dict[str, F32], index: Index, peaks_s: float) -> list[Row]:
    """Indexing and query time (CPU), and bytes an hour."""
    query = level(cut(next(iter(references.values())), 10, 0.5))
    identify(query, RATE_HZ, index)
    times = []
    for _ in range(10):
        began = time.process_time()
        identify(query, RATE_HZ, index)
        times.append(time.process_time() - began)
    stored = len(pack(build_segment((n, find_peaks(s, REFERENCE)) for n, s in references.items())))
    return [
        Row("indexing, CPU seconds an hour of audio, decoded", peaks_s / index.hours, "s/h", 4.0, len(references)),
        Row("query of 10 s, CPU", 1000 * float(np.median(times)), "ms", 100.0, len(times)),
        Row("segment file an hour of audio", stored / 1000 / index.hours, "KB/h", None, len(references)),
    ]


def demonstration(references: int, others: int) -> tuple[dict[str, F32], list[F32]]:
    """Recordings of the demonstration, and settings that are not among them, rendered."""
    from accord.demo.corpus import build_corpus
    from accord.studio.rendering import render

    corpus = build_corpus()
    recorded = {recording.work for recording in corpus.recordings}
    works = [corpus.work(r.work) for r in corpus.recordings][:references]
    rest = [work for work in corpus.works if work.number not in recorded][:others]

    def sound(score: object) -> F32:
        made = render(score)  # type: ignore[arg-type]
        return np.asarray(soxr.resample(made.mix.mean(axis=1), made.rate, RATE_HZ), np.float32)

    return {w.number: sound(w.score) for w in works}, [sound(w.score) for w in rest]


def folder(path: Path) -> dict[str, F32]:
    """Every sound file of a folder, the first five minutes of each."""
    return {f.name: audio.read_mono(f, RATE_HZ)[: 300 * RATE_HZ] for f in sorted(path.iterdir()) if f.is_file()}


def main() -> None:
    """Run and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--scale", choices=SIZES, default="small")
    options.add_argument("--json", type=Path)
    options.add_argument("--music", type=Path)
    options.add_argument("--negatives", type=Path)
    told = options.parse_args()
    wanted, absent, queries = SIZES[told.scale]
    if told.music and told.negatives:
        references, others = folder(told.music), list(folder(told.negatives).values())
    else:
        references, others = demonstration(wanted, absent)
    find_peaks(next(iter(references.values())), REFERENCE)
    began = time.process_time()
    index = merge([build_segment((name, find_peaks(sound, REFERENCE)) for name, sound in references.items())])
    taken = time.process_time() - began
    rows = [*recall(references, others, index, queries), *negatives(others, index), *speed(references, index, taken)]
    print(
        f"{len(references)} recordings indexed ({index.hours:.2f} h), {len(others)} not; false positives aimed at: "
        f"{TARGET_FALSE:g} a file"
    )
    for row in rows:
        shown = f"  ({row.interval[0]:.3f} to {row.interval[1]:.3f})" if row.interval else ""
        goal = "" if row.goal is None else f"  goal {row.goal:g}{'' if row.met else '  MISSED'}"
        print(f"{row.figure:<58} {row.value:10.3f} {row.unit:<6} n={row.n}{shown}{goal}")
    if told.json:
        told.json.write_text(
            json.dumps(
                [
                    {"figure": r.figure, "value": r.value, "unit": r.unit, "goal": r.goal, "met": r.met, "n": r.n}
                    for r in rows
                ],
                indent=1,
            )
        )


if __name__ == "__main__":
    main()
