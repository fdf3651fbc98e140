"""How well integrity knows a protected voice again: errors by bandwidth, language and music under it, and its cost.

    .venv/bin/python eval/voices.py DIR && .venv/bin/python eval/music.py MUSIC
    .venv/bin/python eval/voice.py --voices DIR --music MUSIC [--scale small|full] [--json FILE] [--fit FILE]

Each voice is seven people's spoken prompts at 8 or 16 kHz, or a synthesiser's. Its print is of 30 s of clean sentences, the
windows asked are of other sentences, clean and with game soundtracks 10 dB below the voice and as loud. People and pieces
of music are in two halves: the gate and the thresholds are of the development half (`--fit` learns the gate, writes it
beside the network's weights into FILE, and shows the development half); else the table is of the other half. Windows of one
pair of people depend on each other, so beside the windows' intervals (Wilson's at 95 %) stands how many pairs of people
went wrong. EER is the rate at which misses and false alarms are as many.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))

import numpy as np
import soundfile
import soxr
from sklearn.linear_model import LogisticRegression

from accord.integrity import hearing, likeness
from accord.integrity.likeness import WINDOW, Ears, Heard
from accord.integrity.speaker import F32, RATE_HZ
from eval.shares import wilson

SEED = 63
TAIL = 3.72  # standard deviations above which a normal distribution has one in 10,000
DEVELOPMENT = frozenset({"Allison Smith", "Carlo Flora", "Armelle Desjardins"})
PRINT_S = 30.0
ASKED_S = {"small": 80.0, "full": 400.0}
MUSIC_S = {"small": 30.0, "full": 120.0}  # of each piece
MIXES: dict[str, float | None] = {"clean": None, "music 10 dB below": 10.0, "music as loud": 0.0}


@dataclass(frozen=True)
class Voice:
    """A voice at a bandwidth: whose, its print, and what is heard of its other sentences in each mix."""

    name: str
    person: str
    rate_hz: int
    mark: F32
    heard: dict[str, Heard]

    @property
    def synthetic(self) -> bool:
        """Whether no person spoke."""
        return self.rate_hz == 0


@dataclass(frozen=True)
class Trials:
    """Windows against prints, of the same person and of others: likeness and margin, (windows, 2). `pairs` names whose."""

    same: F32
    others: F32
    pairs: tuple[str, ...]


def main() -> None:
    """Parse, listen, ask, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--voices", type=Path, required=True)
    options.add_argument("--music", type=Path, required=True)
    options.add_argument("--scale", choices=list(ASKED_S), default="small")
    options.add_argument("--json", type=Path)
    options.add_argument("--fit", type=Path)
    chosen = options.parse_args()
    if not (chosen.voices / "voices.tsv").is_file():
        sys.exit(f"no voices in `{chosen.voices}`: fetch them with `eval/voices.py {chosen.voices}`")
    if not (chosen.music / "tracks.tsv").is_file():
        sys.exit(f"no music in `{chosen.music}`: fetch it with `eval/music.py {chosen.music}`")
    ears = hearing.ears()
    pieces = music(chosen.music, chosen.scale, development=bool(chosen.fit))
    if chosen.fit:
        ears = fit(ears, chosen, pieces)
    known = list(listen(ears, chosen, pieces, development=bool(chosen.fit)))
    rows = [*table(known), *instrumental(ears, known, pieces), cost(ears, pieces)]
    rows += tails(known) if chosen.fit else []
    for row in rows:
        print(f"{row['figure']:<72} {row['value']:>9.4f} {row['unit']:<22} n={row['n']}  {row['note']}")
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=1))


def sentences(folder: Path, row: dict[str, str]) -> Iterator[F32]:
    """A voice's sentences at RATE_HZ, in a seeded order that is the same at both bandwidths."""
    kind = "synthetic" if row["credit"] == "synthetic" else row["rate_hz"]
    files = sorted(p for p in (folder / kind / row["voice"]).iterdir() if p.suffix in {".flac", ".wav"})
    random.Random(f"{SEED}/{row['voice']}").shuffle(files)
    for file in files:
        yield resampled(*soundfile.read(file, dtype="float32", always_2d=True))


def resampled(sound: F32, rate_hz: int) -> F32:
    """Mono at RATE_HZ."""
    return np.asarray(soxr.resample(sound.mean(1), rate_hz, RATE_HZ), np.float32)


def spoken(folder: Path, row: dict[str, str], asked_s: float) -> tuple[F32, F32]:
    """What the print is taken of, and what is asked: different sentences of a voice, each at the same loudness."""
    said = [level(sentence) for sentence in sentences(folder, row)]
    ends = np.cumsum([len(one) for one in said]) / RATE_HZ
    first = int(np.searchsorted(ends, PRINT_S)) + 1
    return np.concatenate(said[:first]), np.concatenate(said[first:])[: int(asked_s * RATE_HZ)]


def level(sound: F32) -> F32:
    """At −30 dBFS."""
    return (10 ** (-30 / 20) * sound / (np.sqrt(np.mean(sound**2)) + 1e-9)).astype(np.float32)


def music(folder: Path, scale: str, development: bool) -> list[F32]:
    """The middle of every second piece of music (no speech) at RATE_HZ; the halves share none."""
    with (folder / "tracks.tsv").open(encoding="utf-8", newline="") as file:
        names = sorted(row["file"] for row in csv.DictReader(file, delimiter="\t") if "asterisk" not in row["package"])
    found = []
    for name in names[0 if development else 1 :: 2]:
        file = next(folder.rglob(name))
        info = soundfile.info(file)
        count = min(info.frames, int(MUSIC_S[scale] * info.samplerate))
        sound, rate = soundfile.read(
            file, frames=count, start=(info.frames - count) // 2, dtype="float32", always_2d=True
        )
        found.append(level(resampled(sound, rate)))
    return found


def listen(ears: Ears, chosen: argparse.Namespace, pieces: list[F32], development: bool) -> Iterator[Voice]:
    """The voices of a half, heard in every mix; synthesisers' alternate between the halves."""
    for number, row in enumerate(of_half(chosen.voices, development)):
        print_of, asked = spoken(chosen.voices, row, ASKED_S[chosen.scale])
        heard = likeness.hear(ears, print_of)
        mean = heard.directions[heard.voiced].mean(0)
        under = looped(pieces, number, len(asked))
        mixes = {name: likeness.hear(ears, mixed(asked, under, by)) for name, by in MIXES.items()}
        rate_hz = 0 if row["credit"] == "synthetic" else int(row["rate_hz"])
        yield Voice(row["voice"], row["person"], rate_hz, mean / np.linalg.norm(mean), mixes)


def of_half(folder: Path, development: bool) -> list[dict[str, str]]:
    """The lines of voices.tsv whose person is in this half."""
    with (folder / "voices.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    synthetic = sorted({row["person"] for row in rows if row["credit"] == "synthetic"})
    half = DEVELOPMENT | set(synthetic[::2])
    return [row for row in rows if (row["person"] in half) == development]


def looped(pieces: list[F32], number: int, size: int) -> F32:
    """Music of `size` samples, from a piece on."""
    joined = np.concatenate(pieces[number % len(pieces) :] + pieces[: number % len(pieces)])
    return np.resize(joined, size)


def mixed(voice: F32, under: F32, by_db: float | None) -> F32:
    """The voice with music that many decibels below it; alone with None."""
    return voice if by_db is None else voice + np.float32(10 ** (-by_db / 20)) * under


def fit(ears: Ears, chosen: argparse.Namespace, pieces: list[F32]) -> Ears:
    """Learn the gate on the development half: pieces of its voices in every mix against pieces of its music alone."""
    rows = of_half(chosen.voices, development=True)
    loud = []
    for number, row in enumerate(rows):
        _, asked = spoken(chosen.voices, row, ASKED_S[chosen.scale])
        under = looped(pieces, number + len(rows), len(asked))
        loud += [directions(ears, mixed(asked, under, by)) for by in MIXES.values()]
    none = [directions(ears, piece) for piece in pieces]
    x, y = np.concatenate(loud + none), np.repeat([1, 0], [sum(map(len, loud)), sum(map(len, none))])
    learned = LogisticRegression(C=10.0, max_iter=5000, class_weight="balanced").fit(x, y)
    kept = dict(hearing.weights()) | {
        "gate.weight": learned.coef_[0].astype(np.float16),
        "gate.bias": np.float32(learned.intercept_[0]),
    }
    np.savez_compressed(chosen.fit, **kept)
    print(f"gate learned of {len(y)} pieces, {y.mean():.0%} with a voice; written to {chosen.fit}")
    return likeness.ears(kept)


def directions(ears: Ears, sound: F32) -> F32:
    """The directions of the pieces that are not silent."""
    found = likeness.hear(ears, sound).directions
    return found[np.abs(found).sum(1) > 0]


def windows(voice: Voice, mark: F32, mix: str) -> F32:
    """A voice's windows against a print, end to end: likeness (−1 with too little voice) and margin, (windows, 2)."""
    heard = voice.heard[mix]
    both = likeness.likenesses(mark[None], heard)[0], likeness.margins(mark[None], heard)[0]
    return np.stack(both, axis=1)[::WINDOW]


def trials(prints: Iterable[Voice], asked: Iterable[Voice], mix: str) -> Trials:
    """Every print against every voice's windows."""
    same, others, pairs = [], [], []
    asked = list(asked)
    for one in prints:
        for other in asked:
            found = windows(other, one.mark, mix)
            if one.person != other.person:
                others.append(found)
                pairs += [f"{one.person} and {other.person}"] * len(found)
            else:
                same.append(found)
    empty = np.zeros((0, 2), np.float32)
    return Trials(np.concatenate([empty, *same]), np.concatenate([empty, *others]), tuple(pairs))


def table(known: list[Voice]) -> Iterator[dict[str, Any]]:
    """The rows about voices: by bandwidth and mix, then across bandwidths and languages, then synthesisers."""
    people = [v for v in known if not v.synthetic]
    for rate in (8_000, 16_000):
        here = [v for v in people if v.rate_hz == rate]
        for mix in MIXES:
            own = trials_own(here, mix)
            yield from errors(f"{rate // 1000} kHz, {mix}", own)
    for mix in MIXES:
        both = [trials_own(at(people, rate), mix) for rate in (8_000, 16_000)]
        yield from errors(f"both bandwidths, {mix}", together(both))
    for one, other in ((16_000, 8_000), (8_000, 16_000)):
        crossed = trials(at(people, one), at(people, other), "clean")
        yield from errors(f"print at {one // 1000} kHz, asked at {other // 1000} kHz, clean", crossed)
    for rate in (8_000, 16_000):
        said = languages(at(people, rate))
        if len(said.same):  # only the development half has a person who speaks two
            yield from errors(f"{rate // 1000} kHz, one person's print in another language", said)
    yield from errors("synthesisers", trials(people, [v for v in known if v.synthetic], "clean"))


def at(known: Iterable[Voice], rate_hz: int) -> list[Voice]:
    """The voices at a bandwidth."""
    return [voice for voice in known if voice.rate_hz == rate_hz]


def trials_own(here: list[Voice], mix: str) -> Trials:
    """Same voice against same voice (one language), and every voice against every other person's."""
    own = [windows(voice, voice.mark, mix) for voice in here]
    crossed = trials(here, here, mix)
    return Trials(np.concatenate([np.zeros((0, 2), np.float32), *own]), crossed.others, crossed.pairs)


def together(parts: list[Trials]) -> Trials:
    """The trials of several bandwidths as one."""
    pairs = tuple(pair for part in parts for pair in part.pairs)
    return Trials(np.concatenate([p.same for p in parts]), np.concatenate([p.others for p in parts]), pairs)


def languages(here: list[Voice]) -> Trials:
    """A person's voice against the same person's print in another language; others as ever."""
    other = [windows(b, a.mark, "clean") for a in here for b in here if a.person == b.person and a.name != b.name]
    crossed = trials(here, here, "clean")
    return Trials(np.concatenate([np.zeros((0, 2), np.float32), *other]), crossed.others, crossed.pairs)


def errors(what: str, found: Trials) -> Iterator[dict[str, Any]]:
    """EER, misses and false alarms at the shipped thresholds, with intervals and the pairs of people behind them."""
    if len(found.same) and len(found.others):
        rate, place = eer(found.same[:, 0], found.others[:, 0])
        yield row(f"{what}: EER", rate, "of windows", len(found.same) + len(found.others), f"at {place:.3f}")
    if len(found.same):
        missed = int((found.same[:, 1] < 0).sum())
        low, high = wilson(missed, len(found.same))
        note = f"{low:.3f} to {high:.3f}; nine in ten above {np.quantile(found.same[:, 0], 0.1):.3f}"
        yield row(f"{what}: missed", missed / len(found.same), "of windows", len(found.same), note)
    if len(found.others):
        wrong = found.others[:, 1] >= 0
        pairs, alarmed = set(found.pairs), {pair for pair, bad in zip(found.pairs, wrong, strict=True) if bad}
        note = f"to {wilson(int(wrong.sum()), len(wrong))[1]:.4f}; highest {found.others[:, 0].max():.3f}; "
        note += f"{len(alarmed)} of {len(pairs)} pairs, to {wilson(len(alarmed), len(pairs))[1]:.2f}"
        yield row(f"{what}: false alarms", float(wrong.mean()), "of windows", len(wrong), note)


def tails(known: list[Voice]) -> Iterator[dict[str, Any]]:
    """Where a normal tail of other people's windows gives one false alarm in 10,000: what the thresholds were set from."""
    for clean in (True, False):
        found: list[F32] = []
        for one in known:
            for other in (v for v in known if v.person != one.person and v.rate_hz == one.rate_hz and v.rate_hz):
                for mix in MIXES:
                    alike = windows(other, one.mark, mix)[:, 0]
                    here = (likeness.contrasts_db(other.heard[mix])[::WINDOW] >= likeness.CLEAN_DB) == clean
                    found.append(alike[here & (alike >= 0)])
        alike = np.concatenate(found)
        place = float(alike.mean() + TAIL * alike.std())
        what = "clean windows" if clean else "windows with something under the voice"
        yield row(f"{what}: one false alarm in 10,000 at", place, "likeness", len(alike), f"highest {alike.max():.3f}")


def instrumental(ears: Ears, known: list[Voice], pieces: list[F32]) -> Iterator[dict[str, Any]]:
    """Music without a protected voice: pieces the gate takes for a voice, and windows that are like any print."""
    heard = [likeness.hear(ears, piece) for piece in pieces]
    passed = np.concatenate([one.voiced for one in heard])
    yield row("music alone: taken for a voice by the gate", float(passed.mean()), "of pieces", len(passed), "")
    marks = np.stack([voice.mark for voice in known])
    found = np.concatenate([likeness.margins(marks, one)[:, ::WINDOW].ravel() for one in heard])
    wrong = int((found >= 0).sum())
    note = f"to {wilson(wrong, len(found))[1]:.5f}; {len(marks)} prints"
    yield row("music alone: false alarms", wrong / len(found), "of windows and prints", len(found), note)
    for mix in MIXES:
        gate = np.concatenate([voice.heard[mix].voiced for voice in known])
        yield row(
            f"{mix}: taken for no voice by the gate", float(1 - gate.mean()), "of pieces", len(gate), "pauses too"
        )


def cost(ears: Ears, pieces: list[F32]) -> dict[str, Any]:
    """CPU seconds for a minute of audio at 16 kHz, hearing and comparing with 100 prints."""
    sound = looped(pieces, 0, 120 * RATE_HZ)
    marks = np.tile(ears.weight / np.linalg.norm(ears.weight), (100, 1)).astype(np.float32)
    started = time.process_time()
    likeness.likenesses(marks, likeness.hear(ears, sound))
    return row("cost, with 100 prints", (time.process_time() - started) / 2, "CPU s per minute", 1, "")


def eer(same: F32, others: F32) -> tuple[float, float]:
    """The rate at which misses and false alarms are as many, and the likeness at which they are."""
    at = np.unique(np.concatenate([same, others]))
    missed = np.searchsorted(np.sort(same), at) / len(same)
    wrong = 1 - np.searchsorted(np.sort(others), at) / len(others)
    place = int(np.abs(missed - wrong).argmin())
    return float(missed[place] + wrong[place]) / 2, float(at[place])


def row(figure: str, value: float, unit: str, n: int, note: str) -> dict[str, Any]:
    """One line of the table; there are no goals here."""
    return {"figure": figure, "value": value, "unit": unit, "goal": None, "met": None, "n": n, "note": note}


if __name__ == "__main__":
    main()
