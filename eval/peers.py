"""What an installed peer finds of the same queries: chromaprint's fpcalc (Debian: libchromaprint-tools), when present.

fpcalc makes fingerprints and matches nothing, so the matcher is ours and generous: the query slides over every place of
every recording, and the share of equal bits at the best place is its evidence. A tool of the evaluation only.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from accord.integrity.peaks import RATE_HZ
from eval.queries import Music, Query, sound_of

U32 = NDArray[np.uint32]
LEAST_PARTS = 8  # of 0.124 s, each of which hears 2 s


class Chromaprint:
    """Every recording's fingerprint in one row, kept in `work`."""

    name = "chromaprint"

    def __init__(self, music: Music, work: Path) -> None:
        self.music = music
        parts = []
        for name, path in music.references.items():
            kept = work / "chromaprint" / f"{name}.npy"
            if not kept.exists():
                kept.parent.mkdir(exist_ok=True)
                np.save(kept, fingerprint(path))
            parts.append(np.load(kept))
        self.names = list(music.references)
        self.edges = np.cumsum([0, *map(len, parts)])
        self.row = np.concatenate(parts)

    def ask(self, query: Query) -> dict[str, Any]:
        """The answer in the form of `eval.queries.ask`: evidence is the share of equal bits above one half."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "query.wav"
            soundfile.write(path, np.clip(sound_of(self.music, query), -1, 1), RATE_HZ, subtype="PCM_16")
            best = self.match(fingerprint(path))
        true = best[self.names.index(query.track)] if query.condition else 0.0
        others = [value for name, value in zip(self.names, best, strict=True) if name != query.track]
        said = {"key": query.key, "half": query.half, "condition": query.condition, "seconds": query.seconds}
        return {**said, "true": {"nats": round(true, 4)}, "other": {"nats": round(max(others), 4)}}

    def match(self, asked: U32) -> list[float]:
        """Per recording, the share of equal bits at the best place, less one half."""
        if len(asked) < LEAST_PARTS:
            return [0.0] * len(self.names)
        unlike = np.zeros(len(self.row) - len(asked) + 1, np.uint16)
        for place, part in enumerate(asked):
            unlike += np.bitwise_count(self.row[place : place + len(unlike)] ^ part)
        out = []
        for first, last in zip(self.edges[:-1], self.edges[1:], strict=True):
            here = unlike[first : max(first, last - len(asked) + 1)]
            out.append(0.5 - float(here.min()) / (32 * len(asked)) if len(here) else 0.0)
        return out


def fingerprint(path: Path) -> U32:
    """fpcalc's whole raw fingerprint; empty when it finds the sound too short. Raises: RuntimeError when it cannot read.

    It leaves with 3 for a file that ends within a block, after its answer, and so for nearly every excerpt.
    """
    done = subprocess.run(["fpcalc", "-raw", "-json", "-length", "0", str(path)], capture_output=True, text=True)
    if done.stdout:
        return np.array(json.loads(done.stdout)["fingerprint"], np.uint32)
    if "Empty fingerprint" in done.stderr:
        return np.zeros(0, np.uint32)
    raise RuntimeError(f"fpcalc could not read {path.name}: {done.stderr.strip()[-200:]}")


def chromaprint(music: Music, work: Path) -> Chromaprint | None:
    """It, where fpcalc is installed."""
    return Chromaprint(music, work) if shutil.which("fpcalc") else None


def zero_recall(answers: list[dict[str, Any]], condition: str, seconds: int) -> tuple[int, int] | None:
    """(found, asked) of the report half above the highest of its negatives of that length; None without either."""
    row = [a for a in answers if a["half"] == "report" and a["seconds"] == seconds]
    nothing = [a["other"]["nats"] for a in row if not a["condition"]]
    cell = [a["true"]["nats"] for a in row if a["condition"] == condition]
    return (sum(value > max(nothing) for value in cell), len(cell)) if nothing and cell else None
