"""Same seed, same set: same bytes, in two processes that share nothing but the code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra [lab] is not installed: models are not trained")

pytestmark = pytest.mark.sqlite_alone
RUN = "from tests.unit.training.test_same_bytes import made; print(made())"


def made() -> str:
    """Train on twelve tunes and write a piece: the hashes of the weights' file and of the MIDI file."""
    from hashlib import sha256

    from tests.unit.training.test_steering import tune

    from accord.training import fitting, learning, mixture, tokens, transformer
    from accord.training.generator import Request, ScoreModel

    sequences = {f"scr_{n}": tokens.encode(tune(n, "C major")).ids for n in range(12)}
    corpus = fitting.Corpus(sequences, {name: f"cluster:{name}" for name in sequences})
    shape = transformer.Shape(tokens.size(), width=16, layers=1, heads=2, window=32)
    fitted = fitting.fit(corpus, learning.Plan(steps=12, batch=4, warm_up=2, seed=7), shape)
    piece = ScoreModel(fitted.model).generate(Request(key="D minor", instruments=(40, 32), bars=4, seed=9))
    return f"{sha256(mixture.to_bytes(fitted.model)).hexdigest()} {sha256(piece.to_midi()).hexdigest()}"


def test_two_processes_make_the_same_bytes() -> None:
    """Another process, another hash seed, another number of threads: the same weights and the same piece."""
    root = Path(__file__).resolve().parents[3]
    found = set()
    for hash_seed, threads in (("1", "1"), ("2", "2")):
        env = dict(os.environ, PYTHONPATH=str(root), PYTHONHASHSEED=hash_seed, OMP_NUM_THREADS=threads)
        ran = subprocess.run([sys.executable, "-c", RUN], cwd=root, env=env, capture_output=True, text=True, check=True)
        found.add(ran.stdout)
    assert len(found) == 1 and len(found.pop().split()) == 2
