"""A CWR file as frozen records: one transmission, its groups, in each the registered works.

Shares are fractions of one, exactly as written (hundredths of a percent). `SPU` and `SWR` are the parties whom the sender
controls, `OPU` and `OWR` the others, whom the sender names and does not speak for.
"""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import msgspec

DEMONSTRATION = "DEMONSTRATION"
"""Contact name by which Accord's own builder marks a work as made for the demonstration."""
PUBLIC_DOMAIN = "DP"
"""Last name under which CWR names the writer of what is nobody's (domaine public)."""


class Shares(msgspec.Struct, frozen=True):
    """Performing, mechanical and synchronisation share, each of its own whole."""

    pr: Fraction = Fraction(0)
    mr: Fraction = Fraction(0)
    sr: Fraction = Fraction(0)


class Societies(msgspec.Struct, frozen=True):
    """CISAC society codes for the three rights, empty when none."""

    pr: str = ""
    mr: str = ""
    sr: str = ""


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """`SPT` or `SWT`: what a party collects in (`included`) or not in a TIS territory, such as 2136 (world) or 392 (JP).

    `changed`: the shares there are not those of ownership (the record's `Shares change`).
    """

    tis: str
    included: bool = True
    shares: Shares = Shares()
    changed: bool = False


class Publisher(msgspec.Struct, frozen=True, kw_only=True):
    """`SPU` (`controlled`) or `OPU`. `type` is E original publisher, AM administrator, SE sub-publisher and so on."""

    controlled: bool = True
    sequence: int = 1
    ip: str = ""
    name: str = ""
    unknown: bool = False
    type: str = "E"
    ipi: str = ""
    ipi_base: str = ""
    agreement: str = ""
    societies: Societies = Societies()
    ownership: Shares = Shares()
    collections: tuple[Collection, ...] = ()


class PublisherOfWriter(msgspec.Struct, frozen=True, kw_only=True):
    """`PWR`: which publisher represents the writer that stands before it."""

    publisher: str
    name: str = ""
    agreement: str = ""
    society_agreement: str = ""
    sequence: int = 0


class Writer(msgspec.Struct, frozen=True, kw_only=True):
    """`SWR` (`controlled`) or `OWR`. `designation` is C composer, A author, CA both, AR arranger and so on.

    A last name of `PUBLIC_DOMAIN` is nobody's: it says that what this writer made has no owner any more.
    """

    controlled: bool = True
    ip: str = ""
    last_name: str = ""
    first_name: str = ""
    unknown: bool = False
    designation: str = "CA"
    ipi: str = ""
    ipi_base: str = ""
    societies: Societies = Societies()
    ownership: Shares = Shares()
    collections: tuple[Collection, ...] = ()
    publishers: tuple[PublisherOfWriter, ...] = ()


class AlternateTitle(msgspec.Struct, frozen=True, kw_only=True):
    """`ALT`."""

    title: str
    type: str = "AT"
    language: str = ""


class Performer(msgspec.Struct, frozen=True, kw_only=True):
    """`PER`."""

    last_name: str
    first_name: str = ""
    ipi: str = ""
    ipi_base: str = ""


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """`REC`: a recording of the work. `validity` Y; U when the link to the work is known to be wrong, N when the ISRC is."""

    isrc: str = ""
    validity: str = ""
    title: str = ""
    artist: str = ""
    label: str = ""
    released: date | None = None
    duration_s: int = 0


class OtherRecord(msgspec.Struct, frozen=True):
    """A detail record that is kept as it came: its type and the text behind the sequence numbers."""

    kind: str
    text: str


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One `NWR` (new) or `REV` (revised) transaction: a work and who has which share of it. `line` is where it began."""

    transaction: str = "NWR"
    title: str
    number: str = ""
    iswc: str = ""
    language: str = ""
    category: str = "POP"
    duration_s: int = 0
    recorded: str = "U"
    version: str = "ORI"
    arrangement: str = ""
    lyric_adaptation: str = ""
    contact_name: str = ""
    contact: str = ""
    opus: str = ""
    catalogue: str = ""
    publishers: tuple[Publisher, ...] = ()
    writers: tuple[Writer, ...] = ()
    alternates: tuple[AlternateTitle, ...] = ()
    performers: tuple[Performer, ...] = ()
    recordings: tuple[Recording, ...] = ()
    others: tuple[OtherRecord, ...] = ()

    @property
    def isrcs(self) -> tuple[str, ...]:
        """The recordings that the sender says embody it."""
        return tuple(r.isrc for r in self.recordings if r.isrc and r.validity not in ("U", "N"))

    @property
    def demonstration(self) -> bool:
        """Whether it carries the demonstration mark."""
        return self.contact_name == DEMONSTRATION


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """`GRH` to `GRT`: the works of one transaction type."""

    type: str
    works: tuple[Work, ...] = ()


class CwrTransmission(msgspec.Struct, frozen=True, kw_only=True):
    """`HDR` to `TRL`: who sends, when, and the groups. `sender` is the IPI name number, 11 digits."""

    sender_type: str = "PB"
    sender: str
    sender_name: str
    created: datetime
    transmitted: date
    version: str = "2.2"
    software: str = ""
    software_version: str = ""
    groups: tuple[Group, ...] = ()

    @property
    def works(self) -> tuple[Work, ...]:
        """The works of all groups."""
        return tuple(work for group in self.groups for work in group.works)
