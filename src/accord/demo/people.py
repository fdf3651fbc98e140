"""The demonstration's parties: all made up, none named after anybody; their identifiers lie in ranges of their own.

Four recording rightsholders shaped like real ones (two majors, a collective of independent labels whose members decide
for themselves, a distributor with self-releasing artists), two publishers, performers, writers, and the platform.
Check digits hold; the bodies of the numbers begin with nines, where no real one was given out when this was written. ISRCs
have no such range: their registrant codes (QM-D9A to QM-D9H) are made up, and nothing here is sent to anybody.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from accord.terms.identifiers import dpid, ipi, isni


@dataclass(frozen=True)
class Person:
    """A performer or a writer. `key` is our short word for them in the demonstration alone."""

    key: str
    name: str
    isni: str
    ipi: str = ""


@dataclass(frozen=True)
class Company:
    """A label, publisher, collective or distributor."""

    key: str
    name: str
    kind: str  # major | collective | label | distributor | publisher | platform
    dpid: str
    ipi: str = ""
    members: tuple[str, ...] = ()
    prefix: str = ""  # of the ISRCs it gives out: country and registrant


@dataclass(frozen=True)
class Cast:
    """Everybody, by key."""

    companies: dict[str, Company]
    performers: dict[str, Person]
    writers: dict[str, Person]
    artists_of: dict[str, tuple[str, ...]] = field(default_factory=dict)  # company or label → performers
    publisher_of: dict[str, str] = field(default_factory=dict)  # writer → publisher


MAJORS = {"aurelia": "Aurelia Music Group", "meridian": "Meridian Sound"}
INDEPENDENTS = {
    "fernweh": "Fernweh Tapes",
    "tidewater": "Tidewater Records",
    "kestrel": "Kestrel & Daughter",
    "lowlight": "Lowlight Editions",
}
PERFORMERS = {
    "aurelia": ("Ilse Varga", "The Copper Wren", "Marlow Quintet", "Noa Sundqvist"),
    "meridian": ("Teodor Lindqvist-Vale", "Sable Harbour", "Ana Coração de Lima", "The Night Ferry"),
    "fernweh": ("Hollis Brandt",),
    "tidewater": ("Queen Anemone",),
    "kestrel": ("Orla Penhaligon",),
    "lowlight": ("Air Pavilion",),
    "openhand": ("Juno Abara", "Pell & Sons", "Mika Tanabe-Ross", "Vesper Oduya"),
}
WRITERS_LARKSPUR = (
    "Adela Fenwick", "Bruno Castellane", "Cosima Hartley", "Dario Venn", "Edda Lorimer", "Felix Ashdown-Mbeki",
    "Greta Solheim", "Hugo Marchetti", "Ines Wexford", "Jonas Albright", "Kaia Thorne", "Leopold Brink",
)  # fmt: skip
WRITERS_STONEBRIDGE = (
    "Maud Ellery", "Niels Corvo", "Oona Fairchild", "Piers Dunmore", "Quentin Asher", "Rosa Lindenau",
    "Silas Okonjo", "Thea Vandermeer", "Ulrich Pomeroy", "Viola Strand", "Wendel Acheson", "Yara Quill",
)  # fmt: skip
SELF_RELEASING = ("Juno Abara", "Pell & Sons", "Mika Tanabe-Ross", "Vesper Oduya")


def cast() -> Cast:
    """Everybody. Calling it twice gives equal casts."""
    companies = {c.key: c for c in _companies()}
    performers, artists_of = _performers()
    writers, publisher_of = _writers(), {}
    for index, key in enumerate(writers):
        publisher_of[key] = "larkspur" if index < len(WRITERS_LARKSPUR) else "stonebridge"
    return Cast(companies, performers, writers, artists_of, publisher_of)


def _companies() -> list[Company]:
    rows = [
        ("aurelia", MAJORS["aurelia"], "major", (), "QMD9A"),
        ("meridian", MAJORS["meridian"], "major", (), "QMD9B"),
        ("commonhall", "Commonhall Collective", "collective", tuple(INDEPENDENTS), "QMD9C"),
        *[
            (key, name, "label", (), f"QMD9{letter}")
            for (key, name), letter in zip(INDEPENDENTS.items(), "DEFG", strict=True)
        ],
        ("openhand", "Openhand Distribution", "distributor", tuple(_key(name) for name in SELF_RELEASING), "QMD9H"),
        ("larkspur", "Larkspur Songs", "publisher", (), ""),
        ("stonebridge", "Stonebridge Publishing", "publisher", (), ""),
        ("platform", "Riverbed", "platform", (), ""),
    ]
    return [
        Company(
            key=key,
            name=name,
            kind=kind,
            dpid=dpid.with_check_digit(f"99990101{index:02d}"),
            ipi=ipi.with_check_digit(990_000_000 + index) if kind == "publisher" else "",
            members=members,
            prefix=prefix,
        )
        for index, (key, name, kind, members, prefix) in enumerate(rows, 1)
    ]


def _performers() -> tuple[dict[str, Person], dict[str, tuple[str, ...]]]:
    people: dict[str, Person] = {}
    artists_of: dict[str, tuple[str, ...]] = {}
    for company, names in PERFORMERS.items():
        for name in names:
            number = isni.with_check_digit(f"99990000{1000 + len(people):07d}")
            people[_key(name)] = Person(_key(name), name, number)
        artists_of[company] = tuple(_key(name) for name in names)
    return people, artists_of


def _writers() -> dict[str, Person]:
    names = (*WRITERS_LARKSPUR, *WRITERS_STONEBRIDGE)
    return {
        _key(name): Person(
            _key(name),
            name,
            isni.with_check_digit(f"99990000{2000 + index:07d}"),
            ipi.with_check_digit(980_000_000 + index),
        )
        for index, name in enumerate(names)
    }


def _key(name: str) -> str:
    """`The Copper Wren` → `the-copper-wren`, in plain letters, since keys stand in e-mail addresses."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())
