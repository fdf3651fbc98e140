"""Writing a CWR 2.2 file: records to fixed-width lines, sequence numbers and counts filled in.

`read_cwr(build_cwr(t)) == t` for every transmission of version 2.2 whose texts are stripped upper-case ASCII that fit
their fields, and in which the sender's own parties stand before the others', as 2.2 demands. CWR knows no lower case; a
title is written as the caller gives it, and refused when it does not fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accord.catalog.cwr.layout import make
from accord.catalog.cwr.records import (
    Collection,
    CwrTransmission,
    Publisher,
    PublisherOfWriter,
    Recording,
    Shares,
    Societies,
    Work,
    Writer,
)

VERSION = "2.2"
#: What follows the parties of a transaction, in the order of CWR 2.2 (transaction level validation 43).
SEQUENCE = (
    "ALT", "NAT", "EWT", "NET", "VER", "NVT", "NOW", "PER", "NPR", "REC", "ORN", "INS", "IND", "COM", "NCT", "ARI", "XRF",
)  # fmt: skip
Details = Iterator[tuple[str, dict[str, Any]]]


def build_cwr(transmission: CwrTransmission) -> bytes:
    """The transmission as ASCII lines ended by CR LF. The same transmission gives the same bytes.

    Raises ValueError when a text does not fit its field or is not upper-case ASCII, or a share has over two decimals.
    """
    if transmission.version != VERSION:
        raise ValueError(f"CWR is written in version {VERSION}, not in {transmission.version}")
    lines = [_header(transmission)]
    for number, group in enumerate(transmission.groups, start=1):
        first = len(lines)
        lines.append(make("GRH", type=group.type, group=number, version="02.20"))
        for transaction, work in enumerate(group.works):
            lines += _work(work, transaction)
        records = len(lines) - first + 1
        lines.append(make("GRT", group=number, transactions=len(group.works), records=records))
    works = sum(len(g.works) for g in transmission.groups)
    lines.append(make("TRL", groups=len(transmission.groups), transactions=works, records=len(lines) + 1))
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _header(transmission: CwrTransmission) -> str:
    number, created = transmission.sender, transmission.created
    long = len(number) == 11 and not number.startswith("00")  # then the first two digits stand as the sender type
    return make(
        "HDR",
        sender_type=number[:2] if long else transmission.sender_type,
        sender=number[2:] if len(number) == 11 else number,
        sender_name=transmission.sender_name,
        edi="01.10",
        created=created.date(),
        created_time=created.hour * 3600 + created.minute * 60 + created.second,
        transmitted=transmission.transmitted,
        version=VERSION,
        revision=1,
        software=transmission.software,
        software_version=transmission.software_version,
    )


def _work(work: Work, transaction: int) -> Iterator[str]:
    yield make(
        work.transaction,
        transaction=transaction,
        record=0,
        title=work.title,
        language=work.language,
        number=work.number,
        iswc=work.iswc,
        category=work.category,
        duration=work.duration_s,
        recorded=work.recorded,
        version=work.version,
        arrangement=work.arrangement,
        lyric_adaptation=work.lyric_adaptation,
        contact_name=work.contact_name,
        contact=work.contact,
        opus=work.opus,
        catalogue=work.catalogue,
    )
    for record, (kind, detail) in enumerate((*_parties(work), *_particulars(work)), start=1):
        if isinstance(detail, str):
            yield f"{kind}{transaction:08d}{record:08d}{detail}"
        else:
            yield make(kind, transaction=transaction, record=record, **detail)


def _parties(work: Work) -> Details:
    """Publishers, then writers; of each those that the sender controls first."""
    for publisher in sorted(work.publishers, key=lambda p: not p.controlled):
        yield "SPU" if publisher.controlled else "OPU", _publisher(publisher)
        for number, collection in enumerate(publisher.collections, start=1):
            yield "SPT", _collection(publisher.ip, collection, number)
    for writer in sorted(work.writers, key=lambda w: not w.controlled):
        yield "SWR" if writer.controlled else "OWR", _writer(writer)
        for number, collection in enumerate(writer.collections, start=1):
            yield "SWT", _collection(writer.ip, collection, number)
        for link in writer.publishers:
            yield "PWR", _link(writer, link)


def _particulars(work: Work) -> list[tuple[str, dict[str, Any] | str]]:
    """What else is said of the work, in the sequence that 2.2 asks for."""
    found: list[tuple[str, dict[str, Any] | str]] = []
    for title in work.alternates:
        found.append(("ALT", {"title": title.title, "type": title.type, "language": title.language}))
    for performer in work.performers:
        values = {"last_name": performer.last_name, "first_name": performer.first_name}
        found.append(("PER", values | {"ipi": performer.ipi or 0, "ipi_base": performer.ipi_base}))
    found += [("REC", _recording(recording)) for recording in work.recordings]
    found += [(other.kind, other.text) for other in work.others]
    return sorted(found, key=lambda pair: SEQUENCE.index(pair[0]) if pair[0] in SEQUENCE else len(SEQUENCE))


def _link(writer: Writer, link: PublisherOfWriter) -> dict[str, Any]:
    return {
        "publisher": link.publisher,
        "name": link.name,
        "agreement": link.agreement,
        "society_agreement": link.society_agreement,
        "writer": writer.ip,
        "sequence": link.sequence,
    }


def _recording(recording: Recording) -> dict[str, Any]:
    return {
        "isrc": recording.isrc,
        "validity": recording.validity,
        "title": recording.title,
        "artist": recording.artist,
        "record_label": recording.label,
        "released": recording.released,
        "duration": recording.duration_s,
    }


def _publisher(publisher: Publisher) -> dict[str, Any]:
    return {
        "sequence": publisher.sequence,
        "ip": publisher.ip,
        "name": publisher.name,
        "unknown": "Y" if publisher.unknown else "",
        "type": publisher.type,
        "ipi": publisher.ipi or 0,
        "ipi_base": publisher.ipi_base,
        "agreement": publisher.agreement,
        "special": "",
        "refusal": "N",
        **_societies(publisher.societies),
        **_shares(publisher.ownership),
    }


def _writer(writer: Writer) -> dict[str, Any]:
    return {
        "ip": writer.ip,
        "last_name": writer.last_name,
        "first_name": writer.first_name,
        "unknown": "Y" if writer.unknown else "",
        "designation": writer.designation,
        "ipi": writer.ipi or 0,
        "ipi_base": writer.ipi_base,
        "refusal": "N",
        **_societies(writer.societies),
        **_shares(writer.ownership),
    }


def _collection(ip: str, collection: Collection, number: int) -> dict[str, Any]:
    place = {"inclusion": "I" if collection.included else "E", "tis": collection.tis, "sequence": number}
    return {"ip": ip, **place, **_shares(collection.shares), "changes": "Y" if collection.changed else ""}


def _shares(shares: Shares) -> dict[str, Any]:
    return {"pr": shares.pr, "mr": shares.mr, "sr": shares.sr}


def _societies(societies: Societies) -> dict[str, Any]:
    return {"pr_society": societies.pr, "mr_society": societies.mr, "sr_society": societies.sr}
