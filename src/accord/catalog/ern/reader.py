"""Reading a NewReleaseMessage: DDEX ERN 4.1 to 4.3.2, and 3.8, as one kind of record.

The differences between versions (where the ISRC stands, how a role is written, whether parties have a list) are places to
look in, tried in turn; nothing is guessed. What the record does not hold is left out silently only where it says nothing
about rights, people or AI (clip timings, codecs, keywords, prices). Every number refused is refused with its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.catalog.ern import checks, elements, xml
from accord.catalog.ern.deals import read_deal
from accord.catalog.ern.elements import text, texts
from accord.catalog.ern.records import Deal, ErnMessage, Header, MessagingParty, Party, Release, Resource
from accord.catalog.ern.releases import read_release
from accord.catalog.ern.resources import named_parties, read_resource
from accord.terms.identifiers import dpid, ipi, isni
from accord.terms.refusal import BadInput

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

KIND = "ERN message"
VERSIONS = {
    "http://ddex.net/xml/ern/432": "4.3.2",
    "http://ddex.net/xml/ern/431": "4.3.1",
    "http://ddex.net/xml/ern/43": "4.3",
    "http://ddex.net/xml/ern/42": "4.2",
    "http://ddex.net/xml/ern/411": "4.1.1",
    "http://ddex.net/xml/ern/41": "4.1",
    "http://ddex.net/xml/ern/383": "3.8.3",
    "http://ddex.net/xml/ern/382": "3.8.2",
    "http://ddex.net/xml/ern/381": "3.8.1",
    "http://ddex.net/xml/ern/38": "3.8",
}
REQUIRED = ("MessageHeader", "ResourceList", "ReleaseList")


def read_ern(data: bytes) -> ErnMessage:
    """The message in `data`. Pure: bytes in, record out.

    Raises BadInput, one sentence with the line: empty, not XML, another XML, an unsupported version, broken off, a document
    type declaration, a required part missing, a part without its reference or with another's, an ISRC that is none, shares
    of a recording's controllers over 100 %.
    What contradicts itself but can be read is named by `checks.findings`.
    """
    root = xml.parse(data, KIND)
    version = _version(root)
    xml.refuse_foreign(root, KIND)
    for part in ("PartyList", "DealList", *REQUIRED):
        if elements.only(root, part) is None and part in REQUIRED:
            why = f"a NewReleaseMessage of ERN {version} has one"
            raise BadInput(f"this {KIND} has no `{part}`", xml.place(root), why, "send the whole message")
    resources = tuple(_resource(e) for e in _listed(root, "ResourceList", "ResourceReference"))
    return ErnMessage(
        version=version,
        profile=root.get("ReleaseProfileVersionId", ""),
        avs_version=root.get("AvsVersionId", ""),
        language=root.get("LanguageAndScriptCode", ""),
        header=_header(root.find("MessageHeader")),
        parties=_parties(root),
        resources=resources,
        releases=_releases(root),
        deals=_deals(root),
    )


def _version(root: Element) -> str:
    found, namespace = xml.name(root), xml.namespace(root)
    if namespace in VERSIONS and found == "NewReleaseMessage":
        return VERSIONS[namespace]
    where = xml.place(root)
    if "ddex.net/xml/ern/" in namespace and found == "NewReleaseMessage":
        known = ", ".join(sorted(VERSIONS.values()))
        version = namespace.rpartition("/")[2][:20]
        raise BadInput(
            f"this message is of ERN version `{version}`, which is not read here",
            where,
            f"the versions read are {known}",
            "send one of these",
        )
    why = f"its root is `{found[:60]}`" + (f" of `{namespace[:80]}`" if namespace else " without a namespace")
    raise BadInput("this is another XML than an ERN message", where, why, "send a NewReleaseMessage of DDEX ERN")


def _listed(root: Element, listed: str, reference: str) -> list[Element]:
    """The parts of a list. Each carries its own reference: by it, and by nothing else, the message speaks of it."""
    found = root.find(listed)
    seen: dict[str, Element] = {}
    for part in () if found is None else found:
        if xml.name(part) == "Brand":  # stands among the parties of 4.3.2, and is nobody
            continue
        own = text(part, reference)
        if not own:
            why = f"`{reference}` is missing, so nothing can refer to it"
            raise BadInput(f"a part of the `{listed}` has no reference", xml.place(part), why, "give it one")
        if own in seen:
            why = f"{xml.place(seen[own])} has it too"
            raise BadInput(f"the reference `{own[:40]}` is given twice", xml.place(part), why, "give each its own")
        seen[own] = part
    return list(seen.values())


def _header(header: Element | None) -> Header:
    assert header is not None  # REQUIRED was checked
    sender = elements.only(header, "MessageSender")
    if sender is None:
        raise BadInput(
            "the message names no sender", xml.place(header), "`MessageSender` is missing", "say who sends it"
        )
    behalf = header.find("SentOnBehalfOf")
    number = text(header, "MessageId")
    if not number:
        raise BadInput("the message has no `MessageId`", xml.place(header), "nobody could refer to it", "give it one")
    return Header(
        message=number,
        thread=text(header, "MessageThreadId"),
        sender=_messaging_party(sender),
        on_behalf_of=None if behalf is None else _messaging_party(behalf),
        recipients=tuple(_messaging_party(e) for e in header.iterfind("MessageRecipient")),
        created=elements.moment(header, "MessageCreatedDateTime"),
        control=text(header, "MessageControlType"),
    )


def _messaging_party(element: Element) -> MessagingParty:
    party = MessagingParty(dpid=dpid.compact(text(element, "PartyId")), name=text(element, "PartyName/FullName"))
    if not (party.dpid or party.name):
        raise BadInput(
            "this party of the message is nobody", xml.place(element), "it has no DPID and no name", "name it"
        )
    return party


def _parties(root: Element) -> tuple[Party, ...]:
    listed = [_party(e) for e in _listed(root, "PartyList", "PartyReference")]
    return tuple(listed) if listed else named_parties(root)


def _party(element: Element) -> Party:
    names = texts(element, "PartyName/FullName")
    number = text(element, "PartyId/IpiNameNumber")
    return Party(
        reference=text(element, "PartyReference"),
        name=names[0] if names else "",
        other_names=names[1:],
        dpid=dpid.compact(text(element, "PartyId/DPID")),
        isni=isni.compact(text(element, "PartyId/ISNI")),
        ipi=ipi.compact(number) if number else "",
        proprietary=elements.proprietary(element, "PartyId/ProprietaryId"),
    )


def _resource(element: Element) -> Resource:
    resource = read_resource(element)
    over = checks.over_claimed(resource.rights)
    if over is not None:
        where = xml.place(element, f"{resource.element} {resource.reference}")
        raise BadInput(
            f"the rights controllers' shares {over}", where, do="correct the shares and send the message again"
        )
    return resource


def _releases(root: Element) -> tuple[Release, ...]:
    return tuple(read_release(e) for e in _listed(root, "ReleaseList", "ReleaseReference"))


def _deals(root: Element) -> tuple[Deal, ...]:
    found = root.find("DealList")
    if found is None:
        return ()
    return tuple(
        read_deal(deal, texts(group, "DealReleaseReference"))
        for group in found.iterfind("ReleaseDeal")
        for deal in group.iterfind("Deal")
    )
