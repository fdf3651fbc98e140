"""A whole ERN 4.3.2 message for tests, with the rights and AI elements that no public sample carries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import msgspec

from accord.catalog.ern.records import (
    AiUse,
    Artist,
    Contributor,
    Deal,
    Delegation,
    DeliveredFile,
    ErnMessage,
    Header,
    MessagingParty,
    Party,
    Period,
    Proprietary,
    Related,
    Release,
    Resource,
    RightsController,
    WorkId,
)
from accord.terms.identifiers import dpid, icpn, ipi, isni
from accord.terms.territory import WORLD, TerritorySet

SENDER = dpid.with_check_digit("2026DEMO01")


def recording(**changes: object) -> Resource:
    """A recording that says everything a recording can say."""
    whole = Resource(
        element="SoundRecording",
        reference="A1",
        type="MusicalWorkSoundRecording",
        isrc="ZZDM12600001",
        proprietary=(Proprietary("accord:mark", "demonstration"),),
        works=(WorkId(iswc="T0345246801"),),
        title="The Acrobat's Hornpipe",
        display_artist="Nadia Quill",
        artists=(Artist(party="PNadia", role="MainArtist", sequence=1),),
        contributors=(
            Contributor(party="PNadia", roles=("Vocalist",), ai=AiUse.NONE, featured=True, sequence=1),
            Contributor(special="GenerativeAI", roles=("Musician",), instruments=("Drum",), ai=AiUse.ALL),
            Contributor(party="PLabel", roles=("StudioProducer",), edition=True),
        ),
        rights=(
            RightsController(
                party="PLabel",
                roles=("RightsController",),
                share=Fraction(5, 8),
                delegations=(
                    Delegation(uses=("OnDemandStream",), territories=~TerritorySet.of("JP"), start=date(2026, 6, 1)),
                ),
            ),
            RightsController(party="PNadia", roles=("RightsController",), share=Fraction(3, 8)),
        ),
        p_year=2026,
        p_line="(P) 2026 North Quay",
        duration_ms=31_250,
        contains_ai=AiUse.PARTLY,
        instrumental=False,
        language="en",
        files=(DeliveredFile(reference="T1", uri="resources/a1.flac", algorithm="SHA-256", digest="ab" * 32),),
    )
    return msgspec.structs.replace(whole, **changes)


def stem() -> Resource:
    """A stem of that recording."""
    return Resource(
        element="SoundRecording",
        reference="A2",
        type="AudioStem",
        supplemental=True,
        proprietary=(Proprietary(SENDER, "ZZDM12600001-bass"),),
        title="bass",
        display_artist="Nadia Quill",
        artists=(Artist(party="PNadia", role="MainArtist"),),
        duration_ms=31_250,
        related=(Related(relationship="IsPartOf", resource="A1"),),
    )


def message(*resources: Resource, **changes: object) -> ErnMessage:
    """A whole message around these resources."""
    sent = resources or (recording(), stem())
    whole = ErnMessage(
        version="4.3.2",
        profile="Audio",
        avs_version="9",
        language="en",
        header=Header(
            message="M1",
            thread="M",
            sender=MessagingParty(dpid=SENDER, name="North Quay"),
            recipients=(MessagingParty(dpid=dpid.with_check_digit("2026ACCORD")),),
            created=datetime(2026, 4, 20, 9, 30, tzinfo=UTC),
            control="TestMessage",
        ),
        parties=(
            Party(
                reference="PNadia", name="Nadia Quill", other_names=("Quill",), isni=isni.with_check_digit(90_000_001)
            ),
            Party(reference="PLabel", name="North Quay", dpid=SENDER, ipi=ipi.with_check_digit(990_000_001)),
        ),
        resources=sent,
        releases=(
            Release(
                element="Release",
                reference="R0",
                types=("Single",),
                icpn=icpn.with_check_digit("099900000001"),
                title="Hornpipes",
                display_artist="Nadia Quill",
                artists=(Artist(party="PNadia", role="MainArtist"),),
                labels=("PLabel",),
                genre="Folk",
                release_date="2026-05-01",
                resources=tuple(r.reference for r in sent),
            ),
        ),
        deals=(
            Deal(
                releases=("R0",),
                territories=WORLD - TerritorySet.of("JP", "BR"),
                periods=(Period(start="2026-05-01"),),
                models=("SubscriptionModel",),
                uses=("OnDemandStream", "UseForTrainingGenerativeAI", "UserDefined:AccordRemix"),
            ),
        ),
    )
    return msgspec.structs.replace(whole, **changes)
