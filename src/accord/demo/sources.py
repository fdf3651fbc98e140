"""Where the demonstration's music comes from, in its own words: why a tune is nobody's, and under which terms its encoding came.

A tune and its encoding are two things. The tunes below were printed long ago, and their books say when. Whoever typed one
in has terms of their own: what the file, and the corpus it came in, say is quoted and read by the catalogue's own rule
(`catalog.rules.read_terms`), never bent. Some are held for it, on purpose: see `HELD`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import msgspec

from accord.catalog.records import Terms
from accord.catalog.rules import read_terms
from accord.demo.tunes import Read, read_abc, read_any, read_chorale, text_of

#: The sentence of the corpus' own license.txt that speaks for the encodings in it.
CORPUS_TERMS = "The encodings may be under copyright but have been licensed for use, though there may be restrictions on commercial use."
EVIDENCE = {
    "ryansMammoth": "printed in Ryan's Mammoth Collection (Boston: Elias Howe, 1883), more than 140 years ago, without a named composer",
    "oneills1850": "traditional; printed in O'Neill's Music of Ireland (Chicago: Lyon & Healy, 1903), more than 120 years ago",
    "airdsAirs": "traditional; printed in James Aird's Selection of Scotch, English, Irish and Foreign Airs (Glasgow, 1778 to 1803)",
    "bach": "harmonised by Johann Sebastian Bach, who died in 1750; its hymn tune is older",
    "palestrina": "composed by Giovanni Pierluigi da Palestrina, who died in 1594",
    "essenFolksong": "traditional; the song stood in collections printed before 1900",
    "monteverdi": "composed by Claudio Monteverdi, who died in 1643",
    "weber": "composed by Carl Maria von Weber, who died in 1826",
}
_CONTACT = re.compile(r"<[^>]*>?|\(?\S*@\S*\)?|\S*:\S*\.\S+|https?:\S+|=0D")
_ROLE = re.compile(r"^(?:re-?)?(?:contributed|transcribed|edited)?\s*(?:\d{4,})?\s*(?:by\b)?\s*", re.IGNORECASE)
_DATE = re.compile(
    r"[,.]?\s*(?:\*\s*)?(?:www\.\S+\s*)?(?:\*\s*)?(?:\d{1,4}[-/]\d{1,2}[-/]\d{1,4}|\d{1,2}[a-z]+\d{2}|\b\d{4,}\b|\babc 1\.6)\s*"
)


@dataclass(frozen=True)
class Source:
    """One file of the corpus, or one tune in it, as the demonstration uses it."""

    path: str
    number: int
    title: str

    @property
    def collection(self) -> str:
        """The folder of the corpus, which is the collection."""
        return self.path.split("/")[0]

    @property
    def name(self) -> str:
        """For people: `music21 corpus, ryansMammoth/AcaciaReel.abc`, with the tune's number where the file holds many."""
        return f"music21 corpus, {self.path}" + (f", X:{self.number}" if self.number else "")

    def read(self) -> Read:
        """Its notes and its words, by music21."""
        if self.path.endswith(".abc"):
            return read_abc(self.path, self.number or None, self.title)
        if self.collection == "bach":
            return read_chorale(self.path, self.title)
        return read_any(self.path, self.title)


#: Files whose terms reserve, are unclear, or contradict themselves: intake holds them, with the sentence.
HELD = (
    Source("palestrina/Agnus_00.krn", 0, "Agnus Dei of the Missa De Beata Marie Virginis"),
    Source("essenFolksong/altdeu10.abc", 1, "Das Hildebrandslied"),
    Source("monteverdi/madrigal.5.5.mxl", 0, "Fifth Book of Madrigals, the fifth"),
    Source("weber/concertino_clarinet.mxl", 0, "Concertino for Clarinet, its opening"),
    Source("bach/bwv10.7.mxl", 0, "Meine Seel' erhebt den Herren (BWV 10.7)"),
    Source("palestrina/Kyrie_00.krn", 0, "Kyrie of the Missa Ad fugam"),
    Source("essenFolksong/altdeu10.abc", 3, "Herzog Ernst"),
)


def selection() -> tuple[Source, ...]:
    """The tunes that the demonstration arranges, from `selection.txt` beside this module."""
    from importlib.resources import files

    rows = files("accord.demo").joinpath("selection.txt").read_text(encoding="utf-8").splitlines()
    cells = (row.split("\t") for row in rows if row and not row.startswith("#"))
    return tuple(Source(path, int(number), title) for path, number, title in cells)


def evidence(source: Source) -> str:
    """Why nobody holds rights in the tune."""
    return EVIDENCE[source.collection]


def terms(source: Source, read: Read) -> Terms:
    """The terms of the encoding: the file's own words and its folder's, read by the catalogue's rule."""
    words = [word.partition(": ")[2] for word in read.words if word.startswith("Z: ")]
    speaking = {
        "palestrina": _palestrina,
        "essenFolksong": _essen,
        "monteverdi": _monteverdi,
        "weber": _weber,
        "bach": _bach,
    }.get(source.collection)
    if speaking is not None:
        return speaking(source, read)
    who = next(filter(None, map(transcriber, words)), None)
    said = f"transcribed by {who}; " if who else "the file names no transcriber; "
    return _restricted(read_terms(source.name, f'{said}its folder says: "{CORPUS_TERMS}"', transcriber=who))


def transcriber(line: str) -> str | None:
    """The name in a `Z:` field; addresses and dates are left out, for they are nobody's business here.

    >>> transcriber("Contributed by Ray Davies,  ray:davies99.freeserve.co.uk")
    'Ray Davies'
    >>> transcriber("Jack Campin * www.campin.me.uk * 2009")
    'Jack Campin'
    """
    name = _CONTACT.sub(" ", line).replace("irtrad-l", " ")
    name = _DATE.sub(" ", _ROLE.sub("", name.strip()))
    name = re.sub(r"\s+", " ", name.replace("*", " ")).strip(" .,;\"'")
    words = name.split()
    if 1 <= len(words) <= 4 and all(w[0].isupper() or w in ("de", "mvhplank") for w in words):
        return name
    address = re.search(r"\b([a-z]+)\.([a-z]+)@", line)  # a name may stand in the address alone
    return f"{address[1]} {address[2]}".title() if address and not words else None


def _restricted(found: Terms) -> Terms:
    """The corpus warns of restrictions on commercial use and names none: so it is taken as excluding commerce."""
    return msgspec.structs.replace(found, non_commercial=True)


def _bach(source: Source, read: Read) -> Terms:
    said = "; ".join(" ".join(word.split()) for word in read.words) or "the file names no encoder"
    who = "Margaret Greentree" if "Greentree" in said else None
    statement = f'the file says: "{said}"; its folder says: "{CORPUS_TERMS}"'
    return _restricted(read_terms(source.name, statement, transcriber=who))


def _palestrina(source: Source, read: Read) -> Terms:
    lines = re.findall(r"(?m)^!!!(?:YEC|YEM): (.*)$", text_of(source.path))
    said = " ".join(line.rstrip(".") + "." for line in lines if "http" not in line)
    return read_terms(source.name, said, transcriber="John Miller", owner="John Miller", licensor="John Miller")


def _essen(source: Source, read: Read) -> Terms:
    text = " ".join(text_of("essenFolksong/license.txt").split())
    said = re.findall(r"The legal status[^.]*\.|The project was taken over .*? in music21\.", text)
    found = read_terms(source.name, " ".join(said), transcriber="Helmut Schaffrath and others; ABC by Seymour Schlien")
    return _restricted(found)


def _monteverdi(source: Source, read: Read) -> Terms:
    statement = f'the file says: "{read.words[0]}"; its folder says: "{CORPUS_TERMS}"'
    return _restricted(read_terms(source.name, statement, owner="Ut Orpheus Edizioni", licensor="the music21 corpus"))


def _weber(source: Source, read: Read) -> Terms:
    claimed = next(w for w in read.words if "opyright" in w)
    freed = next(w for w in read.words if "ublic" in w)
    statement = f'the score says: "{claimed}"; its rights field says: "{freed}"'
    owner = claimed.rpartition(" by ")[2]
    return read_terms(
        source.name, statement, owner=owner, licence=freed, licensor="nobody: released to the public domain"
    )
