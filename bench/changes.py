"""How fast is it told what changed? The same no, of an artist with a hundred recordings, in catalogues of two sizes: the
page must cost what changed, not what there is. Tables are filled in bulk, past the doors; the no goes through them.

    .venv/bin/python bench/changes.py [--scale small|full] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["ACCORD_HOME"] = tempfile.mkdtemp()

import accord

accord.open()

from tests.stories.runner import World, tell
from tests.unit.clearance.scene import agreed

from accord.catalog.models import AssetRow, ClaimRow, CreditRow
from accord.clearance import feed
from accord.journal.queries import head
from accord.participation.models import ChoiceRow
from accord.terms.use import Use

SIZES = {"small": (5_000, 50_000), "full": (50_000, 500_000)}
HELD = 100  # recordings of one artist


def grow(world: World, first: int, last: int) -> None:
    """Recordings number `first` up to `last`, a hundred an artist, agreed like R; artists' yeses stand too."""
    asset = AssetRow.objects.get(asset=world.id("R"), known_until=None)
    claim = ClaimRow.objects.get(asset=world.id("R"), known_until=None)
    yes = ChoiceRow.objects.get(person=world.id("N"), answer="yes", known_until=None)
    for start in range(first, last, 5_000):
        numbers = range(start, min(start + 5_000, last))
        artists = {number: world.id("N") if number < HELD else f"pty_a{number // HELD}" for number in numbers}
        AssetRow.objects.bulk_create(_copy(asset, n, world.id("N"), artists[n], world.id("R")) for n in numbers)
        ClaimRow.objects.bulk_create(_claim(claim, n) for n in numbers)
        CreditRow.objects.bulk_create(
            CreditRow(key=f"c{n}", party=artists[n], asset=f"rec_x{n:09}", role="featured") for n in numbers
        )
        ChoiceRow.objects.bulk_create(_yes(yes, artist) for artist in sorted(set(artists.values()) - {world.id("N")}))


def _fields(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.fields}


def _copy(row: Any, number: int, person: str, artist: str, of: str) -> AssetRow:
    record = row.record.replace(of, f"rec_x{number:09}").replace(person, artist)
    return AssetRow(**{**_fields(row), "key": f"x{number}", "asset": f"rec_x{number:09}", "record": record})


def _claim(row: Any, number: int) -> ClaimRow:
    return ClaimRow(**{**_fields(row), "key": f"x{number}", "claim": f"clm_x{number}", "asset": f"rec_x{number:09}"})


def _yes(row: Any, artist: str) -> ChoiceRow:
    return ChoiceRow(**{**_fields(row), "id": f"cho_{artist}", "person": artist, "spoken_by": artist})


def told(world: World) -> tuple[float, int]:
    """(seconds, changes) of the page that tells a no by N to everything and the yes after it; the least of five."""
    since, at = head(), world.at
    tell("N says no to train in compose", world=world)
    best, count = 1e9, 0
    for _ in range(5):
        start = time.perf_counter()
        page = feed.page(feed.standing(Use.TRAIN, "compose", since, at), world.at)
        best, count = min(best, time.perf_counter() - start), len(page.changes)
    tell("N says yes to train in compose", world=world)
    return best, count


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", choices=sorted(SIZES), default="small")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    world, have, found = agreed(), 0, []
    for size in SIZES[options.scale]:
        grow(world, have, size)
        have = size
        seconds, changes = told(world)
        found.append(seconds)
        print(f"{size:>9,} recordings: {changes} changes told in {seconds * 1000:.1f} ms")
    ratio = found[1] / found[0]
    print(f"ten times the catalogue: {ratio:.2f} × the time (goal: at most 1.5)")
    if options.json:
        figure = {"figure": "a page of 100 changes, ten times the catalogue", "value": ratio, "unit": "ratio"}
        options.json.write_text(json.dumps([{**figure, "goal": "<= 1.5", "met": ratio <= 1.5, "n": 5}]))


if __name__ == "__main__":
    main()
