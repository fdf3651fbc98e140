"""Reading single values out of ERN elements; each raises BadInput that says where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from accord.catalog.ern.records import AiUse, Proprietary
from accord.catalog.ern.xml import place
from accord.terms.refusal import BadInput
from accord.terms.share import from_percent
from accord.terms.territory import TerritorySet

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FLAGS = {"": None, "true": True, "1": True, "false": False, "0": False}
_DURATION = re.compile(r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,9}))?S)?)?", re.ASCII)
_YEAR = re.compile(r"(\d{4})(?:Z|[+-]\d\d:\d\d)?", re.ASCII)  # xs:gYear, which may carry a zone


def text(element: Element, *paths: str) -> str:
    """Text of the first element that one of `paths` finds, stripped; empty when none does."""
    for path in paths:
        found = element.find(path)
        if found is not None:
            return (found.text or "").strip()
    return ""


def only(element: Element, path: str) -> Element | None:
    """The one element that `path` finds, or None; for what has one answer. Raises BadInput when it is there twice."""
    found = element.findall(path)
    if len(found) > 1:
        why = f"{place(found[0])} says it already, and only one can be meant"
        raise BadInput(f"`{path}` is said twice", place(found[1]), why, "say it once")
    return found[0] if found else None


def texts(element: Element, path: str) -> tuple[str, ...]:
    """Texts of all elements that `path` finds, stripped, empty ones left out."""
    return tuple(t for e in element.iterfind(path) if (t := (e.text or "").strip()))


def all_of(element: Element, *paths: str) -> Iterator[Element]:
    """Elements found by any of `paths`, path by path."""
    for path in paths:
        yield from element.iterfind(path)


def coded(element: Element) -> str:
    """A value of an allowed value set; a `UserDefined` one carries its own value: `UserDefined:value`."""
    value, own = (element.text or "").strip(), element.get("UserDefinedValue")
    return f"{value}:{own}" if value == "UserDefined" and own else value


def codes(element: Element, *paths: str) -> tuple[str, ...]:
    """`coded` of all elements found, empty ones left out."""
    return tuple(c for e in all_of(element, *paths) if (c := coded(e)))


def flag(element: Element, path: str) -> bool | None:
    """xs:boolean, or None when it is not there."""
    value = text(element, path)
    if value in FLAGS:
        return FLAGS[value]
    raise BadInput(f"`{value[:40]}` is neither true nor false", place(element, path), do="send `true` or `false`")


def integer(value: str | None, at: Element) -> int | None:
    """An integer, or None when there is no text."""
    if value is None or not value.strip():
        return None
    try:
        return int(value)
    except ValueError:
        raise BadInput(f"`{value[:40]}` is not a whole number", place(at), do="send digits only") from None


def year(element: Element, path: str) -> int | None:
    """xs:gYear, or None when it is not there."""
    value = text(element, path)
    if not value:
        return None
    match = _YEAR.fullmatch(value)
    if not match:
        raise BadInput(f"`{value[:40]}` is not a year", place(element), do="send four digits")
    return int(match[1])


def duration_ms(element: Element, path: str) -> int | None:
    """xs:duration in milliseconds, or None when it is not there."""
    value = text(element, path)
    if not value:
        return None
    match = _DURATION.fullmatch(value)
    if not match or value.endswith(("P", "T")):
        raise BadInput(f"`{value[:40]}` is not a duration", place(element), do="send for example `PT3M25S`")
    days, hours, minutes, seconds, part = (match[i] or "0" for i in range(1, 6))
    whole = ((int(days) * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int(part.ljust(3, "0")[:3])


def day(element: Element, *paths: str) -> date | None:
    """A date (or the date of a date-time), or None when it is not there."""
    value = text(element, *paths)
    if not value:
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise BadInput(f"`{value[:40]}` is not a date", place(element), do="send for example `2026-06-01`") from None


def days(element: Element, start: tuple[str, ...], end: tuple[str, ...]) -> tuple[date | None, date | None]:
    """First and last day of a period, None where it is open. Raises BadInput when it ends before it starts."""
    first, last = day(element, *start), day(element, *end)
    if first and last and last < first:
        what = f"the period from {first} to {last} ends before it starts"
        raise BadInput(what, place(element), do="correct its dates")
    return first, last


def moment(element: Element, path: str) -> datetime:
    """xs:dateTime in UTC; without an offset it is taken as UTC, which ERN leaves open."""
    value = text(element, path)
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):  # the first and last days of the calendar have no UTC everywhere
        what = f"`{value[:40]}` is not an instant" if value else f"`{path}` is missing"
        raise BadInput(what, place(element), do="send for example `2026-06-01T12:00:00Z`") from None


def ai(element: Element, path: str) -> AiUse | None:
    """`avs:ContainsAI`; None when nothing was declared, which is not `None` as declared."""
    found = only(element, path)
    value = "" if found is None else (found.text or "").strip()
    if not value:
        return None
    try:
        return AiUse(value)
    except ValueError:
        why = "the allowed values are All, Partly and None"
        raise BadInput(f"`{value[:40]}` says nothing about AI", place(element, path), why, "send one of them") from None


def proprietary(element: Element, *paths: str) -> tuple[Proprietary, ...]:
    """The `ProprietaryId`s found."""
    found = all_of(element, *paths)
    return tuple(Proprietary(e.get("Namespace", ""), (e.text or "").strip()) for e in found)


def percentage(element: Element, path: str) -> Fraction | None:
    """`RightSharePercentage` as a fraction of one, or None when it is not there."""
    found = only(element, path)
    if found is None:
        return None
    value = (found.text or "").strip()
    try:
        share = from_percent(value)
    except ValueError:
        raise BadInput(f"`{value[:40]}` is not a percentage", place(found), do="send for example `37.5`") from None
    share = share * 100 if found.get("HasMaxValueOfOne") in ("true", "1") else share
    if not 0 <= share <= 1:
        why = "a share lies between 0 and 100 %"
        raise BadInput(f"`{value[:40]}` is not a share", place(found), why, "check the controller's shares")
    return share


def identifier(value: str, validate: Callable[[str], str], at: Element) -> str:
    """`value` as its module's `validate` gives it back; its BadInput gets the place."""
    try:
        return validate(value)
    except BadInput as bad:
        raise BadInput(bad.what, place(at), bad.why, bad.do) from None


def territories(element: Element, included: str, excluded: str = "") -> TerritorySet | None:
    """The territories of `TerritoryCode` and `ExcludedTerritoryCode`; None when none is stated."""
    inside, outside = texts(element, included), texts(element, excluded) if excluded else ()
    if not inside and not outside:
        return None
    try:
        return TerritorySet.ddex(inside, outside)
    except BadInput as bad:
        raise BadInput(bad.what, place(element), bad.why, bad.do) from None
