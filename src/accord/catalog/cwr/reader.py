"""Reading a CWR file (CISAC Common Works Registration 2.1, 2.2): fixed-width lines to records, every count checked.

A file is read whole or not at all. Checked: lines cut short, control characters, record order and sequence numbers, the counts of GRT and TRL,
check digits of ISWC and IPI, ISRCs, TIS territories, and that no right's shares pass 100 % in a work or a territory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from accord.catalog.cwr import layout
from accord.catalog.cwr.claims import over_claimed
from accord.catalog.cwr.lines import Line, WorkLines, in_place
from accord.catalog.cwr.records import CwrTransmission, Group, Work
from accord.terms.identifiers import ipi
from accord.terms.refusal import BadInput

MAX_BYTES = 256 * 1024 * 1024
REGISTRATIONS = ("NWR", "REV")
VERSIONS = ("02.10", "02.20")
DAY_S = 24 * 3600
BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def read_cwr(data: bytes) -> CwrTransmission:
    """The transmission in `data`. Pure: bytes in, record out. Raises BadInput, one sentence with the line number."""
    lines = _Lines(data)
    header = lines.take("HDR")
    groups: list[Group] = []
    while lines.kind() == "GRH":
        groups.append(_group(lines, len(groups) + 1))
    trailer = lines.take("TRL")
    _count(trailer, "groups", len(groups))
    _count(trailer, "transactions", sum(len(g.works) for g in groups))
    _count(trailer, "records", lines.taken)
    lines.done()
    return _transmission(header, tuple(groups))


def _transmission(header: Line, groups: tuple[Group, ...]) -> CwrTransmission:
    value = header.values
    if value["created"] is None or value["transmitted"] is None:
        raise BadInput("this CWR file has no date", header.where, do="send creation and transmission date")
    if value["created_time"] >= DAY_S:
        raise BadInput(
            "this CWR file has no hour of creation", header.where, "a day ends at 235959", "correct the time"
        )
    created = datetime.combine(value["created"], time(), UTC) + timedelta(seconds=value["created_time"])
    return CwrTransmission(
        sender_type="PB" if value["sender_type"].isdigit() else value["sender_type"],
        sender=_sender(header),
        sender_name=value["sender_name"],
        created=created,
        transmitted=value["transmitted"],
        version=value["version"] or "2.1",
        software=value["software"],
        software_version=value["software_version"],
        groups=groups,
    )


def _sender(header: Line) -> str:
    """IPI name number of the sender: a number of 11 digits puts its first two where the sender type else stands."""
    kind, number = header.values["sender_type"], header.values["sender"]
    whole = kind + number if kind.isdigit() else number
    if not whole.strip("0"):
        raise BadInput(
            "this CWR file names no sender", header.where, "its sender ID is blank", "send your IPI name number"
        )
    if kind == "SO":  # a society sends under its own code, which has no check digit
        return str(whole)
    return str(in_place(header.where, ipi.validate, whole))


def _group(lines: _Lines, number: int) -> Group:
    start = lines.taken
    header = lines.take("GRH")
    kind, version = header.values["type"], header.values["version"]
    if kind not in REGISTRATIONS:
        why = "groups of NWR and REV register works"
        raise BadInput(f"a group of `{kind}` is not read here", header.where, why, "send registrations")
    if version not in VERSIONS:
        raise BadInput(f"CWR version `{version}` is not read here", header.where, do="send CWR 2.2 or 2.1")
    _count(header, "group", number)
    works: list[Work] = []
    while lines.kind() in REGISTRATIONS:
        works.append(_work(lines, kind, len(works)))
    trailer = lines.take("GRT")
    _count(trailer, "group", number)
    _count(trailer, "transactions", len(works))
    _count(trailer, "records", lines.taken - start)
    return Group(type=kind, works=tuple(works))


def _work(lines: _Lines, kind: str, transaction: int) -> Work:
    opening = lines.take(kind)
    details = []
    while lines.kind() not in (*REGISTRATIONS, "GRT", "TRL", "GRH", "HDR", ""):
        details.append(lines.next())
    for number, line in enumerate((opening, *details)):
        _sequence(line, "transaction", transaction)
        _sequence(line, "record", number)
    work = WorkLines(opening).read(details)
    try:
        over = over_claimed(work)
    except BadInput as bad:
        raise BadInput(bad.what, opening.where, bad.why, bad.do) from None
    if over is not None:
        raise BadInput(over, opening.where, f"work `{work.title}`", "correct the shares and send the file again")
    return work


def _sequence(line: Line, name: str, expected: int) -> None:
    found = line.values[name]
    if found != expected:
        why = f"it is {found:08d}, {expected:08d} belongs here"
        raise BadInput(f"the {name} sequence number is wrong", line.where, why, "a line is missing, doubled or moved")


def _count(line: Line, name: str, expected: int) -> None:
    found = line.values[name]
    if found != expected:
        label = {"group": "group number", "groups": "group count"}.get(name, f"{name[:-1]} count")
        why = (
            f"it says {found}, there are {expected}" if name != "group" else f"it is {found}, this is number {expected}"
        )
        raise BadInput(f"the {label} is wrong", line.where, why, "send the whole file again")


class _Lines:
    """The file's lines, cut one by one; knows how many were taken."""

    def __init__(self, data: bytes) -> None:
        self._all = _split(data)
        self._rest = self._cut()
        self.taken = 0
        self._ahead: Line | None = next(self._rest, None)

    def _cut(self) -> Iterator[Line]:
        for number, text in enumerate(self._all, start=1):
            yield Line.of(text, number)

    def kind(self) -> str:
        """Record type of the line ahead, empty at the end."""
        return self._ahead.kind if self._ahead else ""

    def next(self) -> Line:
        """The line ahead. Raises BadInput at the end of the file."""
        line = self._ahead
        if line is None:
            why = "the file ends without its TRL record"
            raise BadInput("this CWR file breaks off", f"line {self.taken}", why, "send it again, the end is missing")
        self.taken += 1
        self._ahead = next(self._rest, None)
        return line

    def take(self, kind: str) -> Line:
        """The line ahead, which must be of this type."""
        line = self.next()
        if line.kind != kind:
            if kind == "HDR":
                raise BadInput("this is no CWR file", line.where, "it does not begin with HDR", "send a CWR 2.2 file")
            raise BadInput(f"a {line.kind} record does not belong here", line.where, f"{kind} does", "check the order")
        return line

    def done(self) -> None:
        """Raises BadInput when lines follow."""
        if self._ahead is not None:
            raise BadInput("the file goes on after TRL", self._ahead.where, do="send one transmission a file")


def is_cwr(data: bytes) -> bool:
    """Whether a file begins as a transmission does, whatever else may be wrong with it."""
    return data.removeprefix(BOM).lstrip().startswith(b"HDR")


def _split(data: bytes) -> list[str]:
    if not data.strip():
        raise BadInput("this CWR file is empty", do="send the whole file")
    if len(data) > MAX_BYTES:
        raise BadInput("this CWR file is too large", why=f"it has {len(data):,} bytes", do="split it")
    if not is_cwr(data):
        begins = data.lstrip()[:16].decode("ascii", "replace").splitlines()[0]
        raise BadInput(
            "this is no CWR file", "line 1", f"it begins with `{begins}`, not with HDR", "send a CWR 2.2 file"
        )
    lines = data.removeprefix(BOM).rstrip(b"\r\n \x1a").split(b"\n")
    return [_decoded(line.rstrip(b"\r"), number) for number, line in enumerate(lines, start=1)]


def _decoded(line: bytes, number: int) -> str:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        why = f"byte {error.start + 1} is 0x{line[error.start]:02x}, which is neither ASCII nor UTF-8"
        raise BadInput("this line cannot be read as text", f"line {number}", why, "export it as ASCII") from None
    if control := _CONTROL.search(text):
        why = f"character {control.start() + 1} is U+{ord(control[0]):04X}, which moves what follows or cannot be shown"
        raise BadInput("this CWR line holds a control character", f"line {number}", why, "export it as plain text")
    if not text.strip():
        raise BadInput(
            "this CWR line is empty", f"line {number}", "records follow each other line by line", "remove it"
        )
    if text[:3] in layout.LAYOUTS or len(text) >= 19:
        return text
    raise BadInput(
        "this CWR line is cut short", f"line {number}", f"it reads `{text[:19]}`", "send the whole file again"
    )
