"""Writing a NewReleaseMessage of DDEX ERN 4.3.2, elements in the order of its schema.

`read_ern(build_ern(message)) == message` for every message of version 4.3.2 whose texts are stripped and whose territories,
where stated, are not empty. What the schema demands and the message lacks (a title, an artist) is written empty or left out:
the builder invents nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lxml import etree

from accord.catalog.ern.building import add, add_coded, add_each, add_flag, add_proprietary, add_territories
from accord.catalog.ern.records import Deal, ErnMessage, Header, MessagingParty, Party, Release
from accord.catalog.ern.resource_builder import add_artists, add_resource

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

VERSION = "4.3.2"
NAMESPACE = "http://ddex.net/xml/ern/432"


def build_ern(message: ErnMessage) -> bytes:
    """The message as XML, UTF-8, indented by two. The same message gives the same bytes.

    Raises ValueError for a message of another version than 4.3.2.
    """
    if message.version != VERSION:
        raise ValueError(f"messages are written in ERN {VERSION}, not in {message.version}")
    root = etree.Element(f"{{{NAMESPACE}}}NewReleaseMessage", nsmap={"ern": NAMESPACE})
    for name, value in (
        ("ReleaseProfileVersionId", message.profile),
        ("AvsVersionId", message.avs_version),
        ("LanguageAndScriptCode", message.language),
    ):
        if value:
            root.set(name, value)
    _add_header(root, message.header)
    parties = add(root, "PartyList")
    for party in message.parties:
        _add_party(parties, party)
    resources = add(root, "ResourceList")
    for resource in message.resources:
        add_resource(resources, resource, message.header.sender.dpid)
    releases = add(root, "ReleaseList")
    for release in message.releases:
        _add_release(releases, release, message.header.sender.dpid)
    if message.deals:
        deals = add(root, "DealList")
        for deal in message.deals:
            _add_deal(deals, deal, message.header.sender.dpid)
    etree.indent(root, "  ")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _add_header(root: Element, header: Header) -> None:
    element = add(root, "MessageHeader")
    if header.thread:
        add(element, "MessageThreadId", header.thread)
    add(element, "MessageId", header.message)
    _add_messaging_party(element, "MessageSender", header.sender)
    if header.on_behalf_of:
        _add_messaging_party(element, "SentOnBehalfOf", header.on_behalf_of)
    for recipient in header.recipients:
        _add_messaging_party(element, "MessageRecipient", recipient)
    add(element, "MessageCreatedDateTime", _moment(header.created))
    if header.control:
        add(element, "MessageControlType", header.control)


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _add_messaging_party(parent: Element, name: str, party: MessagingParty) -> None:
    element = add(parent, name)
    add(element, "PartyId", party.dpid)
    if party.name:
        add(add(element, "PartyName"), "FullName", party.name)


def _add_party(parent: Element, party: Party) -> None:
    element = add(parent, "Party")
    add(element, "PartyReference", party.reference)
    for name in (party.name, *party.other_names):
        if name:
            add(add(element, "PartyName"), "FullName", name)
    if party.isni or party.dpid or party.ipi or party.proprietary:
        ids = add(element, "PartyId")
        for tag, value in (("ISNI", party.isni), ("DPID", party.dpid), ("IpiNameNumber", party.ipi)):
            if value:
                add(ids, tag, value)
        add_proprietary(ids, party.proprietary)


def _add_release(parent: Element, release: Release, sender: str) -> None:
    element = add(parent, release.element)
    add(element, "ReleaseReference", release.reference)
    for kind in release.types:
        add_coded(element, "ReleaseType", kind, sender)
    ids = add(element, "ReleaseId")
    for tag, value in (("GRid", release.grid), ("ICPN", release.icpn), ("CatalogNumber", release.catalog_number)):
        if value:
            child = add(ids, tag, value)
            if tag == "CatalogNumber":
                child.set("Namespace", sender)
    add_proprietary(ids, release.proprietary)
    add(element, "DisplayTitleText", release.title)
    add(add(element, "DisplayTitle"), "TitleText", release.title)
    if release.element == "TrackRelease":
        _add_track_release(element, release)
    else:
        _add_product(element, release, sender)


def _add_track_release(element: Element, release: Release) -> None:
    for reference in release.resources:
        add(element, "ReleaseResourceReference", reference)
    add_each(element, "ReleaseLabelReference", release.labels)
    if release.genre:
        add(add(element, "DisplayGenre"), "GenreText", release.genre)


def _add_product(element: Element, release: Release, sender: str) -> None:
    add(element, "DisplayArtistName", release.display_artist)
    add_artists(element, release.artists, sender)
    add_each(element, "ReleaseLabelReference", release.labels)
    if release.p_line or release.p_year is not None:
        p_line = add(element, "PLine")
        if release.p_year is not None:
            add(p_line, "Year", f"{release.p_year:04d}")
        add(p_line, "PLineText", release.p_line)
    if release.genre:
        add(add(element, "DisplayGenre"), "GenreText", release.genre)
    if release.release_date:
        add(element, "ReleaseDate", release.release_date)
    group = add(element, "ResourceGroup")
    for number, reference in enumerate(release.resources, start=1):
        item = add(group, "ResourceGroupContentItem")
        add(item, "SequenceNumber", str(number))
        add(item, "ReleaseResourceReference", reference)
    if release.contains_ai is not None:
        add(element, "ContainsAI", release.contains_ai.value)


def _add_deal(parent: Element, deal: Deal, sender: str) -> None:
    group = add(parent, "ReleaseDeal")
    add_each(group, "DealReleaseReference", deal.releases)
    element = add(group, "Deal")
    add_each(element, "DealReference", deal.references)
    if deal.out_of_band:
        add_flag(element, "IsCommunicatedOutOfBand", deal.out_of_band)
    if deal.territories is None and not (deal.periods or deal.models or deal.uses):
        return
    terms = add(element, "DealTerms")
    add_territories(terms, deal.territories, "TerritoryCode", "ExcludedTerritoryCode")
    for period in deal.periods:
        validity = add(terms, "ValidityPeriod")
        timed = "Time" if "T" in period.start + period.end else ""
        add(validity, f"StartDate{timed}", period.start)
        if period.end:
            add(validity, f"EndDate{timed}", period.end)
    for model in deal.models:
        add_coded(terms, "CommercialModelType", model, sender)
    for use in deal.uses:
        add_coded(terms, "UseType", use, sender)
