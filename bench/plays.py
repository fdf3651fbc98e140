"""A made-up period for the money bench: listens in segments, attributions, claims. Everything follows from the seed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from accord.engine.running import rule
from accord.engine.view import View
from accord.metering.events import SCHEMA
from accord.metering.periods import parse
from accord.payouts.records import Account, Pool, Recipient

SPAN = parse("2026-Q3")
TERRITORIES = (
    *("DE", "FR", "JP", "US", "GB", "BR", "IN", "KR", "MX", "IT"),
    *("ES", "SE", "PL", "NL", "CA", "AU", "NG", "ZA", "TR", "ID"),
)
IN_A_FILE = 2_500_000


class Sizes(msgspec.Struct, frozen=True):
    """How much of everything; each creation has four attribution rows, each asset two claimants."""

    events: int
    creations: int
    users: int
    assets: int
    parties: int


def named(prefix: str, numbers: np.ndarray, size: int) -> pa.Array:
    """`cre_0000017` for each number below `size`."""
    return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), _words(prefix, size))


@lru_cache(4)
def _words(prefix: str, size: int) -> pa.Array:
    return pa.array([f"{prefix}{number:07d}" for number in range(size)])


def segments(sizes: Sizes, folder: Path) -> Iterator[Path]:
    """Parquet files with metering's columns, each in order of time, never more than one in memory. Those that lie in the
    folder already are taken as they are.
    """
    start, end = (int(at.timestamp()) * 1_000_000 for at in (SPAN.start, SPAN.end))
    of = folder / f"{sizes.creations}-{sizes.users}"
    of.mkdir(parents=True, exist_ok=True)
    for number, first in enumerate(range(0, sizes.events, IN_A_FILE)):
        rng, rows = np.random.default_rng(number), min(IN_A_FILE, sizes.events - first)
        file = of / f"{number:04d}-{rows}.parquet"
        if file.exists():
            yield file
            continue
        at = np.sort(rng.integers(start, end, rows))
        which = np.minimum((rng.pareto(1.2, rows) * sizes.creations / 200).astype(np.int64), sizes.creations - 1)
        columns = {
            "source": named("urn:s", np.zeros(rows), 1),
            "id": pa.array(np.arange(first, first + rows)).cast(pa.string()),
            "kind": pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows), pa.int32()), pa.array(["listen"])),
            "feature": pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows), pa.int32()), pa.array(["blend"])),
            "creation": named("cre_", rng.permutation(sizes.creations)[which], sizes.creations),
            "user": named("u", rng.integers(0, sizes.users, rows), sizes.users),
            "territory": pa.DictionaryArray.from_arrays(
                pa.array(np.minimum(rng.geometric(0.2, rows) - 1, len(TERRITORIES) - 1), pa.int32()),
                pa.array(TERRITORIES),
            ),
            "seconds": pa.array(rng.integers(30, 240, rows)),
            "revenue_micros": pa.nulls(rows, pa.int64()),
            "at": pa.array(at).cast(pa.timestamp("us")),
            "session": pa.nulls(rows, pa.string()),
            "corrects": pa.nulls(rows, pa.string()),
        }
        plain = {field.name: _plain(columns[field.name], field.type) for field in SCHEMA}
        draft = file.with_suffix(".draft")
        parquet.write_table(pa.table(plain, schema=SCHEMA), draft, compression="zstd")
        draft.rename(file)
        yield file


def taken_back(files: list[Path], sizes: Sizes) -> View:
    """The same events, every thousandth of them corrected by one of another period."""
    ids = pa.array(range(0, sizes.events, 1_000)).cast(pa.string())
    corrections = pa.table({"source": pa.repeat("urn:s0000000", len(ids)), "id": ids})
    return View(rule("metering/counted"), {"as_sent": files, "corrections": corrections})


def _plain(column: pa.Array, kind: pa.DataType) -> pa.Array:
    return column.cast(kind) if pa.types.is_dictionary(column.type) else column


def attributions(sizes: Sizes) -> pa.Table:
    """creation, kind, subject, units: four different assets each."""
    rng = np.random.default_rng(1)
    creation = np.repeat(np.arange(sizes.creations), 4)
    quarter = sizes.assets // 4
    asset = rng.integers(0, quarter, len(creation)) + np.tile(np.arange(4), sizes.creations) * quarter
    columns = {
        "creation": _plain(named("cre_", creation, sizes.creations), pa.string()),
        "kind": pa.array(["source"] * len(creation)),
        "subject": _plain(named("rec_", asset, sizes.assets), pa.string()),
        "units": pa.array(rng.integers(1, 1_000_000, len(creation))),
    }
    return pa.table(columns)


def pools() -> list[Pool]:
    """One for each territory, of odd amounts."""
    return [
        Pool(number=n, feature="blend", territory=place, currency="EUR", revenue_micros=1_234_567_891 * (20 - n))
        for n, place in enumerate(TERRITORIES)
    ]


def recipients(sizes: Sizes) -> dict[str, tuple[Recipient, ...]]:
    """Asset → its two claimants and what the platform keeps."""
    rng = np.random.default_rng(2)
    pairs, splits = rng.integers(0, sizes.parties, (sizes.assets, 2)), rng.integers(1, 8, sizes.assets)
    return {
        f"rec_{n:07d}": _claimants(f"rec_{n:07d}", one, other if other != one else one + 1, Fraction(split, 8))
        for n, ((one, other), split) in enumerate(zip(pairs.tolist(), splits.tolist(), strict=True))
    }


def _claimants(asset: str, one: int, other: int, split: Fraction) -> tuple[Recipient, ...]:
    rate = Fraction(1, 2)
    due = [
        Recipient(rank=0, party=f"pty_{party:06d}", claimed=asset, account=Account.DUE, rate_ppm=500_000, share=share)
        for party, share in ((one, split * rate), (other, (1 - split) * rate))
    ]
    kept = Recipient(rank=9, party="", claimed=asset, account=Account.PLATFORM, reason="rate", share=1 - rate)
    return (*due, kept)
