"""Reading the releases of an ERN message: products, track releases, and the order of their tracks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.catalog.ern import elements, xml
from accord.catalog.ern.elements import all_of, codes, text, texts
from accord.catalog.ern.records import Release
from accord.catalog.ern.resources import read_artist
from accord.terms.identifiers import grid, icpn

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_REFERENCE = "ReleaseResourceReference"


def read_release(element: Element) -> Release:
    """One child of the `ReleaseList`. Identifiers come compact; a check digit that does not hold is a finding, no error."""
    found = element.find("ReleaseDetailsByTerritory")
    detail = element if found is None else found
    return Release(
        element=xml.name(element),
        reference=text(element, "ReleaseReference"),
        types=codes(element, "ReleaseType"),
        grid=grid.compact(text(element, "ReleaseId/GRid")),
        icpn=icpn.compact(text(element, "ReleaseId/ICPN")),
        catalog_number=text(element, "ReleaseId/CatalogNumber"),
        proprietary=elements.proprietary(element, "ReleaseId/ProprietaryId"),
        title=text(element, "DisplayTitle/TitleText", "DisplayTitleText", "ReferenceTitle/TitleText"),
        display_artist=text(detail, "DisplayArtistName"),
        artists=tuple(read_artist(e) for e in detail.iterfind("DisplayArtist")),
        labels=texts(detail, "ReleaseLabelReference") or texts(detail, "LabelName"),
        p_year=elements.year(element, "PLine/Year"),
        p_line=text(element, "PLine/PLineText"),
        genre=text(detail, "DisplayGenre/GenreText", "Genre/GenreText"),
        release_date=text(detail, "ReleaseDate"),
        resources=_resources(element),
        contains_ai=elements.ai(element, "ContainsAI"),
    )


def _resources(element: Element) -> tuple[str, ...]:
    """References in the order of the resource group; without one (track releases, 3.8) as the release lists them."""
    group = element.find("ResourceGroup")
    ordered = [] if group is None else [text(e, _REFERENCE) for e in group.iter("ResourceGroupContentItem")]
    listed = all_of(element, _REFERENCE, f"ReleaseResourceReferenceList/{_REFERENCE}")
    found = ordered or [(e.text or "").strip() for e in listed]
    return tuple(dict.fromkeys(reference for reference in found if reference))
