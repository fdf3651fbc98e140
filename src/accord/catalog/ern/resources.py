"""Reading the resources of an ERN message: recordings, stems, and what else the resource list holds."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from accord.catalog.ern import elements, xml
from accord.catalog.ern.elements import all_of, codes, flag, only, text, texts
from accord.catalog.ern.records import (
    Artist,
    Contributor,
    Delegation,
    DeliveredFile,
    Party,
    Related,
    Resource,
    RightsController,
    WorkId,
)
from accord.terms.identifiers import isrc, iswc
from accord.terms.refusal import BadInput
from accord.terms.share import percent

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_EDITIONS = ("SoundRecordingEdition", "VideoEdition")
_IDS = ("ResourceId", "SoundRecordingId", "VideoId", "ImageId", "TextId", "SheetMusicId", "SoftwareId")
_CONTRIBUTORS = ("Contributor", "ResourceContributor", "IndirectResourceContributor")
_NAMED = ("DisplayArtist", "ResourceContributor", "IndirectResourceContributor", "RightsController")
MAX_CONTROLLERS = 200


def read_resource(element: Element) -> Resource:
    """One child of the `ResourceList`. Raises BadInput for an ISRC, ISWC, share or AI value that is none."""
    detail = _details(element)
    return Resource(
        element=xml.name(element),
        reference=text(element, "ResourceReference"),
        type=next(iter(codes(element, "Type", f"{xml.name(element)}Type")), ""),
        supplemental=element.get("IsSupplemental") in ("true", "1"),
        isrc=_isrc(element),
        proprietary=elements.proprietary(element, *(f"{i}/ProprietaryId" for i in _id_paths())),
        works=tuple(_work(e) for e in all_of(element, "WorkId", "ResourceMusicalWorkReferenceList/WorkId")),
        title=text(element, "DisplayTitle/TitleText", "DisplayTitleText", "ReferenceTitle/TitleText"),
        subtitle=text(element, "DisplayTitle/SubTitle", "ReferenceTitle/SubTitle"),
        display_artist=text(detail, "DisplayArtistName"),
        artists=tuple(read_artist(e) for e in detail.iterfind("DisplayArtist")),
        contributors=_contributors(element, detail),
        rights=tuple(_controller(e) for e in _controllers(element, "ResourceRightsController", "RightsController")),
        work_rights=tuple(_work_controller(e) for e in _controllers(element, "WorkRightsController")),
        p_year=elements.year(_p_line(element, detail), "Year"),
        p_line=text(_p_line(element, detail), "PLineText"),
        duration_ms=elements.duration_ms(element, "Duration"),
        contains_ai=elements.ai(element, "ContainsAI"),
        instrumental=flag(element, "IsInstrumental"),
        language=text(element, "LanguageOfPerformance"),
        related=_related(element),
        files=tuple(_files(element, detail)),
    )


def read_artist(element: Element) -> Artist:
    """`DisplayArtist`; in 3.8 the party's name is its reference."""
    return Artist(
        party=text(element, "ArtistPartyReference", "PartyName/FullName"),
        special=next(iter(codes(element, "SpecialDisplayArtist")), ""),
        role=next(iter(codes(element, "DisplayArtistRole", "ArtistRole")), ""),
        sequence=elements.integer(element.get("SequenceNumber"), element),
    )


def named_parties(root: Element) -> tuple[Party, ...]:
    """Parties of a message without a party list: one for each name of an artist, contributor or rights controller."""
    names: dict[str, None] = {}
    for element in root.iter(*_NAMED):
        found = text(element, "PartyName/FullName")
        if found:
            names[found] = None
    return tuple(Party(reference=name, name=name) for name in names)


def _details(element: Element) -> Element:
    """Where 3.8 keeps what 4 keeps on the resource itself."""
    found = element.find(f"{xml.name(element)}DetailsByTerritory")
    return element if found is None else found


def _id_paths() -> list[str]:
    return [*_IDS, *(f"{edition}/{i}" for edition in _EDITIONS for i in _IDS[:1])]


def _isrc(element: Element) -> str:
    for ids in all_of(element, *_id_paths()):
        found = only(ids, "ISRC")
        if found is not None and (number := (found.text or "").strip()):
            return elements.identifier(number, isrc.validate, found)
    return ""


def _work(element: Element) -> WorkId:
    found = only(element, "ISWC")
    number = "" if found is None else (found.text or "").strip()
    return WorkId(
        iswc=elements.identifier(number, iswc.validate, element) if number else "",
        opus=text(element, "OpusNumber"),
        proprietary=elements.proprietary(element, "ProprietaryId"),
    )


def _contributors(element: Element, detail: Element) -> tuple[Contributor, ...]:
    own = [_contributor(e) for e in all_of(detail, *_CONTRIBUTORS)]
    edition = [_contributor(e, edition=True) for e in element.iterfind("*/EditionContributor")]
    return (*own, *edition)


def _contributor(element: Element, edition: bool = False) -> Contributor:
    roles = codes(element, "Role/Value", "ResourceContributorRole", "IndirectResourceContributorRole")
    return Contributor(
        party=text(element, "ContributorPartyReference", "PartyName/FullName"),
        special=next(iter(codes(element, "SpecialContributor")), ""),
        roles=roles or codes(element, "Role"),
        instruments=codes(element, "InstrumentType", "Role/InstrumentType"),
        ai=elements.ai(element, "AiContribution"),
        featured=flag(element, "HasMadeFeaturedContribution"),
        edition=edition,
        sequence=elements.integer(element.get("SequenceNumber"), element),
    )


def _controllers(element: Element, *names: str) -> list[Element]:
    """Its rights controllers (3.8 calls them `RightsController`); each must name somebody, and they must be countable."""
    found = list(all_of(element, *names))
    if len(found) > MAX_CONTROLLERS:
        why = f"it names {len(found):,}, at most {MAX_CONTROLLERS} are read"
        raise BadInput("a resource has too many rights controllers", xml.place(element), why, "name each party once")
    for each in found:
        if not _controlling(each):
            why = "`RightsControllerPartyReference` is missing"
            raise BadInput("this rights controller is nobody", xml.place(each), why, "say whose share it is")
    return found


def _controlling(element: Element) -> str:
    return text(element, "RightsControllerPartyReference", "PartyName/FullName")


def _controller(element: Element) -> RightsController:
    share, unknown = _share(element)
    return RightsController(
        party=_controlling(element),
        roles=tuple(t for path in ("RightsControlType", "RightsControllerRole") for t in texts(element, path)),
        share=share,
        share_unknown=unknown,
        delegations=tuple(_delegation(e) for e in element.iterfind("DelegatedUsageRights")),
    )


def _share(element: Element) -> tuple[Fraction | None, bool]:
    """The share that is stated, and whether it is called unknown; the schema has one or the other."""
    share, unknown = elements.percentage(element, "RightSharePercentage"), bool(flag(element, "RightShareUnknown"))
    if unknown and share is not None:
        why = f"it states {percent(share)} % and `RightShareUnknown`"
        raise BadInput("this share is known and unknown at once", xml.place(element), why, "send one of the two")
    return share, unknown


def _delegation(element: Element) -> Delegation:
    period = "PeriodOfRightsDelegation/"
    starts, ends = (period + "StartDate", period + "StartDateTime"), (period + "EndDate", period + "EndDateTime")
    start, end = elements.days(element, starts, ends)
    return Delegation(
        uses=codes(element, "UseType"),
        territories=elements.territories(element, "TerritoryOfRightsDelegation"),
        start=start,
        end=end,
    )


def _work_controller(element: Element) -> RightsController:
    start, end = elements.days(element, ("StartDate",), ("EndDate",))
    place = Delegation(territories=elements.territories(element, "Territory"), start=start, end=end)
    share, unknown = _share(element)
    return RightsController(
        party=_controlling(element),
        roles=texts(element, "RightsControlType"),
        share=share,
        share_unknown=unknown,
        delegations=() if place == Delegation() else (place,),
    )


def _p_line(element: Element, detail: Element) -> Element:
    for place in (element.find("SoundRecordingEdition"), element.find("VideoEdition"), element, detail):
        if place is not None and (found := place.find("PLine")) is not None:
            return found
    return element.makeelement("PLine")


def _related(element: Element) -> tuple[Related, ...]:
    found = (
        Related(relationship=text(e, "ResourceRelationshipType"), resource=text(e, "ResourceRelatedResourceReference"))
        for e in element.iterfind("RelatedResource")
    )
    return tuple(r for r in found if r.resource)


def _files(element: Element, detail: Element) -> list[DeliveredFile]:
    places = [element, detail, *(e for edition in _EDITIONS for e in element.iterfind(edition))]
    technical = {id(t): t for place in places for t in place if xml.name(t).startswith("Technical")}
    files = []
    for details in technical.values():
        for file in all_of(details, "DeliveryFile/File", "File"):
            files.append(
                DeliveredFile(
                    reference=text(details, "TechnicalResourceDetailsReference"),
                    uri=text(file, "URI", "FileName"),
                    algorithm=next(iter(codes(file, "HashSum/Algorithm", "HashSum/HashSumAlgorithmType")), ""),
                    digest=text(file, "HashSum/HashSumValue", "HashSum/HashSum"),
                )
            )
    return files
