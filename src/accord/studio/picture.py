"""What a credited waveform shows of a take or a creation: its peaks, and who is heard when, in the colours of people (shell)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from accord.catalog import queries as catalog
from accord.catalog.faces import faces
from accord.catalog.records import AssetKind
from accord.integrity import queries as integrity
from accord.parties import queries as parties
from accord.parties.colour import colours
from accord.studio.descent import models_in, recordings
from accord.studio.heard import moments
from accord.studio.records import SourceSpan
from accord.training import outsiders

#: (from, to, ((name, CSS colour, share of the moment), …)), times in seconds.
Span = tuple[float, float, tuple[tuple[str, str, float], ...]]
#: What a model wrote wears no person's colour: which works shaped it is an estimate and has no place in time.
SHAPED, NOBODYS = "the model, shaped by the works it learned from", "var(--soft)"
BARS = 250


class Dress(msgspec.Struct, frozen=True):
    """How assets appear in one picture: `said` beside it, `worn` in it (asset → CSS colour), `people` (party → CSS colour)."""

    said: dict[str, str]
    worn: dict[str, str]
    people: dict[str, str]


class Picture(msgspec.Struct, frozen=True):
    """What a credited waveform is drawn from; `colours` are those of the people in it, for their names elsewhere."""

    peaks: list[float]
    duration_s: float
    heard: list[Span]
    colours: dict[str, str]


def picture(audio: str, duration_s: float, lineage: Sequence[SourceSpan], model: str | None = None) -> Picture:
    """A sound in the vault with who is heard in it, second by second; without a lineage its model is."""
    wave = integrity.waveform(audio, BARS)
    dress = dressed(recordings(sorted(lineage, key=lambda span: span.from_s)))
    said = dress.said | {name: _model(name) for name in models_in(lineage)}
    heard: list[Span] = [
        (start, end, tuple((said.get(a, a), dress.worn.get(a, NOBODYS), share) for a, share in who))
        for start, end, who in moments(lineage, duration_s)
    ]
    return Picture(
        peaks=[max(abs(low), abs(high)) for low, high in zip(wave.low, wave.high, strict=True)],
        duration_s=duration_s,
        heard=heard if lineage else [(0.0, duration_s, ((_model(model), NOBODYS, 1.0),))],
        colours=dress.people,
    )


def _model(model: str | None) -> str:
    elsewhere = outsiders.find(model)
    return f"the outside model {elsewhere.called}" if elsewhere else SHAPED


def dressed(asset_ids: Iterable[str]) -> Dress:
    """Assets in order of importance: each wears the colour of the person one hears in it, and is called by that name first."""
    assets = list(dict.fromkeys(asset_ids))
    people = faces(assets)
    chosen, names = colours(people.get(asset, asset) for asset in assets), parties.names(people.values())
    called = titles(assets)
    return Dress(
        said={a: f"{names[people[a]]}: {title}" if people.get(a) in names else title for a, title in called.items()},
        worn={asset: chosen[people.get(asset, asset)] for asset in assets},
        people=chosen,
    )


def titles(asset_ids: Iterable[str]) -> dict[str, str]:
    """Asset → title; a stem's is its recording's, with the part in it: `Hit or Miss Reel (flute)`."""
    found = catalog.assets(set(asset_ids))
    stems = [asset for asset in found.values() if asset.kind is AssetKind.STEM and asset.parents]
    wholes = catalog.assets({stem.parents[0] for stem in stems})
    named = {s.id: f"{wholes[s.parents[0]].title} ({s.title})" for s in stems if s.parents[0] in wholes}
    return {asset.id: asset.title for asset in found.values()} | named
