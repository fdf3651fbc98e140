"""What a usage event is: its columns, its kinds, and what makes one unreadable (pure, whole columns at a time).

Columns: `source` and `id` name the event (CloudEvents 1.0, REQUIRED attributes: together they are unique); `kind`;
`feature`; `creation`; `user` (a pseudonym); `territory` (ISO 3166-1 alpha-2); `seconds` heard; `revenue_micros` (the
revenue basis, informative); `at` (when it happened, UTC); `session`; `corrects` (the id, of the same source, of an
event that this one replaces; kind `void` only takes it back; once: then its correction is what can be corrected).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

KINDS = ("listen", "create", "remix", "share", "export", "train-run", "void")
SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("id", pa.string()),
        ("kind", pa.string()),
        ("feature", pa.string()),
        ("creation", pa.string()),
        ("user", pa.string()),
        ("territory", pa.string()),
        ("seconds", pa.int64()),
        ("revenue_micros", pa.int64()),
        ("at", pa.timestamp("us")),
        ("session", pa.string()),
        ("corrects", pa.string()),
    ]
)
TEXTS = tuple(field.name for field in SCHEMA if pa.types.is_string(field.type))
LONGEST_TEXT = 200
LONGEST_LISTEN_S = 86_400
AHEAD = timedelta(hours=24)  # clocks disagree; a day is generous, and a wrong year is still caught
EARLIEST = datetime(2000, 1, 1)  # no period lies before (`periods.SHAPE`): a clock that fell back to 1970 is caught

Mask = Any  # an Arrow array of booleans, one per row; null is false. None: true of no row
Test = Callable[[pa.Table], Mask]


class Check(msgspec.Struct, frozen=True):
    """One reason to turn a line away: which column, what is wrong with it, and the lines it is true of."""

    column: str
    because: str  # `{}` is the value
    wrong: Test


def checks(territories: frozenset[str], received: datetime) -> tuple[Check, ...]:
    """All reasons in the order they are looked for; the first one found is the line's reason."""
    return (*_form(), *meaning(territories, received))


def meaning(territories: frozenset[str], received: datetime) -> tuple[Check, ...]:
    """The reasons that are looked for once every column that must be there is, and none is too long."""
    latest = pa.scalar((received + AHEAD).replace(tzinfo=None), pa.timestamp("us"))
    return (
        *_timeless(territories),
        Check("at", "`{}` lies in the future", lambda t: pc.greater(t["at"], latest)),
    )


@lru_cache(maxsize=1)
def _form() -> tuple[Check, ...]:
    return (
        *(_required(name) for name in ("source", "id", "kind", "feature", "territory", "at")),
        *(Check(name, f"`{name}` is longer than {LONGEST_TEXT} characters", _long(name)) for name in TEXTS),
    )


@lru_cache(maxsize=4)
def _timeless(territories: frozenset[str]) -> tuple[Check, ...]:
    earliest = pa.scalar(EARLIEST, pa.timestamp("us"))
    places = pa.array(sorted(territories), pa.string())
    return (
        *(Check(name, f"`{name}` holds a control character", _control(name)) for name in TEXTS),
        Check("source", "source `{}` holds a space", lambda t: pc.match_substring(t["source"], " ")),
        Check(
            "kind",
            f"`{{}}` is not a kind of event: {', '.join(KINDS)}",
            lambda t: pc.invert(pc.is_in(t["kind"], pa.array(KINDS))),
        ),
        Check("territory", "`{}` is not a territory", lambda t: pc.invert(pc.is_in(t["territory"], places))),
        Check("at", "`{}` lies before 2000, where no period is", lambda t: pc.less(t["at"], earliest)),
        Check("creation", "`creation` is missing", _missing_creation),
        Check("user", "`user` must be a pseudonym, not an address", lambda t: pc.match_substring(t["user"], "@")),
        Check("seconds", "{} seconds is not a length of listening", _odd_length),
        Check("revenue_micros", "revenue `{}` is below zero", lambda t: pc.less(t["revenue_micros"], 0)),
        Check("corrects", "a `void` must say which event it `corrects`", _aimless_void),
        Check("corrects", "event `{}` cannot correct itself", lambda t: pc.equal(t["corrects"], t["id"])),
    )


def reasons(table: pa.Table, rules: Sequence[Check]) -> dict[int, str]:
    """Row number → why that row is turned away; rows that are good do not occur."""
    first = np.full(table.num_rows, -1, np.int16)
    for number, rule in enumerate(rules):
        mask = rule.wrong(table)
        if mask is None or not pc.any(mask).as_py():
            continue
        wrong = np.asarray(pc.fill_null(mask, False).combine_chunks())
        first[wrong & (first < 0)] = number
    found = {}
    for row in np.flatnonzero(first >= 0).tolist():
        rule = rules[first[row]]
        found[row] = rule.because.format(_shown(table[rule.column][row]))
    return found


def _shown(cell: pa.Scalar) -> str:
    try:
        value = cell.as_py()
    except (OverflowError, ValueError):  # an instant before the year 1 or after 9999
        value = f"{cell.value} microseconds from 1970"
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _required(name: str) -> Check:
    def wrong(table: pa.Table) -> Mask:
        empty = pc.is_null(table[name])
        return empty if name == "at" else pc.or_(empty, pc.equal(pc.fill_null(table[name], ""), ""))

    return Check(name, f"`{name}` is missing", wrong)


def _long(name: str) -> Test:
    def wrong(table: pa.Table) -> Mask:
        bytes_of = pc.max(pc.binary_length(table[name])).as_py() or 0  # never fewer than there are characters
        return pc.greater(pc.utf8_length(table[name]), LONGEST_TEXT) if bytes_of > LONGEST_TEXT else None

    return wrong


def _control(name: str) -> Test:
    def wrong(table: pa.Table) -> Mask:
        if table[name].null_count == table.num_rows or not any(_holds_control(chunk) for chunk in table[name].chunks):
            return None
        return pc.match_substring_regex(table[name], r"[\x00-\x1f\x7f]")

    return wrong


def _holds_control(texts: pa.Array) -> bool:
    """Whether any byte of an array's texts, or of what lies between them in memory, is a control character."""
    data = texts.buffers()[2]
    if data is None or not data.size:
        return False
    codes = np.frombuffer(data, np.uint8)
    return bool(codes.min() < 0x20 or (codes == 0x7F).any())


def _missing_creation(table: pa.Table) -> Mask:
    if not pc.any(pc.equal(pc.fill_null(table["creation"], ""), "")).as_py():
        return None
    needs = pc.invert(pc.is_in(table["kind"], pa.array(["train-run", "void"])))
    return pc.and_(needs, pc.equal(pc.fill_null(table["creation"], ""), ""))


def _odd_length(table: pa.Table) -> Mask:
    return pc.or_(pc.less(table["seconds"], 0), pc.greater(table["seconds"], LONGEST_LISTEN_S))


def _aimless_void(table: pa.Table) -> Mask:
    return pc.and_(pc.equal(table["kind"], "void"), pc.equal(pc.fill_null(table["corrects"], ""), ""))
