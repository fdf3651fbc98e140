"""What fingerprints cost: a query, its growth with the index, indexing beside fpcalc, bytes an hour.

`.venv/bin/python bench/fingerprints.py [--scale small|full] [--json FILE] [--music DIR]`

The music is that of a folder (of its first 140 files six in seven are indexed, the rest is what is not there), else settings of old
tunes rendered with one SoundFont. Times are processor time of one thread. Indexes beyond the music are the music and
made-up recordings with its distribution of keys (`bench/prints.py`); `full` goes to 100,000 tracks, about 2 GB. From less
than GROWN_HOURS they are not made: a key that occurs once in half an hour would be held for common.
`fpcalc` is Debian's libchromaprint-tools; without it its row says that it was not run.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
sys.path.append(str(Path(__file__).resolve().parents[1]))

import numpy as np
import soundfile

from accord.catalog import audio
from accord.integrity.identify import identify
from accord.integrity.index import Index, build_segment, merge, pack
from accord.integrity.peaks import FRAMES_PER_S, RATE_HZ, REFERENCE, find_peaks
from accord.integrity.segment import Segment
from bench.prints import grown

INDEXED, ABSENT, QUERIES = 120, 20, 20
GROWN_HOURS = 5.0
SIZES = {"small": (1_000,), "full": (1_000, 10_000, 100_000)}
GOALS = {"query": 40.0, "growth": 3.0, "indexing": 4.0, "bytes": 350.0}
Row = dict[str, float | str | int | None]


def row(figure: str, value: float | None, unit: str, goal: float | None = None, n: int = 1) -> Row:
    """One line, printed as it is known; value None: not run."""
    shown = "not run" if value is None else f"{value:.2f}"
    against = "" if goal is None or value is None else f"  goal {goal:g}  {'met' if value <= goal else 'MISSED'}"
    print(f"{figure:<66} {shown:>10} {unit:<8} n={n}{against}", flush=True)
    return {"figure": figure, "value": value, "unit": unit, "goal": goal, "n": n}


def files_of(music: Path | None, work: Path) -> list[Path]:
    """Sound files: a folder's, or renders of the demonstration's corpus, as FLAC."""
    if music:
        return sorted(p for p in music.iterdir() if p.is_file())[: INDEXED + ABSENT]
    from accord.demo.corpus import build_corpus
    from accord.studio.rendering import render

    for number, work_of in enumerate(build_corpus().works[: INDEXED + ABSENT]):
        made = render(work_of.score)
        soundfile.write(work / f"{number:03}.flac", made.mix, made.rate)
    return sorted(work.iterdir())


def indexing(files: list[Path]) -> tuple[Segment, list[Row]]:
    """The segment of these files; CPU seconds an hour of taking it, decoded here too, and of fpcalc on the same files."""
    find_peaks(audio.read_mono(files[0], RATE_HZ), REFERENCE)
    build_segment([("warm", find_peaks(np.zeros(RATE_HZ, np.float32), REFERENCE))])
    began = time.process_time()
    segment = build_segment((f.name, find_peaks(audio.read_mono(f, RATE_HZ), REFERENCE)) for f in files)
    taken = time.process_time() - began
    hours = sum(p.length for p in segment.placed) / FRAMES_PER_S / 3600
    theirs = None
    if shutil.which("fpcalc"):
        before = _children_s()
        for file in files:
            done = subprocess.run(["fpcalc", "-length", "100000", "-raw", str(file)], check=False, capture_output=True)
            if (
                b"FINGERPRINT=" not in done.stdout
            ):  # it leaves with 3 for a file that ends within a block, after its answer
                sys.exit(f"fpcalc could not read {file.name}: {done.stderr.decode()[-200:]}")
        theirs = (_children_s() - before) / hours
    return segment, [
        row("indexing, CPU seconds an hour of audio, decoding included", taken / hours, "s/h", GOALS["indexing"], len(files)),
        row("the same, fpcalc (chromaprint), the same files", theirs, "s/h", None, len(files)),
    ]  # fmt: skip


def sizes(segment: Segment) -> list[Row]:
    """Kilobytes an hour of the file, and of its parts."""
    hours = sum(p.length for p in segment.placed) / FRAMES_PER_S / 3600
    parts = {"peaks": segment.peaks.bytes, "triples": segment.postings[0].packed.bytes}
    parts["quads"] = segment.postings[1].packed.bytes
    rows = [row(f"  of that, {name}", size / 1000 / hours, "KB/h") for name, size in parts.items()]
    whole = len(pack(segment)) / 1000 / hours
    return [row(f"segment file, an hour of music ({hours:.2f} h)", whole, "KB/h", GOALS["bytes"]), *rows]


def excerpts(files: list[Path]) -> list[bytes]:
    """Ten seconds from the middle of each file, as FLAC in memory."""
    out = []
    for file in files[:QUERIES]:
        sound = audio.read_mono(file, RATE_HZ)
        middle = max(0, len(sound) // 2 - 5 * RATE_HZ)
        made = io.BytesIO()
        soundfile.write(made, np.clip(sound[middle : middle + 10 * RATE_HZ], -1, 1), RATE_HZ, format="FLAC")
        out.append(made.getvalue())
    return out


def query_ms(index: Index, queries: list[bytes], names: list[str]) -> tuple[float, int]:
    """(median CPU milliseconds of decoding and identifying a query, how many were found by name)."""
    times, found = [], 0
    for number, data in enumerate([queries[0], *queries]):
        began = time.process_time()
        matches = identify(audio.read_mono(data, RATE_HZ), RATE_HZ, index)
        if number:
            times.append(1000 * (time.process_time() - began))
            found += bool(names) and names[number - 1] in {m.recording for m in matches}
    return statistics.median(times), found


def growth(
    segment: Segment, tracks: tuple[int, ...], there: list[bytes], absent: list[bytes], names: list[str]
) -> list[Row]:
    """Queries against the music, and against the music among more and more made-up recordings."""
    rows: list[Row] = []
    small: list[float] = []
    hours = merge([segment]).hours
    if hours < GROWN_HOURS:
        rows.append(
            row(
                f"growth, as {hours:.1f} h are too little to tell how keys are distributed",
                None,
                "times",
                GOALS["growth"],
            )
        )
        tracks = ()
    for many in (len(segment.placed), *tracks):
        index = merge([segment if many == len(segment.placed) else grown(segment, many)])
        label = f"{many:,} tracks, {index.hours:,.0f} h"
        both = []
        for what, queries, wanted in (("in the index", there, names), ("not in it", absent, [])):
            took, found = query_ms(index, queries, wanted)
            both.append(took)
            goal = GOALS["query"] if not small else None
            rows.append(row(f"query of 10 s {what}, {label}", took, "ms CPU", goal, len(queries)))
            if wanted:
                rows.append(row("  of these not found", len(queries) - found, "count", 0, len(queries)))
        small = small or both
        if many != len(segment.placed):
            ratio = max(a / b for a, b in zip(both, small, strict=True))
            rows.append(row(f"  times the small case, {label}", ratio, "times", GOALS["growth"]))
            rows.append(row("  index in memory maps", index.bytes / 1e9, "GB"))
    return rows


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--scale", choices=SIZES, default="small")
    options.add_argument("--json", type=Path)
    options.add_argument("--music", type=Path)
    told = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="accord-bench-") as work:
        files = files_of(told.music, Path(work))
        here = min(INDEXED, len(files) * 6 // 7)
        kept, rest = files[:here], files[here:]
        if not kept or not rest:
            sys.exit(f"{told.music} holds {len(files)} files: put at least seven there")
        segment, rows = indexing(kept)
        rows += sizes(segment)
        rows += growth(segment, SIZES[told.scale], excerpts(kept), excerpts(rest), [f.name for f in kept])
    if told.json:
        told.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
