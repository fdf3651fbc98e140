"""How well integrity finds recordings: by condition and length, at what threshold, and what it wrongly says.

    .venv/bin/python eval/fingerprints.py [--debian DIR | --music DIR --negatives DIR] [--scale small|full]

`--debian DIR` is what `eval/music.py DIR` brought; `--music` is indexed and `--negatives` is not, in any format that
libsndfile reads; without folders it is the demonstration's music (one SoundFont, the same instruments on the same grid).
Tracks fall into two halves by a fixed shuffle: tails and thresholds are fitted on the development half, and the table
is of the report half. Answers are kept, one JSON line each, in `--work`: a run that was stopped (or has used up its
`--minutes`) goes on where it was, and the table is printed of what is there. See `eval.telling` for the columns.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
sys.path.append(str(Path(__file__).resolve().parents[1]))

import numpy as np
import soundfile
import soxr

from accord.catalog import audio
from accord.integrity.peaks import RATE_HZ
from eval import conditions, peers, shared, telling
from eval.queries import HALVES, Music, Query, ask, engine_mark, index_of, negatives, positives, run
from eval.twins import Twins

LENGTHS_S = (5, 10)
ALSO_S = (3, 30)
#: per scale: queries a cell of the table, further cells, cells of 3 s and 30 s, and negatives a half and length at most
SIZES = {"small": (4, 1, 1, 16), "medium": (60, 30, 30, 240), "full": (500, 100, 100, 5000)}
RENDERS = {"small": 12, "medium": 60, "full": 110}  # of each kind, when there is no other music
CHOSEN_CELL = 40  # queries a cell of conditions that are named
BESIDE = 32  # renders of each kind that join the soundtracks
INDEXED_SHARE = 0.58
PEER_CELL, PEER_NEGATIVES = 30, 60


def plan(music: Music, scale: str) -> Iterator[Query]:
    """Every query of this scale, the cheap overview first, so that a stopped run has a whole table of fewer."""
    table, further, also, most = SIZES[scale]
    for part in (0.125, 0.25, 0.5, 1.0):

        def some(count: int, part: float = part) -> int:
            return max(1, round(part * count))

        for half in HALVES:
            for seconds in LENGTHS_S:
                yield from negatives(music, half, seconds, some(most))
        for seconds in LENGTHS_S:
            for name in asked(music, conditions.CONDITIONS):
                yield from positives(music, "report", name, seconds, some(table))
            for name in asked(music, conditions.FURTHER):
                yield from positives(music, "report", name, seconds, some(further))
        for seconds in ALSO_S:
            for half in HALVES:
                yield from negatives(music, half, seconds, some(most // 4))
            for name in asked(music, conditions.CONDITIONS):
                yield from positives(music, "report", name, seconds, some(also))


def chosen(music: Music, scale: str, names: list[str]) -> Iterator[Query]:
    """CHOSEN_CELL queries of each of these conditions, and the scale's negatives of both halves."""
    for seconds in LENGTHS_S:
        for name in names:
            yield from positives(music, "report", name, seconds, CHOSEN_CELL)
        for half in HALVES:
            yield from negatives(music, half, seconds, SIZES[scale][3])


def asked(music: Music, names: dict[str, conditions.Condition]) -> list[str]:
    """Those that can be made: babble needs voices."""
    return [name for name in names if music.voices or "babble" not in name]


def gather(told: argparse.Namespace) -> Music:
    """The music that was asked for."""
    if told.debian:
        tracks = {p.stem: p for p in sorted((told.debian / "decoded").glob("*.flac"))}
        if not tracks:
            sys.exit(f"{told.debian}/decoded holds no music; run eval/music.py {told.debian} first.")
        for kind in demonstration(told.work, BESIDE):
            tracks |= kind
        voices = sorted((told.debian / "voices").glob("*.flac"))
        return Music.split(tracks, voices, round(INDEXED_SHARE * len(tracks)))
    if told.music and told.negatives:
        return Music(decoded(told.music, told.work), decoded(told.negatives, told.work), [])
    return Music(*demonstration(told.work, RENDERS[told.scale]), [])


def decoded(folder: Path, work: Path) -> dict[str, Path]:
    """Sound files of a folder as mono FLAC at RATE_HZ, by name; files that are no sound are said and left out."""
    out: dict[str, Path] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        kept = work / "decoded" / f"{path.relative_to(folder).as_posix().replace('/', '-')}.flac"
        try:
            if not kept.exists():
                write(kept, audio.read_mono(path, RATE_HZ))
        except audio.BadInput as why:
            print(f"left out: {why}")
        else:
            out[path.relative_to(folder).as_posix()] = kept
    if not out:
        sys.exit(f"{folder} holds no sound file that libsndfile reads.")
    return out


def demonstration(work: Path, count: int) -> tuple[dict[str, Path], dict[str, Path]]:
    """`count` recordings of the demonstration, and as many settings not among them, rendered once into `work`."""
    from accord.demo.corpus import build_corpus
    from accord.studio.rendering import render

    corpus = build_corpus()
    recorded = {recording.work for recording in corpus.recordings}
    works = [corpus.work(r.work) for r in corpus.recordings][:count]
    rest = [work for work in corpus.works if work.number not in recorded][:count]
    kinds: list[dict[str, Path]] = [{}, {}]
    for kind, scores in zip(kinds, (works, rest), strict=True):
        for score in scores:
            kind[score.number] = work / "decoded" / f"demo-{score.number}.flac"
            if not kind[score.number].exists():
                made = render(score.score)
                write(kind[score.number], soxr.resample(made.mix.mean(axis=1), made.rate, RATE_HZ))
    return kinds[0], kinds[1]


def write(path: Path, sound: conditions.F32) -> None:
    """As FLAC, under its name only once it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    soundfile.write(part, np.clip(sound, -1, 1), RATE_HZ, format="FLAC", subtype="PCM_16")
    part.rename(path)


def beside(music: Music, told: argparse.Namespace, began: float) -> list[telling.Answer]:
    """The peer's answers to a part of the same queries, kept as ours are."""
    peer = peers.chromaprint(music, told.work)
    if peer is None:
        print("fpcalc is not installed (Debian: libchromaprint-tools): no peer is asked.")
        return []
    queries = chain.from_iterable(
        chain(
            negatives(music, "report", seconds, PEER_NEGATIVES),
            *(positives(music, "report", name, seconds, PEER_CELL) for name in asked(music, conditions.CONDITIONS)),
        )
        for seconds in LENGTHS_S
    )
    kept = told.work / f"answers-{peer.name}-{len(music.references)}.jsonl"
    run(queries, peer.ask, kept, began + 60 * told.minutes)
    return [json.loads(line) for line in kept.read_text().splitlines()]


def main() -> None:
    """Ask, keep, tell."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--debian", type=Path, help="folder that eval/music.py filled")
    options.add_argument("--music", type=Path, help="folder of music to index")
    options.add_argument("--negatives", type=Path, help="folder of music that is not indexed")
    options.add_argument("--scale", choices=SIZES, default="small")
    options.add_argument(
        "--minutes", type=float, default=1e6, help="stop asking after so long, and print what is there"
    )
    options.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "accord-fingerprints")
    options.add_argument(
        "--peers", action="store_true", help="ask chromaprint's fpcalc the same, where it is installed"
    )
    every = [*conditions.CONDITIONS, *conditions.FURTHER]
    options.add_argument("--only", nargs="+", choices=every, help="these conditions alone, 40 queries a cell")
    options.add_argument("--json", type=Path, help="write the figures here too")
    told = options.parse_args()
    if bool(told.music) != bool(told.negatives):
        options.error("--music and --negatives go together: what is indexed, and what is not.")
    told.work.mkdir(parents=True, exist_ok=True)
    began, music = time.monotonic(), gather(told)
    index, taken = index_of(music, told.work)
    kept = told.work / f"answers-{len(music.references)}-{engine_mark()}.jsonl"
    wanted = list(chosen(music, told.scale, told.only) if told.only else plan(music, told.scale))
    whole = run(iter(wanted), lambda query: ask(music, index, query), kept, began + 60 * told.minutes)
    keys = {query.key for query in wanted}
    answers = [a for a in map(json.loads, kept.read_text().splitlines()) if a["key"] in keys]
    print(
        f"{len(music.references)} tracks indexed ({index.hours:.2f} h), {len(music.negatives)} not; engine {engine_mark()}"
    )
    print(f"{len(answers)} queries" + ("" if whole else ": stopped before the end; run again to go on") + f" ({kept})")
    if not conditions.rubberband():
        print(
            "Rubber Band is not installed (Debian: rubberband-cli): pitch and tempo are changed by one stretcher only."
        )
    if not music.voices:
        print("No voices at hand: babble is left out.")
    if taken is not None:
        print(f"indexing: {taken / index.hours:.2f} CPU seconds an hour of audio, decoding included")
    peer = beside(music, told, began) if told.peers else []
    twins = Twins(telling.plain(answers), partial(shared.sounded, music), partial(shared.alike, music))
    rows = telling.tell(answers, peer, twins)
    if told.json:
        told.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
