"""Territories: where something holds, as a bitset over one versioned table.

A territory is an ISO 3166-1 country (or Kosovo, XK). DDEX's `Worldwide` and CISAC's TIS groups (`2136`, `2120`, `2EU`
…) are words for sets of them. A set is written in a canonical text: `WORLD`, `WORLD-JP`, `DE+FR`, `NONE`.

Unknown codes are bad input, never ignored: a territory left out by mistake would be a right given away or a yes
invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np

from accord.terms import territory_table
from accord.terms.refusal import BadInput

TABLE_VERSION: Final = territory_table.VERSION

_ROWS: Final = [line.split(" ", 4) for line in territory_table.TERRITORIES.split("\n") if line]

#: every territory's alpha-2 code, in bit order; codes are only ever appended, so that a bit keeps its meaning.
TERRITORIES: Final[tuple[str, ...]] = tuple(row[0] for row in _ROWS)
NAMES: Final[dict[str, str]] = {row[0]: row[4] for row in _ROWS}
#: the IANA time zones of a territory (empty where the tz database lists none).
ZONES: Final[dict[str, tuple[str, ...]]] = {row[0]: tuple(z for z in row[3].split(",") if z != "-") for row in _ROWS}

INDEX: Final[dict[str, int]] = {code: i for i, code in enumerate(TERRITORIES)}
SIZE: Final = len(TERRITORIES)
#: 64-bit words in a set's row.
WORDS: Final = (SIZE + 63) // 64
_ALL_BITS: Final = (1 << SIZE) - 1

_JOIN: Final = re.compile(r"[\s,+;|]+")


class TerritorySet:
    """An immutable set of territories: `| & - ~ in len bool`, iteration in code order.

    `bits` has bit i set when territory i of `TERRITORIES` is in the set.
    """

    __slots__ = ("bits",)

    bits: int

    def __init__(self, bits: int = 0) -> None:
        if not 0 <= bits <= _ALL_BITS:
            raise BadInput("a territory set has bits outside its table", why=f"the table {TABLE_VERSION} has {SIZE}")
        object.__setattr__(self, "bits", bits)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a territory set does not change")

    @classmethod
    def of(cls, *codes: str) -> TerritorySet:
        """The set of these codes or groups: `of("FR", "JP", "2110")`. Raises: BadInput for an unknown one."""
        bits = 0
        for code in codes:
            bits |= _named(code)
        return cls(bits)

    @classmethod
    def parse(cls, text: str) -> TerritorySet:
        """The set a text names: codes and groups joined by `+`, commas or spaces; `-CODE` takes out of what precedes it.

        `WORLD-JP`, `2120 - GB`, `DE, FR`, `Worldwide`, `NONE`.
        Raises: BadInput for an unknown code, and for taking out what was not in (`US-CA` is no way to say California).
        """
        plain = re.sub(r"\s*-\s*", "-", text.strip())
        parts = [part for part in _JOIN.split(plain) if part]
        if not parts:
            raise BadInput(f"`{_cut(text)}` names no territory", do="write WORLD, NONE or codes such as DE+FR")
        bits = 0
        for part in parts:
            named, *taken_out = part.split("-")
            bits |= _named(named) if named else 0
            for code in taken_out:
                out = _named(code)
                if not out or out & ~bits:
                    raise BadInput(
                        f"`{_cut(part)}` takes out `{_cut(code)}`, which is not in it",
                        do="territories are countries; their subdivisions are not in the table",
                    )
                bits &= ~out
        return cls(bits)

    @classmethod
    def ddex(cls, included: Iterable[str] = (), excluded: Iterable[str] = ()) -> TerritorySet:
        """TerritoryCode+ or ExcludedTerritoryCode+ (ERN 4.3 DealTerms): only exclusions means everywhere else.

        Raises: BadInput for an unknown code, or when neither is given (no territory is not every territory).
        """
        inside, outside = tuple(included), tuple(excluded)
        if not inside and not outside:
            raise BadInput("no territory is given", do="say Worldwide when everywhere is meant")
        return (cls.of(*inside) if inside else WORLD) - cls.of(*outside)

    @classmethod
    def from_words(cls, words: np.ndarray[Any, np.dtype[np.uint64]]) -> TerritorySet:
        """The set of one row of `WORDS` uint64 words, lowest word first."""
        return cls(int.from_bytes(np.ascontiguousarray(words, dtype="<u8").tobytes(), "little"))

    def words(self) -> np.ndarray[Any, np.dtype[np.uint64]]:
        """The set as `WORDS` uint64 words, lowest word first: one row of a kernel's table."""
        return np.frombuffer(self.bits.to_bytes(WORDS * 8, "little"), dtype="<u8").astype(np.uint64)

    def text(self) -> str:
        """The canonical text: codes joined by `+`, or `WORLD-…` where that is shorter; `NONE` for the empty set."""
        if not self.bits:
            return "NONE"
        if len(self) * 2 <= SIZE:
            return "+".join(self)
        return "-".join(["WORLD", *~self])

    def named(self) -> str:
        """The set in plain words: `everywhere`, `everywhere but JP`, `DE, FR`, `nowhere`."""
        if not self.bits:
            return "nowhere"
        if self.bits == _ALL_BITS:
            return "everywhere"
        if len(self) * 2 > SIZE:
            return "everywhere but " + ", ".join(~self)
        return ", ".join(self)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(code for code, i in INDEX.items() if self.bits >> i & 1))

    def __len__(self) -> int:
        return self.bits.bit_count()

    def __bool__(self) -> bool:
        return self.bits != 0

    def __contains__(self, code: object) -> bool:
        """Whether one territory is in the set. Raises: BadInput for a code that is none."""
        return bool(self.bits >> INDEX[code] & 1) if code in INDEX else bool(_unknown(str(code)))

    def __or__(self, other: TerritorySet) -> TerritorySet:
        return TerritorySet(self.bits | other.bits)

    def __and__(self, other: TerritorySet) -> TerritorySet:
        return TerritorySet(self.bits & other.bits)

    def __sub__(self, other: TerritorySet) -> TerritorySet:
        return TerritorySet(self.bits & ~other.bits)

    def __xor__(self, other: TerritorySet) -> TerritorySet:
        return TerritorySet(self.bits ^ other.bits)

    def __invert__(self) -> TerritorySet:
        return TerritorySet(_ALL_BITS & ~self.bits)

    def __le__(self, other: TerritorySet) -> bool:
        return not self.bits & ~other.bits

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TerritorySet) and self.bits == other.bits

    def __hash__(self) -> int:
        return hash(("territories", self.bits))

    def __repr__(self) -> str:
        return f"TerritorySet.parse({self.text()!r})"

    def __reduce__(self) -> tuple[type[TerritorySet], tuple[int]]:
        return (TerritorySet, (self.bits,))


def code(text: str) -> str:
    """One territory's alpha-2 code from its alpha-2, alpha-3 or TIS numeric code. Raises: BadInput for none, or several."""
    bits = _named(text)
    if bits.bit_count() != 1:
        raise BadInput(f"`{text}` is not one territory", do="name one country by its ISO 3166-1 code, such as JP")
    return TERRITORIES[bits.bit_length() - 1]


def parse(text: str) -> TerritorySet:
    """`TerritorySet.parse`."""
    return TerritorySet.parse(text)


def _named(word: str) -> int:
    return _WORDS[key] if (key := word.strip().upper()) in _WORDS else _unknown(word)


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _unknown(word: str) -> int:
    raise BadInput(
        f"`{_cut(word)}` is not a territory",
        why="it is neither an ISO 3166-1 code nor a TIS code",
        do="write a code such as FR, a TIS group such as 2120, or WORLD",
    )


def _table() -> dict[str, int]:
    """Every word for a set of territories → its bits."""
    words = {"WORLD": _ALL_BITS, "WORLDWIDE": _ALL_BITS, "NONE": 0}
    for two, three, number, _zones, _name in _ROWS:
        bit = 1 << INDEX[two]
        words |= {two: bit, three: bit}
        if number != "000":
            words |= {number: bit, str(int(number)): bit, number.zfill(4): bit}
    for line in filter(None, territory_table.GROUPS.split("\n")):
        number, letters, members, _name = line.split(" ", 3)
        bits = _ALL_BITS if members == "*" else sum(1 << INDEX[member] for member in members.split(","))
        words |= {number: bits, letters: bits}
    return words


_WORDS: Final = _table()
EMPTY: Final = TerritorySet(0)
WORLD: Final = TerritorySet(_ALL_BITS)
