"""Who did what, in words: what a person asked for, brought, selected and corrected, and what a model wrote. (No clock, no disk.)"""

from __future__ import annotations

from collections.abc import Iterable

from accord.catalog.score import Score
from accord.studio import varying
from accord.studio.descent import models_of
from accord.studio.permission import Allowed
from accord.studio.records import Deed, DeedKind, RemixSource, Session, Take
from accord.studio.varying import Order
from accord.terms.instant import Instant


def prompted(prompt: str | None, sitting: Session, at: Instant) -> tuple[Deed, ...]:
    """That there was a prompt, and how long it was; its text is kept privately."""
    if not prompt or not prompt.strip():
        return ()
    return (Deed(sitting.creator, DeedKind.PROMPT, f"a prompt of {len(prompt.split())} words, kept privately", at),)


def selected(
    sources: tuple[RemixSource, ...], tempo_bpm: float | None, key: str | None, sitting: Session, at: Instant
) -> tuple[Deed, ...]:
    """Who did what: the person's clips, what they corrected of them, and what they set for the mix."""
    clips = "; ".join(_clip_in_words(source) for source in sources)
    deeds = [Deed(sitting.creator, DeedKind.SELECTION, clips, at)]
    wanted = [] if tempo_bpm is None else [f"{tempo_bpm:g} beats a minute"]
    wanted += [key] if key else []
    if wanted:
        deeds.append(Deed(sitting.creator, DeedKind.SETTINGS, f"mixed at {', '.join(wanted)}", at))
    return tuple(deeds)


def inherited(takes: Iterable[Take], creator: str) -> tuple[Deed, ...]:
    """Who did what in the creator's own takes that models wrote in, which a mix of them is made of: each deed once."""
    own = (take for take in takes if take.creator == creator and models_of(take))
    return tuple(dict.fromkeys(deed for take in own for deed in take.made_by))


def _clip_in_words(source: RemixSource) -> str:
    words = [f"{source.asset} from {source.start_s:g} s at gain {source.gain:g}"]
    if source.offset_s:
        words.append(f"in at {source.offset_s:g} s")
    if source.tempo_bpm is not None:
        words.append(f"tempo said to be {source.tempo_bpm:g}")
    if source.key:
        words.append(f"key said to be {source.key}")
    return ", ".join(words)


def asked(order: Order, model: str, score: Score, sitting: Session, at: Instant) -> tuple[Deed, ...]:
    """Who did what: the person's settings and phrase, and what the model wrote; of a take varied, what was done before too."""
    request, parent = order.request, order.parent
    wrote = Deed(model, DeedKind.MODEL, f"{score.note_count} notes, mode {request.mode}, seed {request.seed}", at)
    if parent is not None:
        what = varying.in_words(request, score)
        again = Deed(model, DeedKind.MODEL, f"wrote {what} again, seed {request.seed}", at)
        return (*parent.made_by, Deed(sitting.creator, DeedKind.SETTINGS, f"asked for {what} again", at), again)
    settings = f"{request.key}, {request.metre[0]}/{request.metre[1]}, {request.tempo_bpm:g} beats a minute, {request.bars} bars"
    if request.instruments:
        settings += f", instruments {', '.join(str(program) for program in request.instruments)} (General MIDI)"
    deeds = [Deed(sitting.creator, DeedKind.SETTINGS, settings, at)]
    if request.phrase is not None:
        kind = DeedKind.PLAYED_PHRASE if order.played else DeedKind.SEED_PHRASE
        deeds.append(Deed(sitting.creator, kind, f"{request.phrase.note_count} notes of their own", at))
    return (*deeds, wrote)


def leaflet(take: Take, allowed: Allowed) -> str:
    """What goes along with a take that is taken away: where it may be used, who did what, under which deals."""
    lines = [f"Take {take.id}, made in {take.feature}. It may be used in: {allowed.territories.named()}.", ""]
    lines += [f"{deed.kind.value}: {deed.what} ({deed.by})" for deed in take.made_by]
    return "\n".join([*lines, "", f"Deals: {', '.join(allowed.deals) or 'none was needed'}.", ""])
