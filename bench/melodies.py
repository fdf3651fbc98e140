"""What a check of a melody costs as the catalogue of works grows, and what it still finds.

    .venv/bin/python bench/melodies.py [--works 182,1000,10000] [--queries 20]

The works are the demonstration's 182 tunes and made-up ones behind them: the rhythm of a real tune with steps drawn as the real
ones take them after two others. Queries are tunes of the same book that are not among the works, and the same with 8 bars of a
work in them, transposed, and transposed and ornamented. CPU time, one thread; a larger catalogue asks for more evidence.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

import numpy as np
from eval.melodies import SEED, excerpt, ornamented, planted, strangers, transposed

from accord.catalog.score import Note, Score, Track
from accord.demo.sources import selection
from accord.integrity import melody
from accord.integrity.melody_search import Catalogue, build, search


def made_up(real: list[tuple[str, Score]], works: int) -> Iterator[tuple[str, Score]]:
    """So many works beside the real ones."""
    chance, lines = np.random.default_rng(SEED), [line for _, score in real if (line := melody.lead(score)) is not None]
    after = np.full((12, 12, 12), 0.1)
    for line in lines:
        taken = melody.steps(line)
        np.add.at(after, (taken[:-2], taken[1:-1], taken[2:]), 1.0)
    less = np.cumsum(after, axis=2) / after.sum(axis=2, keepdims=True)
    for number in range(works):
        line = lines[int(chance.integers(len(lines)))]
        drawn, steps, pitch, notes = chance.random(len(line)), [2, 2], 70, []
        for onset, length, u in zip(line.onset.tolist(), line.length.tolist(), drawn, strict=True):
            steps.append(int(np.searchsorted(less[steps[-2], steps[-1]], u)))
            pitch += steps[-1] - 12 * (steps[-1] > 6)
            pitch += 12 * (pitch < 55) - 12 * (pitch > 91)
            notes.append(Note(onset, length, pitch))
        yield f"made-up {number}", Score("", 100.0, (4, 4), "C major", (Track("melody", 73, tuple(notes)),))


def measured(works: int, built_s: float, catalogue: Catalogue, queries: dict[str, list[tuple[str, Score]]]) -> None:
    """Print one line of the table."""
    cells = []
    for kind, scores in queries.items():
        took, found = [], 0
        for work, score in scores:
            began = time.process_time()
            named = {match.work for match in search(score, catalogue)}
            took.append(1000 * (time.process_time() - began))
            found += work in named
        cells.append(
            f"{kind}: {statistics.median(took):.0f} ms" + (f", found {found} of {len(scores)}" if scores[0][0] else "")
        )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{works} works, {catalogue.notes} notes, read in {built_s:.0f} CPU-s, {memory:.0f} MB at the peak; "
        + "; ".join(cells),
        flush=True,
    )


def main() -> None:
    """Run and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--works", default="182,1000,10000")
    options.add_argument("--queries", type=int, default=20)
    told = options.parse_args()
    real = [(source.title, source.read().score) for source in selection()]
    hosts = [read.score for _, read in strangers(told.queries)]
    dice = random.Random(SEED)
    chosen = [(*dice.choice(real), host) for host in hosts]
    parts = [(work, transposed(excerpt(score, 8, dice), dice), host) for work, score, host in chosen]
    adorned = [(work, ornamented(excerpt(score, 8, dice), dice), host) for work, score, host in chosen]
    queries = {
        "not in it": [("", host) for host in hosts],
        "8 bars": [(work, planted(part, host)) for work, part, host in parts],
        "8 bars ornamented": [(work, planted(part, host)) for work, part, host in adorned],
    }
    search(hosts[0], build(real[:3]))  # compiles
    for works in map(int, told.works.split(",")):
        began = time.process_time()
        catalogue = build(chain(real, made_up(real, works - len(real))))
        measured(works, time.process_time() - began, catalogue, queries)


if __name__ == "__main__":
    main()
