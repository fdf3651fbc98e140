"""What a check of a melody costs as the catalogue of works grows, and what it still finds.

    .venv/bin/python bench/melodies.py [--scale small|full] [--works 120,1000,10000] [--queries 20] [--json FILE]

The works are the demonstration's tunes and made-up ones behind them: the rhythm of a real tune with steps drawn as the real
ones take them after two others. Each catalogue is laid out in a file and mapped, as a process does. Queries are tunes of the
same book that are not among the works, and the same with 8 bars of a work in them, transposed, and transposed and ornamented.
Median CPU time, one thread, beside the smallest catalogue's and one pass over the file's bytes, which is what looking at every
note would take at least; a larger catalogue asks for more evidence.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

import numpy as np
from eval.melodies import SEED, excerpt, ornamented, planted, strangers, transposed

from accord.catalog.score import Score
from accord.demo.sources import selection
from accord.integrity import melody
from accord.integrity.melody import Line
from accord.integrity.melody_file import Laid, load, save
from accord.integrity.melody_search import Catalogue, of_lines, search

WORKS = {"small": "120,1000,10000", "full": "120,1000,10000,100000"}
AT_ONCE = 5000


def made_up(real: list[Line], works: int) -> Iterator[tuple[str, Line]]:
    """So many melodies beside the real ones."""
    chance, after = np.random.default_rng(SEED), np.full((12, 12, 12), 0.1)
    for line in real:
        taken = melody.steps(line)
        np.add.at(after, (taken[:-2], taken[1:-1], taken[2:]), 1.0)
    less, longest = np.cumsum(after, axis=2) / after.sum(axis=2, keepdims=True), max(map(len, real))
    for first in range(0, works, AT_ONCE):
        like = chance.integers(len(real), size=min(AT_ONCE, works - first))
        drawn, steps = chance.random((len(like), longest)), np.full((len(like), longest + 2), 2)
        for at in range(longest):
            steps[:, at + 2] = (less[steps[:, at], steps[:, at + 1]] < drawn[:, at, None]).sum(axis=1)
        pitch = 55 + (15 + np.cumsum(np.where(steps > 6, steps - 12, steps)[:, 2:], axis=1)) % 36
        for number, (rhythm, row) in enumerate(zip(like.tolist(), pitch, strict=True), first):
            line = real[rhythm]
            yield f"made-up {number}", Line("melody", row[: len(line)].copy(), line.length, line.bar)


def mapped(catalogue: Catalogue, file: Path) -> tuple[Catalogue, float]:
    """The catalogue in a file, and the CPU seconds that one pass over its bytes takes."""
    with file.open("wb") as out:
        save(Laid(1, frozenset(), tuple((work, "") for work in catalogue.works), catalogue), out)
    took = []
    words = np.memmap(file, np.uint64, "r", shape=(file.stat().st_size // 8,))
    for _ in range(3):
        began = time.process_time()
        int(words.sum())
        took.append(time.process_time() - began)
    return load(file).catalogue, min(took)


def asked(catalogue: Catalogue, scores: list[tuple[str, Score]]) -> tuple[float, int]:
    """Median CPU milliseconds of a search, and how many named their work."""
    took, found = [], 0
    for work, score in scores:
        began = time.process_time()
        named = {match.work for match in search(score, catalogue)}
        took.append(1000 * (time.process_time() - began))
        found += work in named
    return statistics.median(took), found


def quoting(real: list[tuple[str, Score]], hosts: list[Score]) -> dict[str, list[tuple[str, Score]]]:
    """Each kind of query: (the work in it, score)."""
    dice = random.Random(SEED)
    chosen = [(*dice.choice(real), host) for host in hosts]
    plain = [(work, planted(transposed(excerpt(score, 8, dice), dice), host)) for work, score, host in chosen]
    adorned = [(work, planted(ornamented(excerpt(score, 8, dice), dice), host)) for work, score, host in chosen]
    return {"not in it": [("", host) for host in hosts], "8 bars": plain, "8 bars ornamented": adorned}


def main() -> None:
    """Run and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--scale", choices=WORKS, default="small")
    options.add_argument("--works", help="sizes, the smallest first")
    options.add_argument("--queries", type=int, default=20)
    options.add_argument("--json", type=Path)
    told = options.parse_args()
    sizes = [int(size) for size in (told.works or WORKS[told.scale]).split(",")]
    real = [(source.title, source.read().score) for source in selection()][: sizes[0]]
    lines = [(work, line) for work, score in real if (line := melody.lead(score)) is not None]
    queries = quoting(real, [read.score for _, read in strangers(told.queries)])
    search(queries["8 bars"][0][1], of_lines(lines[:3]))  # compiles
    first: dict[str, float] = {}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for works in sizes:
            whole = [*lines, *made_up([line for _, line in lines], works - len(lines))]
            began = time.process_time()
            catalogue = of_lines(whole)
            built = time.process_time() - began
            file = Path(folder) / str(works)
            catalogue, limit = mapped(catalogue, file)
            size = file.stat().st_size / 1e6
            print(f"{works} works, {catalogue.notes} notes, laid out in {built:.1f} CPU-s, {size:.1f} MB", flush=True)
            for kind, scores in queries.items():
                took, found = asked(catalogue, scores)
                times = took / first.setdefault(kind, took)
                said = f", found {found} of {len(scores)}" if scores[0][0] else ""
                print(
                    f"  {kind}: {took:.0f} ms, {times:.1f} times that of {sizes[0]}; a pass over the file "
                    f"{1000 * limit:.1f} ms{said}",
                    flush=True,
                )
                rows.append(
                    {
                        "figure": f"a query among {works} works, {kind}, times that among {sizes[0]}",
                        "value": times,
                        "unit": "times",
                        "goal": None,
                        "met": None,
                        "n": len(scores),
                    }
                )
    if told.json:
        told.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
