"""Sound from the vault, ready to be remixed: clips of recordings and stems with what is known of them (shell)."""

from __future__ import annotations

from collections.abc import Mapping

from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind
from accord.catalog.score import Score, from_midi, tonic
from accord.parties import queries as parties
from accord.studio import descent, queries
from accord.studio.estimates import Key, Known, Tempo, estimate_key, estimate_tempo, first_beat_s
from accord.studio.records import ClipAnalysis, RemixSource, SourceSpan, Take
from accord.studio.remix import Clip
from accord.studio.rendering import RATE, Samples, at_rate, decode
from accord.terms.refusal import BadInput, NotThere
from accord.vault import actions as vault

DECAY_S = 4.0
SAME_TEMPO = 0.005
#: How surely a remix's first clip was known for the mix's tempo and key to be gone by.
SURE = 0.5


def assets_of(sources: tuple[RemixSource, ...], takes: Mapping[str, Take] | None = None) -> dict[str, Asset]:
    """The assets of `sources` and what they belong to; `takes` among them aside. Raises: NotThere, BadInput for what has
    no sound."""
    wanted = [source.asset for source in sources if source.asset not in (takes or {})]
    found = catalog.assets(ids=wanted)
    for asset in wanted:
        if asset not in found:
            raise NotThere(f"there is no asset `{asset}`", do="`accord catalog find` looks one up by its ISRC")
        if found[asset].kind not in (AssetKind.RECORDING, AssetKind.STEM) or found[asset].audio is None:
            raise BadInput(
                f"`{asset}` has no sound to remix",
                why=f"it is a {found[asset].kind.value}",
                do="name recordings or stems",
            )
    parents = {parent for asset in found.values() for parent in asset.parents}
    return {**catalog.assets(ids=sorted(parents - found.keys())), **found}


def clip(source: RemixSource, assets: Mapping[str, Asset], takes: Mapping[str, Take] | None = None) -> Clip:
    """The clip that `source` asks for: cut, at the mix's rate, with tempo and key from user, score or listening."""
    take = (takes or {}).get(source.asset)
    asset = None if take else assets[source.asset]
    samples, rate = decode(vault.local_path(take.audio if take else (asset and asset.audio) or ""))
    length_s = len(samples) / rate
    end_s = min(length_s, source.end_s if source.end_s is not None else length_s)
    if not 0 <= source.start_s < end_s:
        raise BadInput(
            f"seconds {source.start_s:g} to {end_s:g} of {source.asset} are not in it",
            why=f"it is {length_s:.1f} s long",
        )
    cut = at_rate(samples[round(source.start_s * rate) : round(end_s * rate)], rate)
    heard = estimate_tempo(cut, RATE)
    score = _score(asset, assets, length_s, heard) if asset else _written(take)
    tempo, key = _tempo(source, score, heard), _key(source, score, cut)
    if take is not None and take.analyses:
        tempo, key = _mixed_at(take, cut, tempo), _mixed_in(take, key)
    return Clip(source.asset, cut, tempo, key, source.offset_s, source.gain, (source.start_s, end_s))


def heard_of(
    sources: tuple[RemixSource, ...], takes: Mapping[str, Take], inside: Mapping[str, tuple[SourceSpan, ...]]
) -> list[SourceSpan]:
    """What is heard in these seconds of the sources in the end, recordings, stems and what models wrote: what has to be cleared.

    `inside` are the roots of `takes`; the times of what is returned are those of the sources.
    """
    found: list[SourceSpan] = []
    for source in sources:
        take = takes.get(source.asset)
        end_s = source.end_s if source.end_s is not None or take is None else take.duration_s
        cut = (source.start_s, end_s or 0.0)
        found += descent.heard_in(inside[source.asset], cut) if take else [SourceSpan(source.asset, 0.0, 1.0)]
    return found


def analysis(clip: Clip) -> ClipAnalysis:
    """What is known of a clip, for people to see and correct."""
    tempo, key = clip.tempo, clip.key
    return ClipAnalysis(
        clip.asset, tempo.bpm, tempo.known.value, tempo.confidence, tempo.first_beat_s,
        key.name, key.known.value, key.confidence, tempo.others, key.runner_up,
    )  # fmt: skip


def _mixed_at(take: Take, cut: Samples, said: Tempo) -> Tempo:
    """A remix's tempo is the one it was mixed at, where its first clip's was known well, unless somebody says another."""
    sure = take.analyses[0].tempo_confidence
    if said.known is Known.USER or take.tempo_bpm is None or sure < SURE:
        return said
    return Tempo(take.tempo_bpm, first_beat_s(cut, RATE, take.tempo_bpm), Known.MIX, sure)


def _mixed_in(take: Take, said: Key) -> Key:
    """A remix's key is the one it was mixed in, where its first clip's was known well, unless somebody says another."""
    sure = take.analyses[0].key_confidence
    return said if said.known is Known.USER or take.key is None or sure < SURE else Key(take.key, Known.MIX, sure)


def _tempo(source: RemixSource, score: Score | None, heard: Tempo) -> Tempo:
    if score is not None:
        bpm = pulse_bpm(score) if source.tempo_bpm is None else source.tempo_bpm
        known = Known.SCORE if source.tempo_bpm is None else Known.USER
        return Tempo(bpm, -source.start_s % (60 / pulse_bpm(score)), known)
    if source.tempo_bpm is not None:
        return Tempo(source.tempo_bpm, heard.first_beat_s, Known.USER)
    return heard


def _key(source: RemixSource, score: Score | None, cut: Samples) -> Key:
    if source.key:
        tonic(source.key)  # raises BadInput when it is not a key
        return Key(source.key, Known.USER)
    return Key(score.key, Known.SCORE) if score is not None else estimate_key(cut, RATE)


def _score(asset: Asset, assets: Mapping[str, Asset], length_s: float, heard: Tempo) -> Score | None:
    """The notes that a recording plays from its first beat, when the catalogue has them; None when that is not sure.

    A score of the recording's work counts only if it is as long as the recording (less the last notes' decay) and the
    tempo that is heard is the score's pulse, its half or its double: another arrangement must not pass for this one.
    """
    works = [parent for one in (asset, *_wholes(asset, assets)) for parent in one.parents]
    scores = [child for found in catalog.children(works, AssetKind.SCORE).values() for child in found]
    for candidate in catalog.assets(ids=sorted(set(scores))).values():
        score = from_midi(vault.read(candidate.score)) if candidate.score else None
        if score is None or not 0 <= length_s - score.duration_s <= DECAY_S:
            continue
        if any(abs(heard.bpm * times / pulse_bpm(score) - 1) < SAME_TEMPO for times in (0.5, 1, 2)):
            return score
    return None


def _written(take: Take | None) -> Score | None:
    """The notes that a take plays from its first beat; None for sound that was mixed or made without any."""
    return from_midi(vault.read(take.midi)) if take is not None and take.midi is not None else None


def pulse_bpm(score: Score) -> float:
    """Beats a minute as they are felt: in 6/8, 9/8 and 12/8 a beat is three eighths long, in 2/2 and 3/2 a half, else a quarter."""
    beats, unit = score.metre
    if unit == 2:
        return score.tempo_bpm / 2
    return score.tempo_bpm * (2 / 3 if unit == 8 and beats > 3 and beats % 3 == 0 else 1)


def _wholes(asset: Asset, assets: Mapping[str, Asset]) -> list[Asset]:
    """The recording that a stem is part of."""
    return [
        assets[parent] for parent in asset.parents if parent in assets and assets[parent].kind is AssetKind.RECORDING
    ]


def declared(lineage: tuple[SourceSpan, ...]) -> frozenset[str]:
    """What a take of this lineage says it contains: each asset, and the recording that a stem is part of."""
    named = sorted(descent.recordings(lineage))
    found = catalog.assets(ids=named)
    return frozenset(named) | {parent for asset in found.values() for parent in asset.parents}


def demonstration(take: Take) -> bool:
    """Whether anything in the take is of the demonstration: who made it, who made a creation in it, or a source."""
    sources = catalog.assets(ids=sorted(descent.recordings(take.lineage)))
    inside = queries.creations(descent.creations_in(take.lineage))
    makers = parties.parties([take.creator, *(one.creator for one in inside)])
    return any(asset.demonstration for asset in sources.values()) or any(p.demonstration for p in makers.values())
