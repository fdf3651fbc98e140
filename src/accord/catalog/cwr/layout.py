"""The fixed-width lines of CWR 2.2, as a table: for each record type its fields in order, and how a line is cut and made.

Kinds of field: `A` text, left-aligned; `N` digits, right-aligned with zeros; `S` a share, five digits of hundredths of a
percent; `D` a date, eight digits, zeros when unknown; `T` a time or duration HHMMSS. The third number of a record is the
length to which a line must reach at least: senders cut trailing blanks, and what lies before may not be missing.
Source: CISAC CWR19-1070, functional specifications of version 2.2 revision 2, checked against public files of 2.1 and 2.2.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import msgspec

from accord.terms.refusal import BadInput

Value = Any


class Field(msgspec.Struct, frozen=True):
    """A field: its name, its length in characters, its kind."""

    name: str
    length: int
    kind: str = "A"


class Layout(msgspec.Struct, frozen=True):
    """A record: its fields after the record type, and the shortest line that can be whole."""

    fields: tuple[Field, ...]
    shortest: int

    @property
    def length(self) -> int:
        """Length of a full line."""
        return 3 + sum(f.length for f in self.fields)


def _layout(shortest: int, text: str, transaction: bool = True) -> Layout:
    """A layout from `name:length[kind]` words."""
    words = ("transaction:8N record:8N " if transaction else "") + text
    fields = []
    for word in words.split():
        name, _, size = word.partition(":")
        kind = size[-1] if size[-1].isalpha() else "A"
        fields.append(Field(name, int(size.rstrip("ANSDT")), kind))
    return Layout(tuple(fields), shortest)


_SHARES = "pr_society:3 pr:5S mr_society:3 mr:5S sr_society:3 sr:5S "
_PUBLISHER = _layout(
    136,
    "sequence:2N ip:9 name:45 unknown:1 type:2 tax:9 ipi:11N agreement:14 " + _SHARES + "special:1 refusal:1 filler:1 "
    "ipi_base:13 international_agreement:14 society_agreement:14 agreement_type:2 usa_licence:1",
)
_WRITER = _layout(
    150,
    "ip:9 last_name:45 first_name:30 unknown:1 designation:2 tax:9 ipi:11N " + _SHARES + "reversionary:1 refusal:1 "
    "for_hire:1 filler:1 ipi_base:13 personal:12 usa_licence:1",
)
_WORK = _layout(
    145,
    "title:60 language:2 number:14 iswc:11 copyright_date:8D copyright_number:12 category:3 duration:6T recorded:1 "
    "text_music:3 composite:3 version:3 excerpt:3 arrangement:3 lyric_adaptation:3 contact_name:30 contact:10 "
    "work_type:2 grand_rights:1 components:3N published:8D exceptional:1 opus:25 catalogue:25 priority:1",
)

LAYOUTS = {
    "HDR": _layout(
        86,
        "sender_type:2 sender:9 sender_name:45 edi:5 created:8D created_time:6T transmitted:8D character_set:15 "
        "version:3 revision:3N software:30 software_version:30",
        transaction=False,
    ),
    "GRH": _layout(16, "type:3 group:5N version:5 request:10N submission:2", transaction=False),
    "NWR": _WORK,
    "REV": _WORK,
    "SPU": _PUBLISHER,
    "OPU": _PUBLISHER,
    "SPT": _layout(58, "ip:9 constant:6 pr:5S mr:5S sr:5S inclusion:1 tis:4 changes:1 sequence:3N"),
    "SWR": _WRITER,
    "OWR": _WRITER,
    "SWT": _layout(52, "ip:9 pr:5S mr:5S sr:5S inclusion:1 tis:4 changes:1 sequence:3N"),
    "PWR": _layout(102, "publisher:9 name:45 agreement:14 society_agreement:14 writer:9 sequence:2N"),
    "ALT": _layout(81, "title:60 type:2 language:2"),
    "PER": _layout(20, "last_name:45 first_name:30 ipi:11N ipi_base:13"),
    "REC": _layout(
        19,
        "released:8D constant:60 duration:6T filler:5 album:60 label:60 catalogue:18 ean:13 isrc:12 format:1 "
        "technique:1 media:3 title:60 version_title:60 artist:60 record_label:60 validity:20 recording:14",
    ),
    "GRT": _layout(24, "group:5N transactions:8N records:8N currency:3 value:10N", transaction=False),
    "TRL": _layout(24, "groups:5N transactions:8N records:8N", transaction=False),
}

_DEFAULTS: dict[str, Value] = {"A": "", "N": 0, "S": Fraction(0), "D": None, "T": 0}


def cut(line: str, number: int) -> tuple[str, dict[str, Value]]:
    """Record type and fields of one line; `number` is the line's, from 1. Fields beyond a shorter line have no value.

    Raises BadInput when the line is cut short, is longer than its record, or a field does not hold its kind.
    """
    kind = line[:3]
    layout = LAYOUTS[kind]
    where = f"line {number} ({kind})"
    if len(line) < layout.shortest:
        why = f"it has {len(line)} characters, {kind} records have at least {layout.shortest}"
        raise BadInput("this CWR line is cut short", where, why, "send the whole file again")
    if line[layout.length :].strip():
        why = f"{kind} records have at most {layout.length} characters"
        raise BadInput(f"this CWR line has {len(line)} characters", where, why, "check the sender's export")
    values, start = {}, 3
    for field in layout.fields:
        values[field.name] = _value(field, line[start : start + field.length], f"{where}, column {start + 1}")
        start += field.length
    return kind, values


def make(kind: str, **values: Value) -> str:
    """One line of a record type. A field not given is blank or zero.

    Raises ValueError for text that is not upper-case ASCII or does not fit, and a share with more than two decimals.
    """
    layout = LAYOUTS[kind]
    unknown = values.keys() - {f.name for f in layout.fields}
    if unknown:
        raise ValueError(f"a {kind} record has no field {sorted(unknown)}")
    return kind + "".join(_written(f, values.get(f.name, _DEFAULTS[f.kind])) for f in layout.fields)


def _value(field: Field, text: str, where: str) -> Value:
    text = text.strip()
    if field.kind == "A" or not text:
        return text if field.kind == "A" else _DEFAULTS[field.kind]
    if not (text.isascii() and text.isdigit()):
        shown = field.name.replace("_", " ")
        raise BadInput(f"`{text}` is no value for `{shown}`", where, "digits belong here", "check the line's columns")
    if field.kind == "N":
        return int(text)
    return {"S": _share, "D": _date, "T": _seconds}[field.kind](field, text, where)


def _share(field: Field, text: str, where: str) -> Fraction:
    if len(text) != field.length:
        raise BadInput(
            f"`{text}` is no share", where, "a share is five digits, 05000 is 50 %", "check the line's columns"
        )
    share = Fraction(int(text), 10_000)
    if share > 1:
        percent = f"{int(text) // 100}.{int(text) % 100:02d}"
        raise BadInput(f"the {field.name.upper()} share is {percent} %", where, "no share is over 100 %", "correct it")
    return share


def _date(field: Field, text: str, where: str) -> date | None:
    if not int(text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise BadInput(f"`{text}` is no date", where, "a date is YYYYMMDD", "check the line's columns") from None


def _seconds(field: Field, text: str, where: str) -> int:
    if len(text) != 6 or int(text[2:4]) > 59 or int(text[4:]) > 59:
        raise BadInput(f"`{text}` is no time", where, "a time is HHMMSS", "check the line's columns")
    return int(text[:2]) * 3600 + int(text[2:4]) * 60 + int(text[4:])


def _written(field: Field, value: Value) -> str:
    text = _text(field, value)
    if len(text) > field.length:
        raise ValueError(f"`{text}` does not fit {field.name}, which has {field.length} characters")
    if not text.isascii() or text != text.upper() or not text.isprintable():
        raise ValueError(f"`{text}` is not upper-case ASCII, as CWR text must be")
    return text.ljust(field.length) if field.kind == "A" else text.rjust(field.length, "0")


def _text(field: Field, value: Value) -> str:
    if field.kind == "A":
        return str(value)
    if field.kind == "N":
        return str(int(value))
    if field.kind == "D":
        return "0" * 8 if value is None else f"{value:%Y%m%d}"
    if field.kind == "T":
        return f"{value // 3600:02d}{value // 60 % 60:02d}{value % 60:02d}"
    hundredths = value * 10_000
    if hundredths.denominator != 1:
        raise ValueError(f"a share of {value} has more than the two decimals of percent that CWR can write")
    return f"{hundredths.numerator:05d}"
