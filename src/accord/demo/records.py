"""The demonstration's music as frozen records: tunes, settings, recordings, releases, and all of it together."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from accord.catalog.records import Terms
from accord.catalog.score import Score
from accord.demo.people import Cast


@dataclass(frozen=True)
class Tune:
    """An old tune and its encoding. `key` is its place in the corpus; `held` whether its terms are meant to hold it."""

    key: str
    title: str
    evidence: str
    encoding: str
    terms: Terms
    score: Score
    scale: tuple[int, ...]
    held: bool = False


@dataclass(frozen=True)
class Work:
    """A demonstration setting of a tune. Shares are of one; `gaps` says where a publisher's share is smaller."""

    number: str
    title: str
    tune: str
    iswc: str
    writers: tuple[tuple[str, Fraction], ...]
    publishers: tuple[tuple[str, Fraction], ...]
    score: Score
    lineup: str
    gaps: tuple[tuple[str, str, Fraction], ...] = ()  # publisher, territory, its share there


@dataclass(frozen=True)
class Recording:
    """A demonstration recording: `controller` holds the master, `company` delivers it."""

    isrc: str
    title: str
    work: str
    artist: str
    controller: str
    company: str
    vocal: bool = False
    ai: str = ""  # ContainsAI as the delivery declares it; empty: nothing is declared
    not_in: tuple[str, ...] = ()  # territories where the controller claims nothing


@dataclass(frozen=True)
class Release:
    """A product of one artist."""

    icpn: str
    title: str
    artist: str
    controller: str
    company: str
    tracks: tuple[str, ...]


@dataclass(frozen=True)
class DemoCorpus:
    """All of it."""

    cast: Cast
    tunes: tuple[Tune, ...]
    held: tuple[Tune, ...]
    works: tuple[Work, ...]
    recordings: tuple[Recording, ...]
    releases: tuple[Release, ...]
    marked: dict[str, str]

    def work(self, number: str) -> Work:
        """The work of that number. Raises KeyError."""
        return self._by_number[number]

    def tune(self, key: str) -> Tune:
        """The tune of that key. Raises KeyError."""
        return {t.key: t for t in (*self.tunes, *self.held)}[key]

    @property
    def _by_number(self) -> dict[str, Work]:
        return {w.number: w for w in self.works}
