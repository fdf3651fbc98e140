"""Ten pairs of recordings to be listened to by people: each mixed as the studio matches it, and as the clips come.

    .venv/bin/python eval/listening.py make FOLDER --home HOME [--seed N]
    .venv/bin/python eval/listening.py read FOLDER

`HOME` is one in which the demonstration has walked; it is only read. `make` draws ten pairs of recordings that are cleared
for a remix there, prints the figures of both mixes, and writes for each pair `01-x.wav` and `01-y.wav` (which of them is
the matched one is drawn, and stands in `key.json`, not to be opened before), and `sheet.csv` to note in: which one one
would rather hear (x, y or same), whether its beats fall together and whether its notes agree (1 not at all, 5 wholly).
`read` says how often the matched one was preferred, with Wilson's interval at 95 %, and what was noted of it.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import random
import statistics
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))

from eval.shares import Row

PAIRS, CLIP_S, IN_AT_S = 10, 14.0, 4.0
FEATURE = "blend"
COLUMNS = ("pair", "rather", "beats", "notes", "remark")


def main() -> None:
    """Make the pairs, or read what was noted."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("doing", choices=("make", "read"))
    options.add_argument("folder", type=Path)
    options.add_argument("--home", type=Path, default=Path(os.environ.get("ACCORD_HOME", "var")))
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    if asked.doing == "read":
        read(asked.folder)
        return
    if not (asked.home / "accord.sqlite3").exists():
        raise SystemExit(f"no demonstration has walked in `{asked.home}`: `make demo` first, or name another --home")
    os.environ["ACCORD_HOME"] = str(asked.home)
    make(asked.folder, random.Random(asked.seed))


def make(folder: Path, chance: random.Random) -> None:
    """Ten pairs as sound, the sheet and the key; their figures printed."""
    folder.mkdir(parents=True, exist_ok=True)
    key = {}
    print(
        f"{'pair':<6}{'mix':<10}{'beats apart':>12}{'keys, planned':>15}{'heard':>7}{'LUFS':>8}{'dBTP':>7}  recordings"
    )
    for number, (titles, matched, plain) in enumerate(mixes(chance), start=1):
        names = [f"{number:02}-x.wav", f"{number:02}-y.wav"]
        chance.shuffle(names)
        key[f"{number:02}"] = names[0][3]
        for name, what, (sound, figures) in zip(names, ("matched", "as it is"), (matched, plain), strict=True):
            (folder / name).write_bytes(sound)
            print(
                f"{number:02}    {what:<10}{figures.beat_offset_ms:>9.1f} ms{figures.key_distance_fifths:>8} fifths"
                f"{figures.key_distance_heard_fifths:>7}{figures.loudness_lufs:>8.1f}{figures.true_peak_dbtp:>7.1f}"
                f"  {titles if what == 'matched' else ''}",
                flush=True,
            )
    (folder / "key.json").write_text(json.dumps(key, indent=1))
    with open(folder / "sheet.csv", "w", newline="") as sheet:
        csv.writer(sheet).writerows([COLUMNS, *([pair, "", "", "", ""] for pair in key)])


def mixes(chance: random.Random) -> Iterator[tuple[str, Any, Any]]:
    """(titles, matched, as it is) of each pair; a mix is (WAV, figures)."""
    import accord

    accord.open(None)
    from accord.catalog import queries as catalog
    from accord.catalog.records import AssetKind
    from accord.clearance import queries as clearance
    from accord.studio import material, remix
    from accord.studio.records import RemixSource
    from accord.studio.rendering import RATE, encode
    from accord.terms.use import Use

    recordings = catalog.assets(kind=AssetKind.RECORDING)
    answers = clearance.decide_many(list(recordings), Use.REMIX, FEATURE, datetime.now(UTC))
    cleared = sorted(asset for asset, answer in answers.items() if answer.cleared and recordings[asset].audio)
    if len(cleared) < 2 * PAIRS:
        raise SystemExit(f"{len(cleared)} recordings are cleared for `{FEATURE}`, and {2 * PAIRS} are needed")
    drawn = chance.sample(cleared, 2 * PAIRS)
    for first, second in zip(drawn[::2], drawn[1::2], strict=True):
        sources = (
            RemixSource(asset=first, end_s=CLIP_S),
            RemixSource(asset=second, end_s=CLIP_S, offset_s=IN_AT_S),
        )
        assets = material.assets_of(sources)
        clips = tuple(material.clip(source, assets) for source in sources)
        as_they_come = tuple(
            remix.Placement(c.asset, 1, 0, round(c.offset_s * RATE), len(c.samples), c.gain, c.key.name, 0.0)
            for c in clips
        )
        made = [remix.mix(clips, placed, RATE) for placed in (remix.plan(clips, RATE), as_they_come)]
        matched, plain = ((encode(one.samples, RATE), one.figures) for one in made)
        yield " + ".join(recordings[asset].title for asset in (first, second)), matched, plain


def read(folder: Path) -> None:
    """What the sheet says of the matched mixes; the marks are of those that were preferred."""
    key, rows = _key(folder), _noted(folder)
    if strange := sorted({row["pair"] for row in rows} - key.keys()):
        raise SystemExit(f"`{strange[0]}` in {folder / 'sheet.csv'} is no pair of {folder / 'key.json'}")
    same = sum(row["rather"] == "same" for row in rows)
    preferred = [row for row in rows if row["rather"] == key[row["pair"]]]
    print(f"{len(rows)} pairs were noted; {same} sound the same to this listener")
    if len(rows) > same:
        row = Row("preferred", len(preferred), len(rows) - same)
        low, high = row.interval
        print(f"the matched mix was preferred in {row.hits} of {row.n} ({low:.0%} to {high:.0%})")
    for column in ("beats", "notes"):
        marks = [_mark(one, column, folder) for one in preferred if one[column]]
        if marks:
            print(f"{column} of those: {statistics.median(marks):g} of 5 in the middle, {min(marks):g} at worst")


def _key(folder: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((folder / "key.json").read_text())
    except FileNotFoundError:
        raise SystemExit(f"`{folder}` holds no key.json: `make` writes it beside the sounds") from None
    except ValueError:
        raise SystemExit(f"`{folder / 'key.json'}` cannot be read: it is not as `make` wrote it") from None
    return found


def _noted(folder: Path) -> list[dict[str, str]]:
    """The rows in which something stands in `rather`; a row that breaks off is empty in what it lacks."""
    sheet = folder / "sheet.csv"
    if not sheet.exists():
        raise SystemExit(f"`{folder}` holds no sheet.csv: `make` writes it beside the sounds")
    try:
        with open(sheet, encoding="utf-8-sig", newline="") as opened:
            rows = [{column: (row.get(column) or "").strip() for column in COLUMNS} for row in csv.DictReader(opened)]
    except UnicodeDecodeError:
        raise SystemExit(f"{sheet} cannot be read: save it as CSV in UTF-8") from None
    noted = [row | {"rather": row["rather"].lower()} for row in rows if row["rather"]]
    if strange := [row for row in noted if row["rather"] not in ("x", "y", "same")]:
        raise SystemExit(f"`{strange[0]['rather']}` of pair {strange[0]['pair']} in {sheet} is none of x, y and same")
    if not noted:
        raise SystemExit(f"nothing is noted in {sheet}: write x, y or same into `rather`")
    return noted


def _mark(row: dict[str, str], column: str, folder: Path) -> float:
    try:
        found = float(row[column])
    except ValueError:
        found = math.nan
    if not 1 <= found <= 5:
        where = f"under {column} of pair {row['pair']} in {folder / 'sheet.csv'}"
        raise SystemExit(f"`{row[column]}` {where} is no mark: write 1 to 5")
    return found


if __name__ == "__main__":
    main()
