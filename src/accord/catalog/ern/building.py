"""Writing single values into ERN elements; the counterpart of `elements`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from lxml import etree

from accord.catalog.ern.records import Proprietary
from accord.terms.territory import SIZE, WORLD, TerritorySet

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_DECIMALS = 12


def add(parent: Element, name: str, text: str | None = None) -> Element:
    """A new child with this text."""
    child = etree.SubElement(parent, name)
    child.text = text
    return child


def add_each(parent: Element, name: str, values: Iterable[str]) -> None:
    """A child for each value."""
    for value in values:
        add(parent, name, value)


def add_coded(parent: Element, name: str, value: str, sender: str) -> Element:
    """A value of an allowed value set; `UserDefined:value` is written with its namespace, the sender's DPID."""
    code, own, defined = value.partition(":")
    child = add(parent, name, code if own else value)
    if own:
        child.set("Namespace", sender)
        child.set("UserDefinedValue", defined)
    return child


def add_flag(parent: Element, name: str, value: bool | None) -> None:
    """xs:boolean, nothing for None."""
    if value is not None:
        add(parent, name, "true" if value else "false")


def add_proprietary(parent: Element, ids: Iterable[Proprietary]) -> None:
    """`ProprietaryId` for each."""
    for own in ids:
        add(parent, "ProprietaryId", own.value).set("Namespace", own.namespace)


def add_day(parent: Element, name: str, day: date | None) -> None:
    """A date, nothing for None."""
    if day is not None:
        add(parent, name, day.isoformat())


def add_territories(parent: Element, territories: TerritorySet | None, included: str, excluded: str = "") -> None:
    """Territory codes: Worldwide, the codes, or the excluded codes where those are fewer and the element exists.

    Raises ValueError for the empty set, which ERN cannot say.
    """
    if territories is None:
        return
    if not territories:
        raise ValueError("an ERN message cannot state that something holds nowhere")
    if territories == WORLD:
        add(parent, included, "Worldwide")
    elif excluded and len(territories) * 2 > SIZE:
        add_each(parent, excluded, ~territories)
    else:
        add_each(parent, included, territories)


def add_percentage(parent: Element, name: str, share: Fraction) -> None:
    """A share of one as a percentage, exactly. Raises ValueError when no short decimal stands for it."""
    add(parent, name, decimal_percent(share))


def decimal_percent(share: Fraction) -> str:
    """The decimal percent that stands for `share` exactly, in at most 12 decimals: 3/8 is `37.5`.

    Raises ValueError for the others, such as 1/3: what is sent must be what is meant.
    """
    value = share * 100 * 10**MAX_DECIMALS
    if value.denominator != 1:
        raise ValueError(f"{share} is no decimal percentage of {MAX_DECIMALS} places")
    whole, rest = divmod(value.numerator, 10**MAX_DECIMALS)
    return f"{whole}.{rest:0{MAX_DECIMALS}d}".rstrip("0").rstrip(".")


def duration_text(duration_ms: int) -> str:
    """Milliseconds as xs:duration: `PT2M28S`, `PT0M3.25S`."""
    seconds, part = divmod(duration_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    fraction = f".{part:03d}".rstrip("0") if part else ""
    return f"PT{minutes}M{seconds}{fraction}S"
