"""Two publishers' registrations of one work for tests: 50 % and 50 %, of which an eighth is missing in Japan."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import msgspec

from accord.catalog.cwr.records import (
    AlternateTitle,
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
    Work,
    Writer,
)
from accord.terms.identifiers import ipi

SENDER = ipi.with_check_digit(990_000_101)
HALF = Shares(pr=Fraction(1, 4), mr=Fraction(1, 2), sr=Fraction(1, 2))
JAPAN = Shares(pr=Fraction(1875, 10_000), mr=Fraction(3, 8), sr=Fraction(3, 8))


def work(**changes: object) -> Work:
    """The work as the second publisher registers it."""
    whole = Work(
        title="THE ACROBAT'S HORNPIPE",
        number="DEMO0001",
        iswc="T0345246801",
        language="EN",
        duration_s=62,
        contact_name="DEMONSTRATION",
        publishers=(
            Publisher(
                ip="P0002",
                name="LANTERN MUSIC",
                ipi=SENDER,
                ipi_base=ipi.with_check_digit_base(990_000_101),
                societies=Societies("052", "044", ""),
                ownership=HALF,
                collections=(
                    Collection(tis="2136", shares=HALF),
                    Collection(tis="0392", included=False, shares=HALF),
                    Collection(tis="392", shares=JAPAN),
                ),
            ),
            Publisher(controlled=False, sequence=2, ip="P0001", name="HARBOUR SONGS", ownership=HALF),
        ),
        writers=(
            Writer(
                ip="W0001",
                last_name="QUILL",
                first_name="NADIA",
                ipi=ipi.with_check_digit(990_000_201),
                ownership=Shares(pr=Fraction(1, 2)),
                collections=(Collection(tis="2136", shares=Shares(pr=Fraction(1, 2))),),
                publishers=(PublisherOfWriter(publisher="P0002", name="LANTERN MUSIC", sequence=1),),
            ),
            Writer(controlled=False, ip="W0002", last_name="UNKNOWN", unknown=True),
        ),
        alternates=(AlternateTitle(title="ACROBATS", language="EN"),),
        performers=(Performer(last_name="QUILL", first_name="NADIA"),),
        recordings=(Recording(isrc="ZZDM12600001", title="HORNPIPE", released=date(2026, 5, 1), duration_s=62),),
        others=(OtherRecord("XRF", "052123456BR      WY"),),
    )
    return msgspec.structs.replace(whole, **changes)


def transmission(*works: Work) -> CwrTransmission:
    """A file with these works in one NWR group, and the first revised in a REV group."""
    sent = works or (work(), work(title="ANOTHER", number="DEMO0002", iswc=""))
    return CwrTransmission(
        sender=SENDER,
        sender_name="LANTERN MUSIC",
        created=datetime(2026, 4, 21, 10, 5, 9, tzinfo=UTC),
        transmitted=date(2026, 4, 21),
        software="ACCORD",
        groups=(
            Group(type="NWR", works=sent),
            Group(type="REV", works=(msgspec.structs.replace(sent[0], transaction="REV"),)),
        ),
    )
