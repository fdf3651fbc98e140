"""How fast clearance decides: one asset with and without its because, and a whole catalogue against bare memory.

`.venv/bin/python bench/clearance.py [--scale small|full] [--json FILE]`

The catalogue is made by a seeded generator in the kernel's own layout: power-law licensors and people, five to eight
requirements an asset, works shared by recordings. The limit it is measured against is a bare numpy gather-and-AND over
the same number of rows, in the same process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from accord.clearance import kernel, rules
from accord.clearance.kernel import Compiled
from accord.clearance.records import Question
from accord.terms.territory import SIZE, WORDS, TerritorySet
from accord.terms.use import Use

sys.path.append(str(Path(__file__).resolve().parents[1]))  # the small clean catalogue is the tests' own
from tests.properties.catalogues import AT, choice, clean

SIZES = {"small": 1_000_000, "full": 10_000_000}


def made_up(count: int, seed: int = 1) -> Compiled:
    """A catalogue of `count` recordings: each made of itself (three rows) and of one or two works (two or three rows)."""
    rng = np.random.default_rng(seed)
    works = count // 4
    masks = 4096
    table = rng.integers(0, 2**63, size=(masks, WORDS), dtype=np.int64).astype(np.uint64)
    table |= rng.integers(0, 2**63, size=(masks, WORDS), dtype=np.int64).astype(np.uint64) << np.uint64(1)
    table[0] = 0
    table[1] = np.array(TerritorySet((1 << SIZE) - 1).words())
    rows_of = np.concatenate([np.full(count, 3), rng.integers(2, 4, works)])
    part_start = np.concatenate([[0], np.cumsum(rows_of)])
    rows = int(part_start[-1])
    have = np.minimum(rng.zipf(1.3, rows), masks - 1)
    asset_parts = rng.integers(2, 4, count)
    asset_start = np.concatenate([[0], np.cumsum(asset_parts)])
    parts = count + np.minimum(rng.zipf(1.2, int(asset_start[-1])) - 1, works - 1)
    parts[asset_start[:-1]] = np.arange(count)
    return Compiled(
        assets=tuple(range(count)),  # type: ignore[arg-type]  # ids do not matter to the pass
        offered=table[1],
        table=table,
        need=np.where(rng.random(rows) < 0.8, 1, have),
        have=have,
        code=rng.integers(0, 4, rows),
        codes=("clearance.no-claim", "clearance.no-deal", "clearance.no-yes", "clearance.held"),
        part_start=part_start,
        parts=parts,
        asset_start=asset_start,
    )


def bare(compiled: Compiled) -> float:
    """Seconds for the least that must be done: gather every row's two masks and each asset's parts, and AND them."""
    began = time.perf_counter()
    for first in range(0, len(compiled.need), kernel.BLOCK):
        rows = slice(first, first + kernel.BLOCK)
        np.bitwise_and(compiled.table[compiled.need[rows]], compiled.table[compiled.have[rows]])
    met = np.zeros((len(compiled.part_start), WORDS), dtype=np.uint64)
    for first in range(0, len(compiled.parts), kernel.BLOCK):
        np.bitwise_and(met[compiled.parts[first : first + kernel.BLOCK]], compiled.offered)
    return time.perf_counter() - began


def pass_over(compiled: Compiled) -> float:
    """Seconds for the kernel's pass without its counts of reasons."""
    began = time.perf_counter()
    kernel.masks_of(compiled)
    return time.perf_counter() - began


def p50_us(what: Callable[[], Any], times: int = 2000) -> float:
    """The median time of a call in microseconds."""
    found = []
    for _ in range(times):
        began = time.perf_counter_ns()
        what()
        found.append(time.perf_counter_ns() - began)
    return statistics.median(found) / 1000


def figures(scale: str) -> list[dict[str, Any]]:
    """Every figure with its unit, goal and n."""
    compiled = made_up(SIZES[scale])
    count = len(compiled.assets)
    limit = min(bare(compiled) for _ in range(3))
    took = min(pass_over(compiled) for _ in range(3))
    began = time.perf_counter()
    kernel.run(compiled)
    with_reasons = time.perf_counter() - began
    state, question = clean(Use.TRAIN), Question(Use.TRAIN, "f", AT)
    refused = {**state.choices, "N": (choice("no", "N", Use.TRAIN, "no"),)}
    no = msgspec.structs.replace(state, choices=refused)
    found = [
        ("one decision from its records, yes", p50_us(lambda: rules.decide(state, question, "R1")), "µs", None, 2000),
        (
            "one decision from its records, no, with its because",
            p50_us(lambda: rules.decide(no, question, "R1")),
            "µs",
            None,
            2000,
        ),
        ("whole catalogue, a second", count / took, "assets/s", None, count),
        ("whole catalogue, of a bare gather-and-AND", limit / took, "ratio", 0.5, count),
        ("whole catalogue with counts by reason, a second", count / with_reasons, "assets/s", None, count),
    ]
    return [
        {"figure": name, "value": value, "unit": unit, "goal": goal, "met": _met(value, goal, unit), "n": n}
        for name, value, unit, goal, n in found
    ]


def _met(value: float, goal: float | None, unit: str) -> bool | None:
    if goal is None:
        return None
    return value <= goal if unit == "µs" else value >= goal


def main() -> None:
    """Print the table; write the JSON when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", choices=sorted(SIZES), default="small")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found = figures(asked.scale)
    for one in found:
        goal = "" if one["goal"] is None else f"goal {one['goal']:g}: {'met' if one['met'] else 'NOT met'}"
        print(f"{one['figure']:<56}{one['value']:>16,.2f} {one['unit']:<10}{goal}")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
