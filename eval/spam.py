"""How well spam among uploads is found: precision and recall per kind of abuse, and what that costs.

    .venv/bin/python eval/spam.py [--scale small|full] [--uploads N] [--seed N] [--json FILE]

A catalogue is made from a seed (`eval/uploads.py`): 1 % of its uploads are planted abuse of each of six kinds, four in ten of
the rest are honest kinds that look like it. The signals run over all of it as they would (`ACCORD_ENGINE` chooses where). A
seed splits the accounts in two halves. On the first, cases are opened by the shipped weights; readers decide DECISIONS of them
by what was planted, MISTAKEN of them wrongly; the weights are learned from that. The table is of the other half, which nothing
was learned on: an upload is *said* to be of a kind when it shows that sign and its account would be a case, so that a reader
sees it there. Precision is the part of those that were planted as that kind, recall the part of the planted that are said.
Uploads of one account come together, so intervals (Wilson's at 95 %) are narrower than the truth; mass uploads come from few
accounts, so theirs most of all. The limits of the rules are not learned: they were set by hand, on catalogues of other seeds,
by the hand that planted. Planted data is easier than the world.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))

import numpy as np
import pyarrow as pa

from accord.engine.running import open_engine
from accord.integrity.records import Suspicion
from accord.integrity.spam_learning import learn
from accord.integrity.spam_signals import signs_in, strongest
from accord.integrity.spam_tables import artists_table, matched_table, uploads_table
from accord.integrity.spam_weights import DEFAULT, OPEN_FROM, Weights, feature, probability, weigh
from eval.shares import Row
from eval.uploads import GROUPS, KINDS, Made, catalogue

SIZES = {"small": 100_000, "full": 2_000_000}
SEED = 7
DECISIONS, MISTAKEN = 1_000, 0.03
PRECISION, RECALL = 0.98, 0.90


@dataclass
class Seen:
    """What the signals said of a catalogue, and what of it is true."""

    made: Made
    account: Any  # the number of each upload's account
    half: Any  # of each account: 0 is learned on, 1 is reported
    signs: pa.Table
    place: Any  # of each sign: its upload's row
    by_account: dict[int, dict[str, int]]  # account → value by signal
    spoiled: Any  # of each account: whether something was planted in it


def look(made: Made, seed: int) -> tuple[Seen, dict[str, float]]:
    """Run the signals; with the seconds of processor and wall that they took."""
    began, wall = time.process_time(), time.perf_counter()
    tables = {
        "uploads": uploads_table(made.raw),
        "artists": artists_table(made.known),
        "matched": matched_table(made.matched),
    }
    prepared = time.process_time() - began
    with open_engine() as engine:
        signs = signs_in(engine, tables)
        shown = strongest(engine, signs)
    took = {"prepare_s": prepared, "cpu_s": time.process_time() - began, "wall_s": time.perf_counter() - wall}
    coded = made.raw["account"].combine_chunks().dictionary_encode()
    number = {name: n for n, name in enumerate(coded.dictionary.to_pylist())}
    account = coded.indices.to_numpy()
    spoiled = np.zeros(len(number), bool)
    spoiled[account[made.kind >= 0]] = True
    by_account = {number[name]: {sign.signal: sign.value for sign in some} for name, some in shown.items()}
    place = np.array([int(upload[4:]) for upload in signs["upload"].to_pylist()], np.int64)
    half = np.random.default_rng(seed).integers(0, 2, len(number))
    return Seen(made, account, half, signs, place, by_account, spoiled), took


def decided(seen: Seen, seed: int) -> tuple[list[tuple[dict[str, int], bool]], int]:
    """Decisions on cases of the first half that the shipped weights open, and how many of its accounts show nothing."""
    dice = np.random.default_rng(seed)
    mine = {one: values for one, values in sorted(seen.by_account.items()) if seen.half[one] == 0}
    opened = [one for one, values in mine.items() if score(values, DEFAULT) >= OPEN_FROM]
    read = dice.permutation(np.array(opened))[:DECISIONS].tolist()
    cases = [(mine[one], bool(seen.spoiled[one]) != bool(dice.random() < MISTAKEN)) for one in read]
    return cases, int((seen.half == 0).sum()) - len(mine)


def score(values: dict[str, int], by: Weights) -> float:
    """The likelihood of an account, as `weigh` has it."""
    return probability(by.base + sum(by.weights[signal] * feature(signal, value) for signal, value in values.items()))


def said(seen: Seen, by: Weights) -> tuple[list[Row], Counter[tuple[str, str]]]:
    """Precision and recall of each kind on the second half; and (kind, who made it) of what is said and was not planted."""
    opened = np.zeros(len(seen.half), bool)
    opened[[one for one, values in seen.by_account.items() if score(values, by) >= OPEN_FROM]] = True
    reported = (seen.half == 1)[seen.account]
    shown = (opened & (seen.half == 1))[seen.account][seen.place]
    signal, rows, wrong = np.array(seen.signs["signal"].to_pylist()), [], Counter()
    for number, kind in enumerate(KINDS):
        found = seen.place[shown & (signal == kind)]
        right = int((seen.made.kind[found] == number).sum())
        planted = int(((seen.made.kind == number) & reported).sum())
        rows.append(Row(f"{kind}: precision", right, len(found), PRECISION))
        rows.append(Row(f"{kind}: recall", right, planted, RECALL))
        wrong.update((kind, GROUPS[group]) for group in seen.made.group[found[seen.made.kind[found] != number]])
    return rows, wrong


def accounts(seen: Seen, by: Weights) -> tuple[list[Row], list[str]]:
    """Cases as they would be opened on the second half, and whether likelihoods keep their word."""
    mine = [
        (score(values, by), bool(seen.spoiled[one])) for one, values in seen.by_account.items() if seen.half[one] == 1
    ]
    opened = [bad for chance, bad in mine if chance >= OPEN_FROM]
    all_bad = int((seen.spoiled & (seen.half == 1)).sum())
    rows = [
        Row("cases: precision", sum(opened), len(opened), PRECISION),
        Row("cases: recall", sum(opened), all_bad, RECALL),
    ]
    edges, kept = (0.0, 0.01, 0.1, 0.3, 0.5, 0.8, 0.95, 1.0001), []
    for low, high in pairwise(edges):
        here = [(chance, bad) for chance, bad in mine if low <= chance < high]
        if here:
            expected, found = (sum(x) / len(here) for x in zip(*here, strict=True))
            kept.append(
                f"  {low:4.2f} to {min(high, 1):4.2f}: {len(here):>6,} accounts, expected {expected:6.1%}, upheld {found:6.1%}"
            )
    return rows, kept


def table(title: str, rows: list[Row]) -> None:
    """Print rows with their n, interval and goal."""
    print(f"\n{title}")
    for row in rows:
        low, high = row.interval if row.n else (math.nan, math.nan)
        met = "" if row.met is None else ("met" if row.met else "MISSED")
        print(
            f"  {row.figure:<28} {row.value:7.2%}  ({row.hits:,} of {row.n:,}; {low:.2%} to {high:.2%})  goal {row.goal:.0%} {met}"
        )


def example(seen: Seen, by: Weights) -> Suspicion:
    """The first account of the second half that would be a case, as a reader sees it."""
    one = min(n for n, values in seen.by_account.items() if seen.half[n] == 1 and score(values, by) >= OPEN_FROM)
    name = seen.made.raw["account"].combine_chunks().dictionary_encode().dictionary[one].as_py()
    with open_engine() as engine:
        engine.table("uploads", seen.made.raw.select(["upload", "account"]))
        return weigh(strongest(engine, seen.signs)[name], by)


def main() -> None:
    """Make, look, learn, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--scale", choices=tuple(SIZES), default="small")
    asked.add_argument("--uploads", type=int, help="as many instead")
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--json", type=Path)
    options = asked.parse_args()
    count, began = options.uploads or SIZES[options.scale], time.process_time()
    made = catalogue(count, options.seed)
    print(f"{count:,} uploads made in {time.process_time() - began:.0f} CPU-seconds, seed {options.seed}")
    seen, took = look(made, options.seed + 1)
    print(
        f"signals: {took['cpu_s']:.0f} CPU-seconds ({took['prepare_s']:.0f} of them words and names), {took['wall_s']:.0f} s on the "
        f"clock; {seen.signs.num_rows:,} signs in {len(seen.by_account):,} of {len(seen.half):,} accounts"
    )
    cases, quiet = decided(seen, options.seed + 2)
    learned = learn(cases, quiet, options.seed + 3, "learned")
    print(f"{learned.origin}; base {learned.base}, {learned.weights}")
    (shipped, wrong_shipped), (rows, wrong) = said(seen, DEFAULT), said(seen, learned)
    table("shipped weights, second half, uploads", shipped)
    table("learned weights, second half, uploads", rows)
    by_case, kept = accounts(seen, learned)
    table("learned weights, second half, accounts as cases", by_case)
    print("\nlikelihoods on the second half\n" + "\n".join(kept))
    print()
    for title, some in (("shipped", wrong_shipped), ("learned", wrong)):
        listed = ", ".join(f"{n} {kind} ({group})" for (kind, group), n in some.most_common(12))
        print(f"said and not planted, {title} weights: {listed or 'none'}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\n{time.process_time() - began:.0f} CPU-seconds in all, {peak:.1f} GB at most")
    if options.json:
        figures = [("spam, shipped weights: ", shipped), ("spam: ", [*rows, *by_case])]
        said_all = [
            {
                "figure": head + row.figure,
                "value": row.value,
                "unit": "part",
                "goal": row.goal,
                "met": row.met,
                "n": row.n,
            }
            for head, some in figures
            for row in some
        ]
        said_all.append(
            {
                "figure": "spam: signals",
                "value": took["cpu_s"],
                "unit": "CPU-seconds",
                "goal": None,
                "met": None,
                "n": count,
            }
        )
        said_all.append({"figure": "spam: memory", "value": peak, "unit": "GB", "goal": None, "met": None, "n": count})
        options.json.write_text(json.dumps(said_all, indent=2))


if __name__ == "__main__":
    main()
