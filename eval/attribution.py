"""How right attribution is, against retraining, on the demonstration's corpus: every method in one table.

    .venv/bin/python eval/attribution.py [--scale small|full] [--seeds 4] [--json FILE]

120 works of four sources (of small: 48), each its first tokens; a network of about 0.12 million parameters learns them and
writes the pieces, half of them opened by twelve tokens of a work. Random halves of the works are retrained on, several seeds
each. LDS: the mean over pieces of Spearman's correlation between what a method predicts a half to be worth and what
it was worth. *Within a source* takes out what the number of present works of each source explains, *within a band* what that of
each of the demonstration's line-ups does. Chosen on the even pieces, reported on the odd ones; 95 % intervals over
pieces and halves. CPU-seconds are of this process. With kronfluence installed (see `eval/attributors.py`), it is in the table.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.append(str(Path(__file__).resolve().parents[1]))

import msgspec
import numpy as np
from numpy.typing import NDArray

from accord.attribution import calibration, influence, measuring, passages, retraining, similarity
from accord.attribution.experiment import Effort, Experiment
from accord.attribution.measuring import Scored
from accord.attribution.retraining import Proxy
from accord.training import learning, tokens
from accord.training.grammar import alphabet
from accord.training.transformer import Stream, Weights, parameters
from eval import attributors

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Works of each source, halves, seeds, pieces, owners.
SCALES = {
    "small": ({"bach": 12, "airdsAirs": 12, "oneills1850": 12, "ryansMammoth": 12}, Effort(16, 2, 24, 4, 1)),
    "full": ({"bach": 24, "airdsAirs": 26, "oneills1850": 35, "ryansMammoth": 35}, Effort(pieces=96)),
}
PIECE, OPENED = 256, 14
TOKENS = 76_800  # of 120 works; a calibration reads fewer, to be done in six minutes
RIDGE = 0.1
RUNS = (4, 6, 8, 12, 16, 24)
OPENING_SEED = 3


def corpus(wanted: dict[str, int]) -> dict[str, tuple[str, str, str, Ints]]:
    """Work → (source, band, writers, tokens), the first so many of each source."""
    from accord.demo.corpus import build_corpus

    found: dict[str, tuple[str, str, str, Ints]] = {}
    left = dict(wanted)
    for work in build_corpus().works:
        source = work.tune.split("/")[0]
        if left[source]:
            left[source] -= 1
            writers = "+".join(sorted(name for name, _ in work.writers))
            found[work.number] = (source, work.lineup, writers, tokens.encode(work.score).ids)
    return found


def write(of: Proxy, weights: Weights, count: int) -> list[Ints]:
    """Pieces of the proxy's own, over its own vocabulary."""
    chance = np.random.Generator(np.random.Philox(OPENING_SEED))
    found = []
    for number in range(count):
        work = of.sequences[int(chance.integers(len(of.works)))][0]
        ids = [int(t) for t in work[: OPENED if number // 2 % 2 else 2]]
        stream = Stream(of.shape, weights)
        follows = [stream.step(token) for token in ids][-1]
        while len(ids) < PIECE:
            ids.append(_drawn(np.exp(follows), chance))
            follows = stream.step(ids[-1])
        found.append(np.asarray(ids, np.int64))
    return found


def _drawn(weights: Floats, chance: np.random.Generator) -> int:
    """One token of the likeliest that together have nine tenths, never PAD."""
    weights[0] = 0.0
    order = np.argsort(-weights, kind="stable")
    summed = np.cumsum(weights[order])
    kept = int(np.searchsorted(summed, 0.9 * summed[-1])) + 1
    return int(order[np.searchsorted(summed[:kept], chance.random() * summed[kept - 1], side="right")])


def gradients(looked: influence.Looked) -> influence.Factors:
    """The works' gradients as they are: every direction, no curvature."""
    whole = influence.condense(looked, 1.0, 10**9)
    return replace(whole, works=whole.works / whole.scale, scale=np.ones_like(whole.scale))


def _gradients(one: influence.Factors, pieces: list[Ints]) -> list[influence.Floats]:
    return [influence.gradient(one.shape, one.weights, one.inputs, one.outputs, ids) for ids in pieces]


def trak(plain: influence.Factors, dots: Floats) -> Floats:
    """TRAK without its projection: the gradients' own second moments as curvature, with a ridge."""
    gram = plain.works.astype(np.float64) @ plain.works.T.astype(np.float64)
    gram += RIDGE * np.trace(gram) / len(gram) * np.eye(len(gram))
    return np.linalg.solve(gram, dots.T).T


def embedded(of: Proxy, weights: Weights, sequences: list[Ints]) -> Floats:
    """The mean last hidden state of each sequence, centred, of length one."""
    torch = learning.lab()
    tensors = {name: torch.from_numpy(value) for name, value in weights.items()}
    given, follows, whose = learning.covering(sequences, of.shape.window)
    seen = {}

    def through(x, name):  # type: ignore[no-untyped-def]
        seen[name] = x
        return x @ (tensors[name].T if name == "embed" else tensors[name])

    rows = []
    with torch.no_grad():
        for begin in range(0, len(given), 64):
            learning.forward(of.shape, tensors, torch.from_numpy(given[begin : begin + 64]), through)
            mask = torch.from_numpy((follows[begin : begin + 64] > 0).astype(np.float32))
            rows.append((seen["embed"] * mask[:, :, None]).sum(1).numpy())
    found = np.zeros((len(sequences), of.shape.width))
    np.add.at(found, whose, np.concatenate(rows))
    found /= np.bincount(whose, (follows > 0).sum(1), len(sequences))[:, None]
    return found


def cosines(pieces: Floats, works: Floats) -> Floats:
    """Cosine of each piece with each work, after the works' mean is taken away."""
    a, b = pieces - works.mean(0), works - works.mean(0)
    return (a / np.linalg.norm(a, axis=1, keepdims=True)) @ (b / np.linalg.norm(b, axis=1, keepdims=True)).T


def copied(piece: Ints, works: list[Ints]) -> Floats:
    """Suffix matching: each place's longest run that also stands in a work credits the works that have it so long."""
    longest = np.zeros((len(works), len(piece)))
    for run in RUNS:
        mine = _runs(piece, run)
        for number, work in enumerate(works):
            longest[number, run - 1 :][np.isin(mine, _runs(work, run))] = run
    top = longest.max(0)
    return np.where((longest == top) & (top > 0), longest, 0).sum(1)


def _runs(ids: Ints, run: int) -> Ints:
    codes = np.zeros(max(0, len(ids) - run + 1), np.int64)
    for step in range(run):
        codes = codes * np.int64(1_000_003) + ids[step : step + len(codes)] + 1
    return codes


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--scale", choices=SCALES, default="small")
    asked.add_argument("--seeds", type=int, help="seeds of each half")
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    wanted, effort = SCALES[given.scale]
    if given.seeds is not None and given.seeds < 2:
        asked.error("it takes at least 2 seeds to tell how far they agree")
    effort = replace(effort, seeds=given.seeds or effort.seeds)
    works = corpus(wanted)
    since, clock = time.process_time(), {}

    def lap(name: str) -> None:
        clock[name] = round(time.process_time() - since - sum(clock.values()), 1)

    share = sum(wanted.values()) / 120
    small = retraining.proxy({w: [ids] for w, (_, _, _, ids) in works.items()}, tokens.size(), int(TOKENS * share))
    every = np.ones(len(small.works), np.bool_)
    full = retraining.retrain(small, every, 100)
    own = write(small, full.weights, effort.pieces)
    back = {int(code): token for token, code in enumerate(small.code) if code}
    pieces = [np.asarray([back[int(t)] for t in ids], np.int64) for ids in own]
    lap("learn and write")
    writers = [works[w][2] for w in small.works]
    largest = sorted(set(writers), key=lambda owner: (-writers.count(owner), owner))[: effort.owners]
    owners = np.asarray([[owner == other for other in writers] for owner in largest])
    done = Experiment(small, pieces, calibration.halves(len(small.works), effort.subsets, 1), owners, effort)
    for name, present, seed in done.retrainings():
        done.done[name] = retraining.losses(small, retraining.retrain(small, present, seed).weights, pieces)
    lap("retrain")
    networks = [*full.kept, full.weights]
    looked = [influence.look(small.shape, weights, small.sequences) for weights in networks]
    factors = {(n, d): influence.condense(one, d) for n, one in enumerate(looked) for d in effort.dampings}
    turned = [_gradients(factors[n, effort.dampings[0]], own) for n in range(len(looked))]
    influences = {(n, d): np.asarray([f.of(g) for g in turned[n]], np.float64) for (n, d), f in factors.items()}
    lap("EK-FAC")
    first = [held[0] for held in small.sequences]
    plain = [gradients(one) for one in looked]
    dots = [np.asarray([f.of(g) for g in of], np.float64) for f, of in zip(plain, turned, strict=True)]
    others = {
        "gradient products": sum(map(calibration.standardised, dots)),
        "TRAK (unprojected, ridge 0.1)": sum(map(calibration.standardised, map(trak, plain, dots))),
        "embedding cosine": cosines(embedded(small, full.weights, own), embedded(small, full.weights, first)),
        "suffix": np.asarray([copied(ids, first) for ids in own]),
    }
    lap("other methods")
    if attributors.installed():
        others["kronfluence (EK-FAC, last checkpoint)"] = attributors.kronfluence(small, full.weights, own)
        lap("kronfluence")
    index = similarity.prepare(
        {w: [ids[2:] for ids in held] for w, held in zip(small.works, small.sequences, strict=True)}
    )
    likeness = np.asarray([list(similarity.similarities(index, ids[2:]).values()) for ids in own])
    sealed = np.asarray(
        [passages.tokens([ids[2:] for ids in held], int(small.code[alphabet().bar])) for held in small.sequences]
    )
    scored = Scored(influences, likeness, sealed, [works[w][0] for w in small.works], others)  # type: ignore[arg-type]
    words = f"{parameters(small.shape):,} parameters, {int(small.lengths.sum()):,} tokens"
    found, choice = measuring.calibrate(scored, done.retrained(), words, False, time.process_time() - since)
    bands, _ = measuring.calibrate(
        replace(scored, groups=[works[w][1] for w in small.works]), done.retrained(), words, False, 0
    )
    lap("figures")
    print(
        f"{found.works} works, {words}; {found.subsets} halves × {found.seeds} seeds, {found.reported} pieces reported on"
    )
    # of halves drawn again some two thirds differ: where that many bands explain them, nothing is left to correlate
    told = len({works[w][1] for w in small.works}) * 2 <= found.subsets
    print(f"{'method':38} {'LDS':>20} {'within a source':>20} {'within a band':>20}")
    for method, band in zip(found.methods, bands.methods, strict=True):
        in_band = band.within.words() if told else "too few halves"
        print(f"{method.name:38} {method.lds.words():>20} {method.within.words():>20} {in_band:>20}")
    print(f"chosen on {found.chosen_on} pieces: {choice}")
    print(f"combination over likeness (tf-idf) alone: {found.over_likeness.words()}")
    print(
        f"two seeds agree {found.agreement:.2f}; ceiling {found.ceiling:.2f}; share of it {found.paid.lds.value / found.ceiling:.2f}"
    )
    print(
        f"money error, {found.owners} owners left out: at w {found.money_error.words()}, by tokens {found.money_error_pro_rata.words()}"
    )
    if found.money_error_over is not None:
        print(f"money error at w less by tokens, on the same pieces: {found.money_error_over.words(3)}")
    print(f"w = {found.weight_ppm / 1e6:.2f} (part with the least money error {found.best_ppm / 1e6:.2f})")
    print(f"CPU-seconds: {time.process_time() - since:.0f} ({', '.join(f'{k} {v:g}' for k, v in clock.items())})")
    if given.json:
        given.json.write_text(json.dumps(msgspec.to_builtins(found) | {"clock": clock}, indent=1) + "\n")


if __name__ == "__main__":
    main()
