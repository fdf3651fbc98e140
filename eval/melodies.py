"""How well integrity finds a work's melody in another piece's notes: recall by kind of quotation, and what it wrongly says.

    .venv/bin/python eval/melodies.py [--scale small|full] [--json FILE]

The works are the demonstration's 182 tunes. A quotation is 4 or 8 bars of one, planted between bars of a tune that is not among
them, and changed: transposed, ornamented (one ornament: the upper neighbour, a whole tone up), embellished (twelve ornaments), put
into another metre, played at half the note values, by hand, under a band. Negatives are tunes of the same dances and the same book
that are not among the works, whole and under a band. The hard negatives are tunes made from the works: the same rhythm with every
other step changed, and the same bars in another order (which keeps whole bars of the work, so what it says of them is shown and has
no goal). A seed splits tunes in two halves, strangers alternate: with `--fit` all is of the development half, with the tail that
MARK_NATS and FOLD_NATS are set from; else the table is of the other half.

Old books are full of each other. A stranger that has PHRASE steps in a row in common with a work holds a phrase of it, whatever
its title says; that is counted apart and left out of the tail, by that rule alone and not by what the search says. What varies
a work more freely stays a stranger. Intervals are Wilson's at 95 %; with nothing wrong in n, the upper bound is its upper end.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

import numpy as np

from accord.catalog.score import Note, Score, Track
from accord.demo.arrange import LINEUPS, arrange
from accord.demo.sources import Source, selection
from accord.demo.tunes import Read, corpus_folder
from accord.integrity import melody
from accord.integrity.melody_search import TARGET_FALSE, Catalogue, build, search
from eval.shares import Row

SEED = 62
SIZES = {"small": 120, "full": 2000}  # tunes of the same book that are not among the works
PHRASE = 16  # steps in a row, modulo an octave: 17 notes
Change = Callable[[Score, random.Random], Score]


def with_notes(score: Score, notes: Iterable[Note]) -> Score:
    """The score with one voice of these notes."""
    return replace(score, tracks=(Track("melody", 73, tuple(notes)),))


def transposed(score: Score, dice: random.Random) -> Score:
    """Moved by 1 to 6 semitones, up or down."""
    return score.transposed(dice.choice([n for n in range(-6, 7) if n]))


def ornamented(score: Score, dice: random.Random) -> Score:
    """Transposed; every third note or so is split into itself, its upper neighbour and itself."""
    out: list[Note] = []
    for note in transposed(score, dice).tracks[0].notes:
        third = note.duration // 3
        if third < 20 or dice.random() > 1 / 3:
            out.append(note)
            continue
        out += [
            replace(note, onset=note.onset + k * third, duration=third, pitch=note.pitch + 2 * (k == 1))
            for k in range(3)
        ]
    return with_notes(score, out)


#: Parts of a note's time and what sounds there: 0 the note, 1 and -1 its neighbours in the tune's own scale, 2 the next note,
#: 3 a note on the way to it.
ORNAMENTS: dict[str, list[tuple[float, int]]] = {
    "trill": [(1 / 6, 0), (1 / 6, 1)] * 3,
    "turn": [(1 / 4, 1), (1 / 4, 0), (1 / 4, -1), (1 / 4, 0)],
    "turn behind the note": [(1 / 2, 0), (1 / 6, 1), (1 / 6, 0), (1 / 6, -1)],
    "mordent": [(1 / 8, 0), (1 / 8, -1), (3 / 4, 0)],
    "upper mordent": [(1 / 8, 0), (1 / 8, 1), (3 / 4, 0)],
    "grace note above": [(1 / 8, 1), (7 / 8, 0)],
    "grace note below": [(1 / 8, -1), (7 / 8, 0)],
    "appoggiatura": [(1 / 2, 1), (1 / 2, 0)],
    "neighbour": [(1 / 2, 0), (1 / 2, 1)],
    "again": [(1 / 2, 0), (1 / 2, 0)],
    "anticipation": [(1 / 2, 0), (1 / 2, 2)],
    "passing note": [(1 / 2, 0), (1 / 2, 3)],
}


def embellished(score: Score, dice: random.Random) -> Score:
    """Transposed; of the notes of a sixteenth or more every third or so gets one of twelve ornaments."""
    notes = transposed(score, dice).tracks[0].notes
    scale = {note.pitch % 12 for note in notes}
    out: list[Note] = []
    for note, after in pairwise([*notes, notes[-1]]):
        if note.duration < 120 or dice.random() > 1 / 3:
            out.append(note)
            continue
        at = 0.0
        for part, what in ORNAMENTS[dice.choice(sorted(ORNAMENTS))]:
            begin, end = round(at * note.duration), round((at + part) * note.duration)
            pitch = _sounding(what, note.pitch, after.pitch, scale)
            out.append(replace(note, onset=note.onset + begin, duration=end - begin, pitch=pitch))
            at += part
    return with_notes(score, out)


def _sounding(what: int, pitch: int, after: int, scale: set[int]) -> int:
    if what in (0, 2):
        return after if what else pitch
    leap = after - pitch
    if what == 3 and abs(leap) in (3, 4):
        return pitch + round(math.copysign(2, leap))
    up = -1 if what == -1 or (what == 3 and leap < 0) else 1
    return next((pitch + up * far for far in (1, 2) if (pitch + up * far) % 12 in scale), pitch + 2 * up)


def by_hand(score: Score, dice: random.Random) -> Score:
    """Embellished; each note up to a fortieth of a quarter early or late."""
    notes = embellished(score, dice).tracks[0].notes
    return with_notes(score, [replace(n, onset=max(0, n.onset + dice.randint(-12, 12))) for n in notes])


def other_metre(score: Score, dice: random.Random) -> Score:
    """Transposed; in duple metre every second note twice as long, in triple all notes alike: the barlines fall elsewhere."""
    triple, at, out = score.metre[0] % 3 == 0, 0, []
    for number, note in enumerate(transposed(score, dice).tracks[0].notes):
        length = 240 if triple else note.duration * (1 + number % 2)
        out.append(replace(note, onset=at, duration=length))
        at += length
    return with_notes(replace(score, metre=(4, 4) if triple else (3, 4)), out)


def halved(score: Score, dice: random.Random) -> Score:
    """Transposed, at half the note values."""
    notes = transposed(score, dice).tracks[0].notes
    return with_notes(score, [replace(n, onset=n.onset // 2, duration=max(1, n.duration // 2)) for n in notes])


def planted(part: Score, host: Score) -> Score:
    """The part between the first and the next eight bars of a host; metre and tempo are the host's."""
    bar, (begin, end) = host.bar_ticks, (min(n.onset for n in part.tracks[0].notes), part.end)
    long = -(-(end - begin) // bar) * bar
    before = host.between(0, 8 * bar).tracks[0].notes
    after = host.between(8 * bar, 16 * bar).tracks[0].notes
    middle = [replace(n, onset=n.onset - begin + 8 * bar) for n in part.tracks[0].notes]
    return with_notes(host, [*before, *middle, *(replace(n, onset=n.onset + 8 * bar + long) for n in after)])


def excerpt(tune: Score, bars: int, dice: random.Random) -> Score:
    """That many bars from anywhere in the voice that the work is known by."""
    first, known = dice.randrange(max(1, tune.bars - bars + 1)), melody.lead(tune)
    cut = tune.between(first * tune.bar_ticks, (first + bars) * tune.bar_ticks)
    return with_notes(tune, next(t.notes for t in cut.tracks if known and t.name == known.voice))


def steps_changed(score: Score, dice: random.Random) -> Score:
    """The same rhythm; every other step is 1 to 4 semitones larger or smaller."""
    at, out, before = score.tracks[0].notes[0].pitch, [], score.tracks[0].notes[0].pitch
    for number, note in enumerate(score.tracks[0].notes):
        at += note.pitch - before + (dice.choice((-4, -3, -2, -1, 1, 2, 3, 4)) if number % 2 else 0)
        at += 12 if at < 55 else -12 if at > 91 else 0
        before = note.pitch
        out.append(replace(note, pitch=at))
    return with_notes(score, out)


def bars_moved(score: Score, dice: random.Random) -> Score:
    """The same bars in another order."""
    order, bar, out = list(range(score.bars)), score.bar_ticks, []
    dice.shuffle(order)
    for place, number in enumerate(order):
        cut = score.between(number * bar, (number + 1) * bar).tracks[0].notes
        out += [replace(n, onset=n.onset + place * bar) for n in cut]
    return with_notes(score, out)


def banded(read: Read, number: int) -> Score:
    """The tune as a band plays it."""
    return arrange(read.score, read.scale, LINEUPS[number % len(LINEUPS)], number)


def strangers(count: int) -> list[tuple[str, Read]]:
    """Tunes of the book that most of the works come from, not chosen for the demonstration."""
    chosen = {source.path for source in selection()}
    files = sorted(
        p for p in (corpus_folder() / "ryansMammoth").glob("*.abc") if f"ryansMammoth/{p.name}" not in chosen
    )
    random.Random(SEED).shuffle(files)
    found: list[tuple[str, Read]] = []
    for file in files:
        read = Source(f"ryansMammoth/{file.name}", 0, file.stem).read()
        if read.score.bars >= 16 and len(read.score.tracks[0].notes) >= 32:
            found.append((file.stem, read))
        if len(found) == count:
            break
    return found


def halves(names: Iterable[str]) -> tuple[set[str], set[str]]:
    """(development, report), by seed."""
    mixed = sorted(names)
    random.Random(SEED).shuffle(mixed)
    return set(mixed[::2]), set(mixed[1::2])


QUOTATIONS: dict[str, tuple[int, Change, float]] = {
    "8 bars transposed": (8, transposed, 0.98),
    "8 bars ornamented": (8, ornamented, 0.95),
    "8 bars in another metre": (8, other_metre, 0.95),
    "8 bars at half the note values": (8, halved, 0.98),
    "4 bars transposed": (4, transposed, 0.9),
    "4 bars ornamented": (4, ornamented, 0.75),
    "8 bars embellished": (8, embellished, 0.95),
    "4 bars embellished": (4, embellished, 0.75),
    "8 bars embellished, by hand": (8, by_hand, 0.95),
}


def recall(tunes: dict[str, Read], hosts: list[tuple[str, Read]], catalogue: Catalogue) -> list[Row]:
    """For each kind of quotation, how many name their work, and how many name another that they hold no phrase of."""
    rows, wrong, total = [], 0, 0
    for kind, (bars, change, goal) in QUOTATIONS.items():
        hits = 0
        for number, (name, read) in enumerate(sorted(tunes.items())):
            dice = random.Random(f"{SEED} {kind} {name}")
            part = change(excerpt(read.score, bars, dice), dice)
            host = hosts[number % len(hosts)][1]
            score = planted(part, host.score)
            named = {match.work for match in search(score, catalogue)}
            hits += name in named
            others = named - {name} and (named - {name}) & strangers_to(score, catalogue)
            wrong, total = wrong + bool(others), total + 1
            if others:
                print(f"  beside {name} ({kind}, in {hosts[number % len(hosts)][0]}): {', '.join(sorted(others))}")
        rows.append(Row(f"found, {kind}", hits, len(tunes), goal))
    under = sum(
        name in {m.work for m in search(banded(read, number).transposed(3), catalogue)}
        for number, (name, read) in enumerate(sorted(tunes.items()))
    )
    return [
        *rows,
        Row("found, whole under a band, transposed", under, len(tunes), 0.98),
        Row("another work named", wrong, total),
    ]


def phrases(line: melody.Line) -> set[bytes]:
    """Every PHRASE steps in a row of a melody."""
    taken = melody.steps(line).astype(np.int8)
    return {taken[i : i + PHRASE].tobytes() for i in range(len(taken) - PHRASE + 1)}


def strangers_to(score: Score, catalogue: Catalogue) -> set[str]:
    """The works that have no phrase in common with any voice of the score."""
    here = set().union(*(phrases(line) for line in melody.lines(score)))
    return {w for number, w in enumerate(catalogue.works) if not here & phrases(catalogue.melody(number))}


def falsely(kind: str, scores: Iterable[tuple[str, Score]], catalogue: Catalogue, goal: float | None) -> list[Row]:
    """How many of these scores a work is named for that they hold no phrase of; each is printed, to be looked at."""
    wrong, shared, n = 0, 0, 0
    for name, score in scores:
        found, n = search(score, catalogue), n + 1
        strange = strangers_to(score, catalogue) if found else set()
        false = [match for match in found if match.work in strange]
        wrong, shared = wrong + bool(false), shared + (len(false) < len(found))
        for match in found:
            why = "no phrase" if match.work in strange else "a phrase"
            print(
                f"  {kind}: {name} is said to be {match.work}, {match.notes} notes, {match.nats:.1f} nats, {why} shared"
            )
    return [
        Row(f"falsely found, {kind}", wrong, n, goal, most=True),
        Row(f"  a phrase in common, {kind}", shared, n),
    ]


def negatives(tunes: dict[str, Read], others: list[tuple[str, Read]], catalogue: Catalogue) -> list[Row]:
    """Strangers bare and under a band, and tunes made from the works."""
    dice = random.Random(SEED)
    return [
        *falsely("strangers of the same book", ((n, r.score) for n, r in others), catalogue, 0.01),
        *falsely("strangers under a band", ((n, banded(r, i)) for i, (n, r) in enumerate(others)), catalogue, 0.01),
        *falsely(
            "works' rhythms, other steps",
            ((n, steps_changed(r.score, dice)) for n, r in sorted(tunes.items())),
            catalogue,
            0.01,
        ),
        *falsely(
            "works' bars in another order",
            ((n, bars_moved(r.score, dice)) for n, r in sorted(tunes.items())),
            catalogue,
            None,
        ),
    ]


def fit(others: list[tuple[str, Read]], catalogue: Catalogue) -> None:
    """The tail of the best evidence of development strangers: what MARK_NATS and FOLD_NATS are set from."""
    for name, scores in (
        ("bare", [r.score for _, r in others]),
        ("band", [banded(r, i) for i, (_, r) in enumerate(others)]),
    ):
        best = []
        for score in scores:
            strange = strangers_to(score, catalogue)
            best.append(max((m.nats for m in search(score, catalogue, math.inf) if m.work in strange), default=0.0))
        for part in (0.8, 0.9):
            edge = float(np.quantile(best, part))
            fold = float(np.mean([b - edge for b in best if b > edge]))
            once = edge + fold * math.log(1 - part)
            print(
                f"{name}: n={len(best)}, above {part:.0%} ({edge:.1f}) e-fold {fold:.2f}: once a score {once:.2f}, "
                f"once in 1,000 {once + fold * math.log(1000):.1f}"
            )
        print(f"  highest {sorted(best, reverse=True)[:8]}")


def main() -> None:
    """Run and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--scale", choices=SIZES, default="small")
    options.add_argument("--json", type=Path)
    options.add_argument("--fit", action="store_true")
    told = options.parse_args()
    tunes = {source.title: source.read() for source in selection()}
    others = strangers(SIZES[told.scale])
    catalogue = build((name, read.score) for name, read in tunes.items())
    print(f"{len(tunes)} works, {catalogue.notes} notes; aimed at {TARGET_FALSE:g} false matches a score")
    half = halves(tunes)[0 if told.fit else 1]
    tunes = {name: read for name, read in tunes.items() if name in half}
    others = others[0 if told.fit else 1 :: 2]
    if told.fit:
        fit(others, catalogue)
    began = time.process_time()
    rows = [*recall(tunes, others, catalogue), *negatives(tunes, others, catalogue)]
    searches = sum(row.n for row in rows if not row.figure.startswith(("another", "  a phrase")))
    for row in rows:
        low, high = row.interval
        goal = "" if row.goal is None else f"  goal {row.goal:g}{'' if row.met else '  MISSED'}"
        print(f"{row.figure:<46} {row.value:7.3f}  {row.hits} of {row.n} ({low:.3f} to {high:.3f}){goal}")
    print(f"{1000 * (time.process_time() - began) / searches:.0f} ms CPU a score, made and searched")
    if told.json:
        told.json.write_text(
            json.dumps(
                [
                    {"figure": r.figure, "value": r.value, "unit": "part", "goal": r.goal, "met": r.met, "n": r.n}
                    for r in rows
                ],
                indent=1,
            )
        )


if __name__ == "__main__":
    main()
