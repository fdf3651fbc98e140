"""Reading the deals of an ERN message: what the recipient may do with a release, never who controls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.catalog.ern import elements
from accord.catalog.ern.elements import codes, flag, text, texts
from accord.catalog.ern.records import Deal, Period

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


def read_deal(element: Element, releases: tuple[str, ...]) -> Deal:
    """`ReleaseDeal/Deal` for the releases that it names. Without DealTerms only its references remain."""
    terms = element.find("DealTerms")
    references = texts(element, "DealReference")
    out_of_band = bool(flag(element, "IsCommunicatedOutOfBand"))
    if terms is None:
        return Deal(releases=releases, references=references, out_of_band=out_of_band)
    return Deal(
        releases=releases,
        references=references,
        territories=elements.territories(terms, "TerritoryCode", "ExcludedTerritoryCode"),
        periods=tuple(_period(e) for e in terms.iterfind("ValidityPeriod")),
        models=codes(terms, "CommercialModelType"),
        uses=codes(terms, "UseType", "Usage/UseType"),
        out_of_band=out_of_band,
    )


def _period(element: Element) -> Period:
    return Period(start=text(element, "StartDate", "StartDateTime"), end=text(element, "EndDate", "EndDateTime"))
