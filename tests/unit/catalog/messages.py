"""Small deliveries for tests: a label's ERN with audio beside it, and publishers' CWR, made by the room's own builders."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import soundfile
from django.test import override_settings

from accord.catalog.cwr.builder import build_cwr
from accord.catalog.cwr.records import Collection, CwrTransmission, Group, Publisher, Shares, Work, Writer
from accord.catalog.ern.builder import build_ern
from accord.catalog.ern.records import (
    AiUse,
    Artist,
    Contributor,
    Deal,
    DeliveredFile,
    ErnMessage,
    Header,
    MessagingParty,
    Party,
    Period,
    Related,
    Release,
    Resource,
    RightsController,
    WorkId,
)
from accord.parties import actions as parties
from accord.terms.identifiers import dpid, icpn, ipi, isni, iswc
from accord.terms.territory import WORLD, TerritorySet

AT = datetime(2026, 4, 2, 9, tzinfo=UTC)
DOOR = {"at": AT, "actor": "acc_test"}
LABEL_DPID = dpid.with_check_digit("2099000001")
OTHER_DPID = dpid.with_check_digit("2099000002")
PUBLISHER_1 = ipi.with_check_digit("999000001")
PUBLISHER_2 = ipi.with_check_digit("999000002")
WRITER = ipi.with_check_digit("999000003")
ARTIST = isni.with_check_digit("000000012103268")
ISWC = iswc.with_check_digit(901)
ISRC = "QZABC2600001"
ICPN = icpn.with_check_digit("99000000001")


def audio(folder: Path, *names: str, seconds: float = 1.0) -> None:
    """Write a short tone under each name."""
    wave = 0.1 * np.sin(2 * np.pi * 220 * np.arange(int(8000 * seconds)) / 8000).astype(np.float32)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / name, wave, 8000)


def verified(name: str, kind: str, **identifiers: str) -> str:
    """A registered party that an account proved to be."""
    return verify(parties.register_party(kind, name, identifiers, **DOOR))


def verify(party: str) -> str:
    """An account proves to be the party."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):  # quick, for tests
        account = parties.open_account(f"{party}@example.org", "a long enough pass phrase", ["rightsholder"], at=AT)
    parties.verify_identity(party, account, "contract", "signed", **DOOR)
    return party


def recording(**changes: object) -> Resource:
    """A recording by one featured singer, wholly controlled by the label, embodying one work."""
    plain = Resource(
        element="SoundRecording",
        reference="A1",
        type="MusicalWorkSoundRecording",
        isrc=ISRC,
        works=(WorkId(iswc=ISWC),),
        title="Night Ferry",
        display_artist="Nora Quill",
        artists=(Artist(party="PN", role="MainArtist", sequence=1),),
        contributors=(
            Contributor(party="PN", roles=("Vocalist",), ai=AiUse.NONE),
            Contributor(party="PW", roles=("Composer",)),
        ),
        rights=(RightsController(party="PL", roles=("RightsController",), share=Fraction(1)),),
        contains_ai=AiUse.NONE,
        duration_ms=1000,
        files=(DeliveredFile(reference="T1", uri="a1.wav"),),
    )
    return msgspec.structs.replace(plain, **changes)


def stem(reference: str, title: str, uri: str, of: str = "A1") -> Resource:
    """An AudioStem of a recording."""
    return Resource(
        element="SoundRecording",
        reference=reference,
        type="AudioStem",
        title=title,
        display_artist="Nora Quill",
        related=(Related(relationship="IsPartOf", resource=of),),
        files=(DeliveredFile(reference=f"T{reference}", uri=uri),),
    )


def message(*resources: Resource, sender: str = LABEL_DPID, number: str = "M1", **changes: object) -> ErnMessage:
    """A NewReleaseMessage of one release with these resources."""
    held = resources or (recording(), stem("A2", "piano", "stems/piano.wav"), stem("A3", "voice", "stems/voice.wav"))
    tracks = tuple(r.reference for r in held if not r.is_stem)
    plain = ErnMessage(
        version="4.3.2",
        profile="Audio",
        avs_version="9",
        language="en",
        header=Header(
            message=number,
            thread=number,
            sender=MessagingParty(dpid=sender, name="Harbour Records"),
            recipients=(MessagingParty(dpid=dpid.with_check_digit("2099000009"), name="Platform"),),
            created=AT,
        ),
        parties=(
            Party(reference="PN", name="Nora Quill", isni=ARTIST),
            Party(reference="PW", name="Wim Author", ipi=WRITER),
            Party(reference="PL", name="Harbour Records", dpid=sender),
        ),
        resources=held,
        releases=(
            Release(
                element="Release",
                reference="R0",
                types=("Single",),
                icpn=ICPN,
                title="Night Ferry",
                display_artist="Nora Quill",
                artists=(Artist(party="PN", role="MainArtist", sequence=1),),
                labels=("PL",),
                resources=tracks,
            ),
        ),
        deals=(
            Deal(
                releases=("R0",),
                territories=WORLD - TerritorySet.of("CN"),
                periods=(Period(start="2026-05-01"),),
                models=("SubscriptionModel",),
                uses=("OnDemandStream", "UseForTrainingGenerativeAI"),
            ),
        ),
    )
    return msgspec.structs.replace(plain, **changes)


def ern(*resources: Resource, **changes: object) -> bytes:
    """The message as XML."""
    return build_ern(message(*resources, **changes))  # type: ignore[arg-type]


def work(*publishers: Publisher, **changes: object) -> Work:
    """A work with one writer, represented by its first publisher."""
    plain = Work(
        title="NIGHT FERRY",
        number="W1",
        iswc=ISWC,
        publishers=publishers,
        writers=(Writer(controlled=False, ip="9", last_name="AUTHOR", first_name="WIM", ipi=WRITER),),
    )
    return msgspec.structs.replace(plain, **changes)


def publisher(
    number: str, name: str, percent: str, *places: tuple[str, str, bool], controlled: bool = True
) -> Publisher:
    """A publisher that owns `percent`, collecting as `places` say: (TIS, percent, included); default: there, worldwide."""
    owned = _shares(percent)
    lines = places or (("2136", percent, True),)
    collections = tuple(Collection(tis=tis, included=inside, shares=_shares(part)) for tis, part, inside in lines)
    return Publisher(
        controlled=controlled,
        ip=number[-4:],
        name=name,
        ipi=number,
        ownership=owned,
        collections=collections if controlled else (),
    )


def cwr(*works: Work, sender: str = PUBLISHER_1, name: str = "NORTHLIGHT", created: datetime = AT) -> bytes:
    """A transmission of new works."""
    return build_cwr(
        CwrTransmission(
            sender=sender,
            sender_name=name,
            created=created,
            transmitted=date(2026, 4, 2),
            groups=(Group(type="NWR", works=works),),
        )
    )


def _shares(percent: str) -> Shares:
    part = Fraction(percent) / 100
    return Shares(pr=min(part, Fraction(1, 2)), mr=part, sr=part)
