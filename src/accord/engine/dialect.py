"""The handful of words in which DuckDB and Spark differ, as named slots of a SQL text; everything else is shared.

Slots of every rule:
  {i128}      the widest exact integer: HUGEINT on DuckDB, DECIMAL(38,0) on Spark
  {floordiv}  the infix operator of whole division (Spark's DIV gives a BIGINT: quotients must fit one)
  {mod}       the infix operator of the rest
A rule may name slots of its own (a list of columns); their values are written by the room, never by a user.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum

import msgspec


class Dialect(StrEnum):
    """Which engine's words fill the slots."""

    DUCKDB = "duckdb"
    SPARK = "spark"


SLOTS: dict[Dialect, dict[str, str]] = {
    Dialect.DUCKDB: {"i128": "HUGEINT", "floordiv": "//", "mod": "%"},
    Dialect.SPARK: {"i128": "DECIMAL(38,0)", "floordiv": "DIV", "mod": "%"},
}
SLOT = re.compile(r"\{([a-z_0-9]+)\}")
PLAIN = re.compile(r"[A-Za-z0-9_ ,.]*")


class Rule(msgspec.Struct, frozen=True):
    """One SQL file: its name (`payouts/split`), its text with open slots, and the hash of that text."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """The hash that stands in the fact of a run: `sha256:…` of the text as filed, slots open."""
        return "sha256:" + hashlib.sha256(self.text.encode()).hexdigest()


def render(rule: Rule, dialect: Dialect, slots: Mapping[str, str] | None = None) -> str:
    """Fill a rule's slots for an engine.

    Raises: ValueError when a slot has no value, a value has no slot, or a value is more than names and commas;
    all three are mistakes of the room, not of a user.
    """
    own = dict(slots or {})
    for name, value in own.items():
        if not PLAIN.fullmatch(value) or name in SLOTS[dialect]:
            raise ValueError(f"slot `{name}` of {rule.name} cannot hold `{value}`")
    values = SLOTS[dialect] | own
    wanted = set(SLOT.findall(rule.text))
    if missing := wanted - set(values):
        raise ValueError(f"{rule.name} has slots without a value: {', '.join(sorted(missing))}")
    if spare := set(own) - wanted:
        raise ValueError(f"{rule.name} has no slot {', '.join(sorted(spare))}")
    return SLOT.sub(lambda found: values[found.group(1)], rule.text)
