"""The demonstration's deliveries, written as a label and a publisher would: ERN with audio beside it, CWR.

    sent = write_deliveries(corpus, folder, render, progress, workers=2)
    sent.ern    company's key → paths of its ERN 4.3.2 messages, one a release; audio in `resources/` beside it, stems below
    sent.cwr    publisher's key → paths of its CWR 2.2 files
    sent.recordings, sent.stems, sent.seconds, sent.bytes: what was rendered

Nothing here goes round the real intake: these files are all it gets. `render` is `accord.studio.rendering.render`, or any
importable function from a Score to a Rendering. Rendering is the slow part and runs in `workers` processes.
"""

from __future__ import annotations

import hashlib
import io
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import soundfile

from accord.catalog.cwr import build_cwr
from accord.catalog.ern import build_ern
from accord.demo.ern_messages import File, Files, message
from accord.demo.records import DemoCorpus
from accord.demo.registrations import revision, transmission

Render = Callable[[Any], Any]
Progress = Callable[[int, int], None]
SENDERS = ("aurelia", "meridian", "commonhall", "openhand")
PUBLISHERS = ("larkspur", "stonebridge")


@dataclass(frozen=True)
class Deliveries:
    """What was written where."""

    ern: dict[str, tuple[Path, ...]]
    cwr: dict[str, tuple[Path, ...]]
    recordings: int
    stems: int
    seconds: float
    bytes: int


@dataclass(frozen=True)
class _Job:
    """One recording to render, with the folder that its files go into."""

    isrc: str
    score: Any
    folder: Path
    render: Render


def write_deliveries(
    corpus: DemoCorpus, folder: Path, render: Render, progress: Progress | None = None, workers: int = 2
) -> Deliveries:
    """Render the recordings and write every message below `folder`: `ern/<company>/<icpn>/message.xml`, `cwr/…`."""
    folder = Path(folder)
    place = {isrc: folder / "ern" / r.company / r.icpn for r in corpus.releases for isrc in r.tracks}
    jobs = [_Job(r.isrc, corpus.work(r.work).score, place[r.isrc] / "resources", render) for r in corpus.recordings]
    files: dict[str, Files] = {}
    for number, (isrc, made) in enumerate(_rendered(jobs, workers), start=1):
        files[isrc] = made
        if progress:
            progress(number, len(jobs))
    sent = [
        (r.company, _write(folder / "ern" / r.company / r.icpn / "message.xml", build_ern(message(corpus, r, files))))
        for r in corpus.releases
    ]
    return Deliveries(
        ern={key: tuple(path for company, path in sent if company == key) for key in SENDERS},
        cwr=write_registrations(corpus, folder),
        recordings=len(files),
        stems=sum(len(made.stems) for made in files.values()),
        seconds=sum(made.mix.duration_ms for made in files.values()) / 1000,
        bytes=sum(file.bytes for made in files.values() for file in (made.mix, *made.stems)),
    )


def write_registrations(corpus: DemoCorpus, folder: Path) -> dict[str, tuple[Path, ...]]:
    """The publishers' CWR files alone; needs no audio."""
    found: dict[str, tuple[Path, ...]] = {}
    for number, key in enumerate(PUBLISHERS, start=1):
        files = (transmission(corpus, key), revision(corpus, key))
        names = [f"CW26{number + len(PUBLISHERS) * at:04d}{key[:3].upper()}_000.V22" for at in range(len(files))]
        found[key] = tuple(
            _write(Path(folder) / "cwr" / name, build_cwr(file)) for name, file in zip(names, files, strict=True)
        )
    return found


def _rendered(jobs: list[_Job], workers: int) -> Iterator[tuple[str, Files]]:
    if workers <= 1:
        yield from map(_render, jobs)
        return
    fresh = multiprocessing.get_context("spawn")  # a fork would copy open databases and threads
    with ProcessPoolExecutor(workers, mp_context=fresh) as pool:
        yield from pool.map(_render, jobs)


def _render(job: _Job) -> tuple[str, Files]:
    rendering = job.render(job.score)
    stems = job.folder / job.isrc
    stems.mkdir(parents=True, exist_ok=True)
    mix = _file(job.folder / f"{job.isrc}.flac", job.isrc, rendering.mix, rendering.rate)
    made = [
        _file(stems / f"{number:02d}.flac", name, samples, rendering.rate, f"{job.isrc}/")
        for number, (name, samples) in enumerate(rendering.stems.items(), start=1)
    ]
    return job.isrc, Files(mix, tuple(made))


def _file(path: Path, name: str, samples: Any, rate: int, below: str = "") -> File:
    """Write one FLAC of 16 bits; what the message says of it."""
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format="FLAC", subtype="PCM_16", compression_level=0.2)
    data = out.getvalue()
    path.write_bytes(data)
    return File(
        uri=f"resources/{below}{path.name}",
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        duration_ms=round(len(samples) * 1000 / rate),
        bytes=len(data),
    )


def _write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
