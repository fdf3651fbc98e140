"""The form of a remix: what its fields ask for, and the fields again as they were filled in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from accord.studio.asking import number
from accord.studio.records import RemixSource
from accord.terms.refusal import BadInput


@dataclass(frozen=True)
class Slot:
    """One recording of the form, as text: its fields' `name` ends, its legend, and what stands in them."""

    name: str
    legend: str
    asset: str = ""
    start: str = "0"
    end: str = "20"
    offset: str = "0"
    gain: str = "1"
    tempo: str = ""
    key: str = ""


EMPTY = (Slot("a", "First"), Slot("b", "Second", offset="10"), Slot("c", "Third", offset="10"))
FIELDS = ("asset", "start", "end", "offset", "gain", "tempo", "key")


def laid(source: str, first: str = "") -> tuple[Slot, ...]:
    """The form as one finds it; `source`, if any, is chosen as the second clip, and `first` as the first."""
    chosen = {"a": first, "b": source}
    return tuple(replace(one, asset=chosen.get(one.name, "")) for one in EMPTY)


def slots(form: Mapping[str, str]) -> tuple[Slot, ...]:
    """The form as it was sent; a field that was not sent is empty."""
    return tuple(
        Slot(one.name, one.legend, **{field: form.get(f"{field}_{one.name}", "") for field in FIELDS}) for one in EMPTY
    )


def sources(form: Mapping[str, str]) -> tuple[RemixSource, ...]:
    """The clips that are asked for. Raises: BadInput."""
    asked = slots(form)
    if not all(one.asset for one in asked[:2]):
        raise BadInput("a remix needs two sources", do="choose one in each list")
    return tuple(_source(one) for one in asked if one.asset)


def _source(slot: Slot) -> RemixSource:
    gain = number(slot.gain)
    return RemixSource(
        asset=slot.asset,
        start_s=number(slot.start) or 0.0,
        end_s=number(slot.end),
        offset_s=number(slot.offset) or 0.0,
        gain=1.0 if gain is None else gain,
        tempo_bpm=number(slot.tempo),
        key=slot.key or None,
    )
