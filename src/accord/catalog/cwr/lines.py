"""The lines of one work's transaction, put together: publishers with their territories, writers with theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from accord.catalog.cwr import layout
from accord.catalog.cwr.records import (
    PUBLIC_DOMAIN,
    AlternateTitle,
    Collection,
    OtherRecord,
    Performer,
    Publisher,
    PublisherOfWriter,
    Recording,
    Shares,
    Societies,
    Work,
    Writer,
)
from accord.terms.identifiers import ipi, isrc, iswc
from accord.terms.refusal import BadInput
from accord.terms.territory import TerritorySet

PREFIX = 19
MAX_TERRITORIES = 999


class Line(msgspec.Struct, frozen=True):
    """One line cut into its fields; `text` is what stands behind the sequence numbers."""

    kind: str
    number: int
    values: dict[str, Any]
    text: str = ""

    @classmethod
    def of(cls, text: str, number: int) -> Line:
        """The line `text`. A record type without a layout keeps only its sequence numbers and its text."""
        if text[:3] in layout.LAYOUTS:
            kind, values = layout.cut(text, number)
            return cls(kind, number, values, text[PREFIX:])
        kind, digits = text[:3], text[3:PREFIX]
        if not kind.isalnum() or not (digits.isascii() and digits.isdigit()) or len(digits) != 16:
            raise BadInput(f"`{text[:PREFIX]}` begins no CWR record", f"line {number}", do="check the file's lines")
        return cls(kind, number, {"transaction": int(digits[:8]), "record": int(digits[8:])}, text[PREFIX:].rstrip())

    @property
    def where(self) -> str:
        """For errors: `line 12 (SPU)`."""
        return f"line {self.number} ({self.kind})"

    def flag(self, name: str) -> bool:
        """Whether an indicator is Y."""
        return bool(self.values[name] == "Y")

    def number_of(self, name: str, validate: Callable[[str], str]) -> str:
        """An identifier, checked; empty when blank or zeros."""
        text = str(self.values[name] or "")
        return in_place(self.where, validate, text) if text.strip("0") else ""

    @property
    def shares(self) -> Shares:
        """Its three shares."""
        return Shares(self.values["pr"], self.values["mr"], self.values["sr"])

    @property
    def societies(self) -> Societies:
        """Its three societies."""
        return Societies(self.values["pr_society"], self.values["mr_society"], self.values["sr_society"])


def in_place(where: str, validate: Callable[[str], str], text: str) -> str:
    """`validate(text)`, its BadInput with the place added."""
    try:
        return validate(text)
    except BadInput as bad:
        raise BadInput(bad.what, where, bad.why, bad.do) from None


class WorkLines:
    """Puts a work together from its opening line and its details, in the order in which they came."""

    def __init__(self, opening: Line) -> None:
        self._opening = opening
        self._publishers: list[Publisher] = []
        self._writers: list[Writer] = []
        self._alternates: list[AlternateTitle] = []
        self._performers: list[Performer] = []
        self._recordings: list[Recording] = []
        self._others: list[OtherRecord] = []

    def read(self, details: Iterable[Line]) -> Work:
        """The work. Raises BadInput for a detail that belongs to nobody."""
        readers = {"SPU": self._publisher, "OPU": self._publisher, "SPT": self._publisher_territory}
        readers |= {"SWR": self._writer, "OWR": self._writer, "SWT": self._writer_territory, "PWR": self._represented}
        readers |= {"ALT": self._alternate, "PER": self._performer, "REC": self._recording}
        for line in details:
            readers.get(line.kind, self._other)(line)
        return self._work()

    def _work(self) -> Work:
        value = self._opening.values
        if not value["title"]:
            raise BadInput("this work has no title", self._opening.where, do="send its title")
        return Work(
            transaction=self._opening.kind,
            title=value["title"],
            number=value["number"],
            iswc=self._opening.number_of("iswc", iswc.validate),
            language=value["language"],
            category=value["category"],
            duration_s=value["duration"],
            recorded=value["recorded"],
            version=value["version"],
            arrangement=value["arrangement"],
            lyric_adaptation=value["lyric_adaptation"],
            contact_name=value["contact_name"],
            contact=value["contact"],
            opus=value["opus"],
            catalogue=value["catalogue"],
            publishers=tuple(self._publishers),
            writers=tuple(self._writers),
            alternates=tuple(self._alternates),
            performers=tuple(self._performers),
            recordings=tuple(self._recordings),
            others=tuple(self._others),
        )

    def _publisher(self, line: Line) -> None:
        value = line.values
        _named(line, value["name"])
        self._publishers.append(
            Publisher(
                controlled=line.kind == "SPU",
                sequence=value["sequence"],
                ip=value["ip"],
                name=value["name"],
                unknown=line.flag("unknown"),
                type=value["type"],
                ipi=line.number_of("ipi", ipi.validate),
                ipi_base=line.number_of("ipi_base", ipi.validate_base),
                agreement=value["agreement"],
                societies=line.societies,
                ownership=line.shares,
            )
        )

    def _writer(self, line: Line) -> None:
        value = line.values
        _named(line, value["last_name"])
        self._writers.append(
            Writer(
                controlled=line.kind == "SWR",
                ip=value["ip"],
                last_name=value["last_name"],
                first_name=value["first_name"],
                unknown=line.flag("unknown"),
                designation=value["designation"],
                ipi=line.number_of("ipi", ipi.validate),
                ipi_base=line.number_of("ipi_base", ipi.validate_base),
                societies=line.societies,
                ownership=line.shares,
            )
        )

    def _publisher_territory(self, line: Line) -> None:
        found = self._last(line, self._publishers, "SPU")
        collections = _with(found.collections, line)
        self._publishers[-1] = msgspec.structs.replace(found, collections=collections)

    def _writer_territory(self, line: Line) -> None:
        found = self._last(line, self._writers, "SWR")
        collections = _with(found.collections, line)
        self._writers[-1] = msgspec.structs.replace(found, collections=collections)

    def _last(self, line: Line, parties: list[Any], kind: str) -> Any:
        if not parties or not parties[-1].controlled or parties[-1].ip != line.values["ip"]:
            why = f"no {kind} of `{line.values['ip']}` stands before it"
            raise BadInput(f"this {line.kind} belongs to nobody", line.where, why, "check the order of the records")
        return parties[-1]

    def _represented(self, line: Line) -> None:
        value = line.values
        if not self._writers or value["writer"] not in ("", self._writers[-1].ip):
            why = f"no SWR of `{value['writer']}` stands before it"
            raise BadInput("this PWR belongs to nobody", line.where, why, "check the order of the records")
        link = PublisherOfWriter(
            publisher=value["publisher"],
            name=value["name"],
            agreement=value["agreement"],
            society_agreement=value["society_agreement"],
            sequence=value["sequence"],
        )
        links = (*self._writers[-1].publishers, link)
        self._writers[-1] = msgspec.structs.replace(self._writers[-1], publishers=links)

    def _alternate(self, line: Line) -> None:
        value = line.values
        found = AlternateTitle(title=value["title"], type=value["type"], language=value["language"])
        self._alternates.append(found)

    def _performer(self, line: Line) -> None:
        value = line.values
        self._performers.append(
            Performer(
                last_name=value["last_name"],
                first_name=value["first_name"],
                ipi=line.number_of("ipi", ipi.validate),
                ipi_base=line.number_of("ipi_base", ipi.validate_base),
            )
        )

    def _recording(self, line: Line) -> None:
        value = line.values
        self._recordings.append(
            Recording(
                isrc=line.number_of("isrc", isrc.validate),
                validity=value["validity"],
                title=value["title"],
                artist=value["artist"],
                label=value["record_label"],
                released=value["released"],
                duration_s=value["duration"],
            )
        )

    def _other(self, line: Line) -> None:
        self._others.append(OtherRecord(line.kind, line.text))


def _with(collections: tuple[Collection, ...], line: Line) -> tuple[Collection, ...]:
    if len(collections) == MAX_TERRITORIES:
        why = f"a party has at most {MAX_TERRITORIES}, as their sequence number has three digits"
        raise BadInput(f"this is one {line.kind} too many", line.where, why, "check the sender's export")
    return (*collections, _collection(line))


def _named(line: Line, name: str) -> None:
    """Whom the sender controls it must name, and by its own number: claims are counted by it."""
    if line.kind not in ("SPU", "SWR"):
        return
    if name == PUBLIC_DOMAIN:
        why = "nobody controls the public domain"
        raise BadInput(f"this {line.kind} is named `{name}`", line.where, why, "name it as an OWR")
    missing = "name" if not name or line.flag("unknown") else "interested party number" if not line.values["ip"] else ""
    if missing:
        why = "the sender speaks for this party"
        raise BadInput(f"this {line.kind} has no {missing}", line.where, why, "send it, or name the party as another's")


def _collection(line: Line) -> Collection:
    inclusion, tis = line.values["inclusion"], line.values["tis"]
    if inclusion not in ("I", "E"):
        raise BadInput(f"`{inclusion}` neither includes nor excludes", line.where, "I or E belongs here", "correct it")
    in_place(line.where, lambda code: TerritorySet.of(code).text(), tis)
    return Collection(tis=tis, included=inclusion == "I", shares=line.shares, changed=line.flag("changes"))
