"""The demonstration's CWR 2.2 files: each publisher registers the works in which it has a share (NWR), and revises one (REV).

Mechanical and synchronisation rights are the publishers' in the proportion of their writers; of the performing right half
is the writers' own. Shares are written as CWR writes them, percent with two decimals, so a third stands as 33.33.
The tune's own writer stands beside the arrangers as `DP`, public domain, without a share: CWR asks for one, and it is nobody.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime
from fractions import Fraction

import msgspec

from accord.catalog.cwr.records import (
    DEMONSTRATION,
    PUBLIC_DOMAIN,
    Collection,
    CwrTransmission,
    Group,
    OtherRecord,
    Performer,
    Publisher,
    PublisherOfWriter,
    Recording,
    Shares,
    Societies,
    Writer,
)
from accord.catalog.cwr.records import Work as CwrWork
from accord.demo.records import DemoCorpus, Work
from accord.terms.territory import TerritorySet

WORLD_TIS = "2136"
TIS = {"JP": "392"}
CREATED, REVISED = datetime(2026, 4, 28, 9, 0, tzinfo=UTC), datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
SOCIETIES = Societies("052", "044", "")
RELEASED = date(2026, 5, 15)


def transmission(corpus: DemoCorpus, publisher: str) -> CwrTransmission:
    """The first file of one publisher: every work in which it has a share, new, before one of them was recorded."""
    works = [_work(corpus, work, publisher) for work in _of(corpus, publisher)]
    late = next(number for number, work in enumerate(works) if work.recordings)
    works[late] = msgspec.structs.replace(works[late], recorded="N", performers=(), recordings=())
    return _sent(corpus, publisher, CREATED, Group(type="NWR", works=tuple(works)))


def revision(corpus: DemoCorpus, publisher: str) -> CwrTransmission:
    """Its second file: that work revised, now that there is a recording of it."""
    recorded = next(work for one in _of(corpus, publisher) if (work := _work(corpus, one, publisher)).recordings)
    revised = msgspec.structs.replace(recorded, transaction="REV")
    return _sent(corpus, publisher, REVISED, Group(type="REV", works=(revised,)))


def _of(corpus: DemoCorpus, publisher: str) -> list[Work]:
    return [work for work in corpus.works if publisher in dict(work.publishers)]


def _sent(corpus: DemoCorpus, publisher: str, created: datetime, group: Group) -> CwrTransmission:
    company = corpus.cast.companies[publisher]
    return CwrTransmission(
        sender=company.ipi,
        sender_name=upper(company.name),
        created=created,
        transmitted=created.date(),
        software="ACCORD DEMONSTRATION",
        groups=(group,),
    )


def upper(text: str) -> str:
    """Text as CWR holds it: capitals without marks, ASCII.

    >>> upper("Ana Coração de Lima")
    'ANA CORACAO DE LIMA'
    """
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode()
    return " ".join(plain.upper().split())


def written(share: Fraction) -> Fraction:
    """A share as CWR can write it: cut to hundredths of a percent, as publishers' systems do."""
    return Fraction(int(share * 10_000), 10_000)


def _work(corpus: DemoCorpus, work: Work, sender: str) -> CwrWork:
    recorded = [r for r in corpus.recordings if r.work == work.number]
    tune = corpus.tune(work.tune)
    return CwrWork(
        title=upper(work.title),
        number=work.number,
        iswc=work.iswc,
        language="",
        category="POP",
        duration_s=round(work.score.duration_s),
        recorded="Y" if recorded else "N",
        version="MOD",
        arrangement="ARR",
        lyric_adaptation="NON",
        contact_name=DEMONSTRATION,
        publishers=tuple(_publishers(corpus, work, sender)),
        writers=tuple(_writers(corpus, work, sender)),
        performers=tuple(Performer(last_name=upper(corpus.cast.performers[r.artist].name)[:45]) for r in recorded),
        recordings=tuple(
            Recording(
                isrc=r.isrc,
                validity="Y",
                title=upper(r.title),
                duration_s=round(work.score.duration_s),
                released=RELEASED,
            )
            for r in recorded
        ),
        others=(OtherRecord("VER", upper(tune.title)),),
    )


def _publishers(corpus: DemoCorpus, work: Work, sender: str) -> Iterable[Publisher]:
    ordered = sorted(work.publishers, key=lambda pair: pair[0] != sender)
    for sequence, (key, part) in enumerate(ordered, start=1):
        company, own = corpus.cast.companies[key], key == sender
        shares = _publisher_shares(part)
        yield Publisher(
            controlled=own,
            sequence=sequence,
            ip=f"P{list(corpus.cast.companies).index(key):06d}",
            name=upper(company.name),
            ipi=company.ipi,
            societies=SOCIETIES,
            ownership=shares,
            collections=tuple(_collections(work, key, shares)) if own else (),
        )


def _collections(work: Work, publisher: str, shares: Shares) -> Iterable[Collection]:
    """Everywhere, and where the work has a gap: not there, and there the smaller share."""
    yield Collection(tis=WORLD_TIS, shares=shares)
    for key, territory, there in work.gaps:
        if key == publisher:
            yield Collection(tis=TIS[territory], included=False)
            yield Collection(tis=TIS[territory], shares=_publisher_shares(there), changed=True)


def _publisher_shares(part: Fraction) -> Shares:
    return Shares(pr=written(part / 2), mr=written(part), sr=written(part))


def _writers(corpus: DemoCorpus, work: Work, sender: str) -> Iterable[Writer]:
    companies = corpus.cast.companies
    for key, part in work.writers:
        person, publisher = corpus.cast.writers[key], corpus.cast.publisher_of[key]
        own = publisher == sender
        first, _, last = upper(person.name).rpartition(" ")
        shares = Shares(pr=written(part / 2))
        represented = PublisherOfWriter(
            publisher=f"P{list(companies).index(publisher):06d}", name=upper(companies[publisher].name), sequence=1
        )
        yield Writer(
            controlled=own,
            ip=f"W{list(corpus.cast.writers).index(key):06d}",
            last_name=last,
            first_name=first,
            designation="AR",
            ipi=person.ipi,
            societies=Societies("052", "", ""),
            ownership=shares,
            collections=(Collection(tis=WORLD_TIS, shares=shares),) if own else (),
            publishers=(represented,) if own else (),
        )
    yield Writer(controlled=False, last_name=PUBLIC_DOMAIN, designation="C")


def registered_in(work: Work, territory: str) -> Fraction:
    """How much of a work's mechanical right is registered in a territory: 1, or less where it has a gap."""
    where = TerritorySet.of(territory)
    gaps = {key: there for key, place, there in work.gaps if TerritorySet.of(place) & where}
    return sum((gaps.get(key, part) for key, part in work.publishers), Fraction(0))
