"""Writing the resources of an ERN 4.3.2 message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.catalog.ern.building import (
    add,
    add_coded,
    add_day,
    add_each,
    add_flag,
    add_percentage,
    add_proprietary,
    add_territories,
    duration_text,
)
from accord.catalog.ern.records import Artist, Contributor, Delegation, Resource, RightsController, WorkId

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

EDITION = {"SoundRecording": "SoundRecordingEdition", "Video": "VideoEdition"}


def add_resource(parent: Element, resource: Resource, sender: str) -> None:
    """One child of the `ResourceList`, its elements in the order of the schema's SoundRecording."""
    element = add(parent, resource.element)
    if resource.supplemental:
        element.set("IsSupplemental", "true")
    add(element, "ResourceReference", resource.reference)
    if resource.type:
        add_coded(element, "Type", resource.type, sender)
    edition = add(element, EDITION[resource.element]) if resource.element in EDITION else element
    _add_edition(edition, resource, sender)
    for work in resource.works:
        _add_work(element, work)
    add(element, "DisplayTitleText", resource.title)
    title = add(element, "DisplayTitle")
    add(title, "TitleText", resource.title)
    if resource.subtitle:
        add(title, "SubTitle", resource.subtitle)
    add(element, "DisplayArtistName", resource.display_artist)
    add_artists(element, resource.artists, sender)
    for contributor in resource.contributors:
        if not contributor.edition:
            _add_contributor(element, "Contributor", contributor, sender)
    for controller in resource.rights:
        _add_controller(element, controller, sender)
    for controller in resource.work_rights:
        _add_work_controller(element, controller)
    if resource.duration_ms is not None:
        add(element, "Duration", duration_text(resource.duration_ms))
    for related in resource.related:
        relation = add(element, "RelatedResource")
        add(relation, "ResourceRelationshipType", related.relationship)
        add(relation, "ResourceRelatedResourceReference", related.resource)
    if resource.contains_ai is not None:
        add(element, "ContainsAI", resource.contains_ai.value)
    add_flag(element, "IsInstrumental", resource.instrumental)
    if resource.language:
        add(element, "LanguageOfPerformance", resource.language)


def add_artists(parent: Element, artists: tuple[Artist, ...], sender: str) -> None:
    """`DisplayArtist` for each."""
    for artist in artists:
        element = add(parent, "DisplayArtist")
        if artist.sequence is not None:
            element.set("SequenceNumber", str(artist.sequence))
        if artist.special:
            add_coded(element, "SpecialDisplayArtist", artist.special, sender)
        else:
            add(element, "ArtistPartyReference", artist.party)
        if artist.role:
            add_coded(element, "DisplayArtistRole", artist.role, sender)


def _add_edition(parent: Element, resource: Resource, sender: str) -> None:
    if resource.isrc or resource.proprietary:
        ids = add(parent, "ResourceId")
        if resource.isrc:
            add(ids, "ISRC", resource.isrc)
        add_proprietary(ids, resource.proprietary)
    for contributor in resource.contributors:
        if contributor.edition:
            _add_contributor(parent, "EditionContributor", contributor, sender)
    if resource.p_line or resource.p_year is not None:
        p_line = add(parent, "PLine")
        if resource.p_year is not None:
            add(p_line, "Year", f"{resource.p_year:04d}")
        add(p_line, "PLineText", resource.p_line)
    for file in resource.files:
        details = add(parent, "TechnicalDetails")
        add(details, "TechnicalResourceDetailsReference", file.reference)
        delivery = add(details, "DeliveryFile")
        add(delivery, "Type", "AudioFile" if resource.element == "SoundRecording" else f"{resource.element}File")
        place = add(delivery, "File")
        add(place, "URI", file.uri)
        if file.digest or file.algorithm:
            hashed = add(place, "HashSum")
            add_coded(hashed, "Algorithm", file.algorithm, sender)
            add(hashed, "HashSumValue", file.digest)


def _add_work(parent: Element, work: WorkId) -> None:
    element = add(parent, "WorkId")
    if work.iswc:
        add(element, "ISWC", work.iswc)
    if work.opus:
        add(element, "OpusNumber", work.opus)
    add_proprietary(element, work.proprietary)


def _add_contributor(parent: Element, name: str, contributor: Contributor, sender: str) -> None:
    element = add(parent, name)
    if contributor.sequence is not None:
        element.set("SequenceNumber", str(contributor.sequence))
    if contributor.special:
        add_coded(element, "SpecialContributor", contributor.special, sender)
    else:
        add(element, "ContributorPartyReference", contributor.party)
    for role in contributor.roles:
        add_coded(add(element, "Role"), "Value", role, sender)
    for instrument in contributor.instruments:
        add_coded(element, "InstrumentType", instrument, sender)
    if contributor.ai is not None:
        add(element, "AiContribution", contributor.ai.value)
    add_flag(element, "HasMadeFeaturedContribution", contributor.featured)


def _add_controller(parent: Element, controller: RightsController, sender: str) -> None:
    element = add(parent, "ResourceRightsController")
    add(element, "RightsControllerPartyReference", controller.party)
    add_each(element, "RightsControlType", controller.roles)
    _add_share(element, controller)
    for delegation in controller.delegations:
        rights = add(element, "DelegatedUsageRights")
        for use in delegation.uses:
            add_coded(rights, "UseType", use, sender)
        _add_period(rights, delegation)
        add_territories(rights, delegation.territories, "TerritoryOfRightsDelegation")


def _add_share(element: Element, controller: RightsController) -> None:
    if controller.share_unknown:
        add(element, "RightShareUnknown", "true")
    if controller.share is not None:
        add_percentage(element, "RightSharePercentage", controller.share)


def _add_period(parent: Element, delegation: Delegation) -> None:
    if delegation.start is not None or delegation.end is not None:
        period = add(parent, "PeriodOfRightsDelegation")
        add_day(period, "StartDate", delegation.start)
        add_day(period, "EndDate", delegation.end)


def _add_work_controller(parent: Element, controller: RightsController) -> None:
    element = add(parent, "WorkRightsController")
    add(element, "RightsControllerPartyReference", controller.party)
    add_each(element, "RightsControlType", controller.roles)
    _add_share(element, controller)
    for delegation in controller.delegations:
        add_territories(element, delegation.territories, "Territory")
        add_day(element, "StartDate", delegation.start)
        add_day(element, "EndDate", delegation.end)
