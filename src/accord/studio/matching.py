"""Clips brought to one tempo, key and beat as a remix of them would be, and some seconds of it heard before it is made (shell).

What is heard beforehand is the remix itself where its clips first meet. It is made of sources that are cleared now, and it
is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accord.catalog.records import Asset
from accord.parties.minute import Minute
from accord.parties.viewer import SYSTEM
from accord.studio import descent, leave, material, permission, queries, serving
from accord.studio import remix as mixing
from accord.studio.records import ClipAnalysis, Fit, Match, RemixSource, Session, SourceSpan, Take
from accord.studio.rendering import RATE, encode
from accord.studio.rules import may, of_nothing
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere, Refusal, Refused

#: Seconds that are heard of a match, and how many of them before the second clip comes in.
HEARD_S, BEFORE_S = 15.0, 3.0
#: A match is mixed like a take and leaves none, so the day's takes do not bound it.
MOST_A_MINUTE = 20
_matches = Minute(MOST_A_MINUTE)


@dataclass(frozen=True)
class Wanted:
    """What is to be mixed: `inside` are the lineages of the takes among the sources, `made_of` what it is in the end: recordings,
    which have to be cleared, models, which have to serve, creations of others, whose makers have to agree, and takes, which
    nothing may hold."""

    sources: tuple[RemixSource, ...]
    tempo_bpm: float | None
    key: str | None
    takes: Mapping[str, Take]
    assets: Mapping[str, Asset]
    inside: Mapping[str, tuple[SourceSpan, ...]]
    made_of: permission.Inside


@dataclass(frozen=True)
class Mixed:
    """The clips as they are known, and the mix of them."""

    clips: tuple[mixing.Clip, ...]
    remix: mixing.Remix


def wanted(
    sources: tuple[RemixSource, ...], sitting: Session, at: Instant, tempo_bpm: float | None, key: str | None
) -> Wanted:
    """The sources found: assets with a sound, the creator's own takes, and creations whose makers agree.

    Raises: NotThere, BadInput, Refused.
    """
    leave.ask((one.asset for one in sources if one.asset.startswith("cre_")), sitting.creator, sitting.feature, at)
    takes = _takes(sources, sitting.creator, sitting.feature)
    assets = material.assets_of(sources, takes)
    inside = _inside(takes, sitting.creator)
    made_of = permission.inside(material.heard_of(sources, takes, inside))
    return Wanted(sources, tempo_bpm, key, takes, assets, inside, made_of)


def mixed(asked: Wanted, progress: Callable[[str], None]) -> Mixed:
    """Listen to the sources, match them and mix them. Raises: BadInput for what cannot be."""
    progress("listening to the sources")
    clips = tuple(material.clip(source, asked.assets, asked.takes) for source in asked.sources)
    progress("matching tempo and key, mixing")
    return Mixed(clips, mixing.mix(clips, mixing.plan(clips, RATE, asked.tempo_bpm, asked.key), RATE))


def check_pace(creator: str, at: Instant) -> None:
    """Raises: Refused when a person has heard a minute's matches."""
    if not _matches.admits(creator, int(at.timestamp() // 60)):
        raise Refused(
            Refusal(
                code="studio.match-rate",
                because=f"a person hears {MOST_A_MINUTE} matches a minute, and this minute has them",
                hint="wait for the next minute, or make the take",
                subject=creator,
            )
        )


def heard(found: Mixed) -> Match:
    """HEARD_S seconds of a mix from just before its second clip, as MP3, with what was done to each clip."""
    remix = found.remix
    entries = sorted(placement.start for placement in remix.placements)
    start = max(0, min(entries[min(1, len(entries) - 1)] - round(BEFORE_S * RATE), len(remix.samples) - RATE))
    cut = remix.samples[start : start + round(HEARD_S * RATE)]
    fits = zip(found.clips, remix.placements, strict=True)
    return Match(
        fits=tuple(_fit(material.analysis(clip), placement) for clip, placement in fits),
        figures=remix.figures,
        from_s=round(start / RATE, 3),
        to_s=round((start + len(cut)) / RATE, 3),
        sound=encode(cut, RATE, "mp3"),
    )


def _fit(known: ClipAnalysis, placement: mixing.Placement) -> Fit:
    return Fit(
        known=known,
        tempo_bpm=round(known.tempo_bpm * placement.ratio, 2),
        ratio=placement.ratio,
        semitones=placement.semitones,
        key=placement.key,
        from_s=round(placement.start / RATE, 3),
        moved_s=round(placement.moved_s, 3),
    )


def _takes(sources: tuple[RemixSource, ...], creator: str, feature: str) -> dict[str, Take]:
    """The takes among the sources by the name they are laid in by: the creator's own, and creations.

    Raises: NotThere for another's take, Refused for what may not be laid in, here or anywhere.
    """
    found = {}
    for name in dict.fromkeys(source.asset for source in sources):
        if name.startswith("tak_"):
            take = queries.take(SYSTEM, name)
            if take.creator != creator:
                raise NotThere(f"there is no take `{name}`", do="mix takes of your own")
        elif name.startswith("cre_"):
            take = queries.takes([queries.creation(SYSTEM, name).take]).popitem()[1]
        else:
            continue
        refusal = may("edit", take, queries.holds_on(take)) or of_nothing(take, name)
        if refusal is not None:
            raise Refused(refusal)
        serving.check_bound(descent.models_of(take), feature, name)
        found[name] = take
    return found


def _inside(takes: Mapping[str, Take], creator: str) -> dict[str, tuple[SourceSpan, ...]]:
    """The lineage that each comes in with, named in all of it: what is one's own as the take that it is, else the creation."""
    return {
        name: descent.came_with(descent.roots(take), take.id if take.creator == creator else name)
        for name, take in takes.items()
    }
