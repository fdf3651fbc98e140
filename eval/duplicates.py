"""How well duplicates in a catalogue are found, and versions told apart from copies, on real music.

    .venv/bin/python eval/duplicates.py [--debian DIR] [--scale small|full] [--json FILE]

DIR is what `eval/music.py` brought; without it, it is the demonstration's music. Tracks fall into two halves by a fixed
shuffle. In each, changed copies of some tracks are planted beside all of them, and the bulk job compares everything with
everything, as `accord fingerprint duplicates` does. The development half says where the limits lie; the table is of the report
half. Of tracks that nobody planted each pair that is said is listed with how far their waveforms correlate there (a judge
that knows nothing of fingerprints), for real soundtracks hold remasters and shared loops.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
sys.path.append(str(Path(__file__).resolve().parents[1]))

import numpy as np

from accord.catalog import audio
from accord.engine.running import open_engine
from accord.integrity import bulk, comparing, rules, sameness
from accord.integrity.index import Index, build_segment, merge
from accord.integrity.peaks import RATE_HZ, REFERENCE, find_peaks
from accord.integrity.records import Likeness, Relation
from eval import conditions
from eval.fingerprints import demonstration
from eval.shared import correlation
from eval.shares import upper

F32 = conditions.F32
HALVES = ("development", "report")
SIZES = {"small": (14, 3), "full": (1000, 8)}  # tracks a half at most, of which so many have copies planted
TRACK_MOST_S = 90
FACTORS_RIGHT = 0.002
COPY, VERSION, PART = Relation.COPY, Relation.VERSION, Relation.PART


def remastered(sound: F32) -> F32:
    """A tilted spectrum and a limiter: brighter and louder."""
    tilted = np.append(sound[:1], sound[1:] - 0.5 * sound[:-1])
    return np.tanh(3 * tilted / (np.abs(tilted).max() + 1e-9)).astype(np.float32)


#: name → (change of the sound, given its number and other music; what it may be called; pitch factor; tempo factor)
MADE: dict[str, tuple[Callable[[F32, int, F32], F32], tuple[Relation, ...], float, float]] = {
    "the same file": (lambda s, n, o: s, (COPY,), 1, 1),
    "MP3 64 kb/s": (lambda s, n, o: conditions.mp3(s), (COPY,), 1, 1),
    "begun 3 s later": (lambda s, n, o: s[3 * RATE_HZ :], (COPY,), 1, 1),
    "white noise 20 dB": (lambda s, n, o: conditions.white(s, n, 20), (COPY,), 1, 1),
    "brighter, limited": (lambda s, n, o: remastered(s), (COPY, VERSION), 1, 1),
    "other music at -6 dB": (lambda s, n, o: conditions.over(s, np.resize(o, len(s)), 6), (VERSION,), 1, 1),
    "speed +4 %": (lambda s, n, o: conditions.sped(s, 1.04), (VERSION,), 1.04, 1.04),
    "speed +15 %": (lambda s, n, o: conditions.sped(s, 1.15), (VERSION,), 1.15, 1.15),
    "tempo +8 %": (lambda s, n, o: conditions.stretched(s, n, tempo=1.08), (VERSION,), 1, 1.08),
    "tempo -8 %": (lambda s, n, o: conditions.stretched(s, n, tempo=0.92), (VERSION,), 1, 0.92),
    "pitch +2": (lambda s, n, o: conditions.stretched(s, n, semitones=2), (VERSION,), 2 ** (2 / 12), 1),
    "first half": (lambda s, n, o: s[: len(s) // 2], (PART,), 1, 1),
}


@dataclass(frozen=True)
class Half:
    """A half's catalogue, and what the bulk job made of it."""

    tracks: dict[str, Path]
    index: Index
    pairs: frozenset[tuple[str, str]]
    votes: dict[tuple[str, str], int]
    found: dict[tuple[str, str], Likeness]
    clusters: list[tuple[str, ...]]
    cpu_s: tuple[float, float, float]  # fingerprints, join, weighing
    weighed: int

    @property
    def planted(self) -> list[str]:
        """The copies by name."""
        return [name for name in self.index.recordings if " ~ " in name]

    def likeness(self, copy: str) -> Likeness | None:
        """What is said of a planted copy and its track."""
        return self.found.get((own(copy), copy))


def main() -> None:
    """Plant, search, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--debian", type=Path, help="what eval/music.py brought")
    parser.add_argument("--scale", choices=sorted(SIZES), default="small")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "accord-fingerprints")
    parser.add_argument("--json", type=Path)
    told = parser.parse_args()
    halves = {half: searched(tracks, SIZES[told.scale][1]) for half, tracks in zip(HALVES, split(told), strict=True)}
    for name, half in halves.items():
        made, joined, weighed = half.cpu_s
        print(f"{name}: {len(half.tracks)} tracks and {len(half.planted)} copies, {half.index.hours:.2f} h; CPU: "
              f"fingerprints {made:.0f} s, join {joined:.1f} s, {weighed / max(1, half.weighed):.2f} s for each of "
              f"{half.weighed} pairs weighed")  # fmt: skip
    limits(halves["development"])
    rows = answers(halves["report"]) + gathered(halves["report"]) + strangers(halves["report"])
    if told.json:
        told.json.write_text(json.dumps(rows, indent=1))


def split(told: argparse.Namespace) -> tuple[dict[str, Path], dict[str, Path]]:
    """The tracks of both halves."""
    most, _ = SIZES[told.scale]
    if told.debian:
        tracks = {path.stem: path for path in sorted((told.debian / "decoded").glob("*.flac"))}
    else:
        kinds = demonstration(told.work, most)
        tracks = kinds[0] | kinds[1]
    if len(tracks) < 4:
        sys.exit(f"{len(tracks)} tracks are too few for two halves; run eval/music.py first.")
    names = np.random.default_rng(3).permutation(sorted(tracks)).tolist()
    middle = len(names) // 2
    return tuple({n: tracks[n] for n in part[:most]} for part in (names[:middle], names[middle:]))  # type: ignore[return-value]


def searched(tracks: dict[str, Path], copied: int) -> Half:
    """A half's catalogue with `copied` tracks' copies planted, and what the bulk job says of it."""
    times = [time.process_time()]
    index = merge([build_segment(planted(tracks, copied))])
    times.append(time.process_time())
    files = {name: own(name) if name.endswith("~ the same file") else name for name in index.recordings}
    with open_engine() as engine:
        pairs = comparing.pairs_in(engine, index, files)
        times.append(time.process_time())
        count, found = comparing.weighed(pairs, comparing.weigher(index))
        clusters = comparing.clusters_of(engine, found, comparing.mix_finder(index))
        times.append(time.process_time())
        votes = counted(index)
    known = {(one.one, one.other): one for one in found}
    cpu = tuple(np.diff(times).tolist())
    return Half(
        tracks, index, frozenset(pairs), votes, known, [c.recordings for c in clusters], (cpu[0], cpu[1], cpu[2]), count
    )


def counted(index: Index) -> dict[tuple[str, str], int]:
    """The votes of every pair that has two for one place."""
    order, found = sorted(index.recordings, key=rules.age), bulk.limits_for(index)
    wide = bulk.Limits(common=found.common, every=found.every, floor=2)
    with open_engine() as engine, bulk.key_files(index, {r: n for n, r in enumerate(order)}, wide.every) as files:
        return {(order[a], order[b]): votes for a, b, _, votes in bulk.alike(engine, files, wide)}


def planted(tracks: dict[str, Path], copied: int) -> Iterable[tuple[str, object]]:
    """(name, peaks) of the tracks, and of the copies planted of the first few."""
    names = list(tracks)
    for number, name in enumerate(names):
        sound = heard(tracks[name])
        made = {name: sound}
        if number < copied:
            other = heard(tracks[names[-1 - number]])
            made |= {f"{name} ~ {kind}": change(sound, number, other) for kind, (change, *_) in MADE.items()}
        for called, each in made.items():
            yield called, find_peaks(np.ascontiguousarray(each, np.float32), REFERENCE)


def heard(path: Path) -> F32:
    """A track's first TRACK_MOST_S."""
    return audio.read_mono(path, RATE_HZ)[: TRACK_MOST_S * RATE_HZ]


def own(name: str) -> str:
    """The track that a name is of."""
    return name.partition(" ~ ")[0]


def kind_of(name: str) -> str:
    """What was done to a planted copy."""
    return name.partition(" ~ ")[2]


def limits(half: Half) -> None:
    """Where the limits lie on the development half, beside those shipped; printed."""
    told = {copy: found for copy in half.planted if (found := half.likeness(copy))}
    whole = [f.part for copy, f in told.items() if PART not in MADE[kind_of(copy)][1]]
    parts = [f.part for copy, f in told.items() if PART in MADE[kind_of(copy)][1]]
    still = {copy: f for copy, f in told.items() if MADE[kind_of(copy)][2:] == (1, 1) and kind_of(copy) != "first half"}
    same = [f.agreeing for copy, f in still.items() if MADE[kind_of(copy)][1] == (COPY,)]
    mixed = [f.agreeing for copy, f in still.items() if MADE[kind_of(copy)][1] == (VERSION,)]
    votes = [half.votes.get((own(copy), copy), 0) for copy in half.planted if kind_of(copy) != "the same file"]
    print("\nOn the development half:")
    print(f"  part of both: whole ones {_range(whole)}, halves {_range(parts)}; fewest errors at "
          f"{_between(parts, whole):.2f} (shipped: {sameness.WHOLE})")  # fmt: skip
    print(f"  peaks that agree: copies {_range(same)}, other mixes {_range(mixed)}; fewest errors at "
          f"{_between(mixed, same):.2f} (shipped: {sameness.SAME_SOUND})")  # fmt: skip
    print("  votes for one place (planted pairs that reach it; all pairs to be weighed): " + "; ".join(
        f"{floor}: {sum(v >= floor for v in votes)} of {len(votes)}; {sum(v >= floor for v in half.votes.values())}"
        for floor in (2, 4, 8, 16, 32)) + f" (shipped: {bulk.LIMITS.floor})")  # fmt: skip


def _range(values: list[float]) -> str:
    return f"{min(values):.2f} to {max(values):.2f} (n = {len(values)})" if values else "none"


def _between(low: list[float], high: list[float]) -> float:
    """The limit with the fewest errors; of several the middle."""
    tried = np.round(np.arange(0.0, 1.0001, 0.01), 2)
    errors = np.array([sum(v >= at for v in low) + sum(v < at for v in high) for at in tried])
    return float(np.median(tried[errors == errors.min()]))


def answers(half: Half) -> list[dict]:
    """A row for each kind of planted copy: to be weighed, said, called rightly, factors right; printed."""
    counts: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
    for copy in half.planted:
        _, relations, pitch, tempo = MADE[kind_of(copy)]
        found = half.likeness(copy)
        match = found.seen_from(copy) if found else None
        wrong = max(abs(match.pitch_factor / pitch - 1), abs(match.tempo_factor / tempo - 1)) if match else 1.0
        called = found is not None and found.relation in relations
        counts[kind_of(copy)].append(
            ((own(copy), copy) in half.pairs, match is not None, called, wrong < FACTORS_RIGHT)
        )
    print(f"\n{'planted':<21} {'n':>3} {'weighed':>8} {'said':>5} {'called rightly':>15} {'factors within 0.2 %':>21}")
    rows = []
    for kind, each in counts.items():
        sums = [sum(column) for column in zip(*each, strict=True)]
        print(f"{kind:<21} {len(each):>3} {sums[0]:>8} {sums[1]:>5} {sums[2]:>15} {sums[3]:>21}")
        for figure, value in zip(("to be weighed", "said", "called rightly", "factors right"), sums, strict=True):
            rows.append({"figure": f"{kind}: {figure}", "value": 100 * value / len(each), "unit": "%", "goal": 100,
                         "met": value == len(each), "n": len(each)})  # fmt: skip
    return rows


def gathered(half: Half) -> list[dict]:
    """Pairs of recordings in one cluster that are of one track, of those in one cluster, and of those that should be."""
    whole = [name for name in half.index.recordings if kind_of(name) != "first half"]
    true = {pair for pair in combinations(sorted(whole), 2) if own(pair[0]) == own(pair[1])}
    said = {pair for cluster in half.clusters for pair in combinations(sorted(cluster), 2)}
    both = len(true & said)
    print(f"\nclusters: {len(half.clusters)}; precision {both} of {len(said)} pairs, recall {both} of {len(true)}")
    wrong = {tuple(sorted({own(name) for name in cluster})) for cluster in half.clusters}
    for names in sorted(names for names in wrong if len(names) > 1):
        print(f"  in one cluster: {', '.join(names)}")
    return [
        {
            "figure": f"clusters: {name}",
            "value": 100 * both / max(1, n),
            "unit": "%",
            "goal": 100,
            "met": both == n,
            "n": n,
        }
        for name, n in (("precision of pairs", len(said)), ("recall of pairs", len(true)))
    ]


def strangers(half: Half) -> list[dict]:
    """What was said of two tracks that nobody planted, pair by pair, and of how many; printed."""
    said = [(pair, one) for pair, one in half.found.items() if " ~ " not in pair[0] + pair[1]]
    for (one, other), found in said:
        match = found.match
        seconds = min(10.0, match.seconds)
        cut = [
            heard(half.tracks[name])[int(at * RATE_HZ) : int((at + seconds) * RATE_HZ)]
            for name, at in ((one, match.query_start_s), (other, match.ref_start_s))
        ]
        alike = f"{correlation(*cut):.2f}" if min(map(len, cut)) > RATE_HZ else "none"
        print(f"{found.relation}: {one} and {other}, {match.seconds:.0f} s, {found.part:.2f} of both, {found.agreeing:.2f} "
              f"of peaks agree, {match.semitones:+.1f} semitones, tempo x{match.tempo_factor:.3f}, "
              f"{match.evidence.nats:.0f} nats; waveforms correlate by {alike}")  # fmt: skip
    pairs = len(half.tracks) * (len(half.tracks) - 1) // 2
    print(f"{len(said)} of {pairs} pairs of tracks said to be alike (95 % upper bound {upper(len(said), pairs):.2%})")
    return [{"figure": "pairs of tracks said to be alike", "value": len(said), "unit": "pairs", "goal": None, "met": None,
             "n": pairs}]  # fmt: skip


if __name__ == "__main__":
    main()
