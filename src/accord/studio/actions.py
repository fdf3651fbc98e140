"""The doors into the studio: sit down, make, remix, edit, choose, submit.

What takes long (a model writing, sound being rendered, stretched, fingerprinted) happens before the writer lock is taken;
clearance and the model's right to serve are decided again inside it, so that no take stands on a yes that was just
taken back. Every take is checked against the catalogue before anyone can hear it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from accord.catalog.score import from_midi
from accord.integrity import actions as integrity
from accord.journal.actions import writing
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.studio import deeds, edits, holding, matching, material, mixdown, outward, permission, use_policy, varying
from accord.studio.facts import (
    CreationSubmitted,
    SessionOpened,
    TakeChosen,
    TakeCleared,
    TakeExported,
    TakeHeld,
)
from accord.studio.making import edited, from_clips, from_score
from accord.studio.models import CreationRow
from accord.studio.queries import heard_in, holds_on
from accord.studio.queries import session as find_session
from accord.studio.queries import take as find_take
from accord.studio.records import Deed, DeedKind, Match, RemixSource, Seat, Take, TakeKind, TakeState
from accord.studio.rules import may
from accord.studio.seating import check_live, prompt_hash_of, seated, sitting_in
from accord.studio.tree import current
from accord.studio.varying import Order
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere, Refusal, Refused
from accord.terms.territory import TerritorySet
from accord.training import queries as training
from accord.training.generator import Request, check

Progress = Callable[[str], None]


def open_session(creator: str, feature: str, at: Instant, actor: str) -> str:
    """Sit down as `creator` (a party) in a live feature; returns the session's id.

    Raises: NotThere for an unknown party or feature, Refused when the feature is not live.
    """
    with writing(actor, at) as journal:
        parties.party(creator)
        check_live(feature, at)
        session = journal.mint("ses")
        journal.append(SessionOpened(session=session, creator=creator, feature=feature))
    return session


def make(
    session: str | Seat,
    request: Request,
    prompt: str | None,
    at: Instant,
    actor: str,
    model: str | None = None,
    territory: str | None = None,
    progress: Progress = lambda _: None,
    played: bool = False,
) -> str:
    """A new piece from the feature's model, steered by `request`; returns the take's id.

    With a `Seat` instead of a session, one begins with the take; what is refused leaves none. `played`: the phrase was
    played here, not brought as a file.
    Raises: Refused for a prompt that names someone who did not agree, for a phrase that is somebody else's, and for a
    model that may not serve here.
    """
    return _written(session, Order(request, TakeKind.NEW, prompt, model, territory, played), at, actor, progress)


def continue_midi(
    session: str | Seat,
    midi: bytes,
    request: Request,
    prompt: str | None,
    at: Instant,
    actor: str,
    model: str | None = None,
    territory: str | None = None,
    progress: Progress = lambda _: None,
    played: bool = False,
) -> str:
    """The creator's own MIDI, continued by the model; returns the take's id. Raises: BadInput, Refused."""
    asked = replace(request, phrase=from_midi(midi), mode="continue")
    return _written(session, Order(asked, TakeKind.CONTINUATION, prompt, model, territory, played), at, actor, progress)


def vary_midi(
    session: str | Seat,
    midi: bytes,
    request: Request,
    prompt: str | None,
    at: Instant,
    actor: str,
    model: str | None = None,
    territory: str | None = None,
    progress: Progress = lambda _: None,
    played: bool = False,
) -> str:
    """A variation by the model on the creator's own MIDI; returns the take's id. Raises: BadInput, Refused."""
    asked = replace(request, phrase=from_midi(midi), mode="vary")
    return _written(session, Order(asked, TakeKind.VARIATION, prompt, model, territory, played), at, actor, progress)


def vary_take(
    take: str,
    bars: tuple[int, ...],
    voices: tuple[str, ...],
    at: Instant,
    actor: str,
    seed: int = 0,
    strength: float = 0.7,
    progress: Progress = lambda _: None,
) -> str:
    """Some bars and voices of a take (none: all of them) written again, every other note kept; returns the new take's id.

    Raises: BadInput for a bar or voice that it does not have, and for a remix, which has no notes; Refused.
    """
    before = find_take(SYSTEM, take)
    _may("edit", before)
    request = varying.request_of(varying.score_of(before), bars, voices, seed, strength)
    order = Order(request, TakeKind.VARIATION, None, before.model, next(iter(before.territories)), parent=before)
    return _written(before.session, order, at, actor, progress)


def remix(
    session: str | Seat,
    sources: tuple[RemixSource, ...],
    at: Instant,
    actor: str,
    prompt: str | None = None,
    tempo_bpm: float | None = None,
    key: str | None = None,
    territories: TerritorySet | None = None,
    progress: Progress = lambda _: None,
) -> str:
    """A remix of cleared recordings or stems, of the creator's own takes, and of creations whose makers agree; returns the
    take's id. What a model wrote is mixed only in a feature that it serves.

    Tempo and key are the first source's unless given. With `territories`, every source must be cleared in all of them;
    without, the remix may go where all sources are. Raises: Refused naming what is missing, BadInput.
    """
    sitting = sitting_in(session, at)
    prompt_hash = prompt_hash_of(prompt, sitting, at, actor)
    wanted = matching.wanted(sources, sitting, at, tempo_bpm, key)
    inside = wanted.made_of
    permission.remix(inside, sitting.creator, sitting.feature, at, territories)
    found = matching.mixed(wanted, progress)
    made = from_clips(found.remix, found.clips, tempo_bpm, key, wanted.inside)
    done_by = (
        *deeds.inherited(wanted.takes.values(), sitting.creator),
        *deeds.prompted(prompt, sitting, at),
        *deeds.selected(sources, tempo_bpm, key, sitting, at),
    )
    with writing(actor, at) as journal:
        allowed = permission.remix(inside, sitting.creator, sitting.feature, at, territories, keep_for=actor)
        sitting = seated(journal, sitting)
        take = journal.mint("tak")
        journal.append(made.fact(take, sitting, TakeKind.REMIX, allowed, done_by, prompt_hash=prompt_hash))
    progress("comparing with the catalogue")
    return check_take(take, at, actor)


def match(
    session: str | Seat,
    sources: tuple[RemixSource, ...],
    at: Instant,
    tempo_bpm: float | None = None,
    key: str | None = None,
    territories: TerritorySet | None = None,
    progress: Progress = lambda _: None,
) -> Match:
    """How the sources of a remix fit, and some seconds of it, before it is made; nothing is kept. Raises: as `remix`.

    Clearance is decided before the mixing and again after it: what was taken back meanwhile is not heard.
    """
    sitting = sitting_in(session, at)
    matching.check_pace(sitting.creator, at)
    wanted = matching.wanted(sources, sitting, at, tempo_bpm, key)
    inside = wanted.made_of
    permission.remix(inside, sitting.creator, sitting.feature, at, territories)
    found = matching.heard(matching.mixed(wanted, progress))
    permission.remix(inside, sitting.creator, sitting.feature, at, territories)
    return found


def edit(take: str, text: str, at: Instant, actor: str, progress: Progress = lambda _: None) -> str:
    """An edit by hand (`transpose 2`, `tempo 96`, `trim 0 12.5`, `gain -3`) as a new take; returns its id.

    Raises: BadInput, Refused while the take is checked or held, and when the day's takes are made.
    """
    change, before = edits.parse(text), find_take(SYSTEM, take)
    _may("edit", before)
    use_policy.check_rate(before.feature, before.creator, at)
    sitting = find_session(SYSTEM, before.session)
    progress("changing it")
    made = edited(before, change)
    deed = Deed(sitting.creator, DeedKind.EDIT, change.text(), at)
    with writing(actor, at) as journal:
        use_policy.check_rate(before.feature, before.creator, journal.at)
        allowed = permission.again(before, at, keep_for=actor)
        new = journal.mint("tak")
        journal.append(made.fact(new, sitting, TakeKind.EDIT, allowed, (*before.made_by, deed), before))
    progress("comparing with the catalogue")
    return check_take(new, at, actor)


def check_take(take: str, at: Instant, actor: str) -> str:
    """Compare a take with the catalogue, beyond what it declares, and clear or hold it; returns its id.

    Until this is done nobody hears it. A take that was left in between (the process died) is checked by calling it again;
    one that is checked stays as it is. Comparing runs outside the writer lock.
    """
    found = find_take(SYSTEM, take)
    if found.state is not TakeState.CHECKING:
        return take
    declared = material.declared(found.lineage)
    verdict = integrity.check(take, found.audio, declared, found.creator, at, actor, found.midi, found.feature)
    with writing(actor, at) as journal:
        if find_take(SYSTEM, take).state is TakeState.CHECKING:
            journal.append(TakeCleared(take=take) if verdict.clear else TakeHeld(take=take, case=verdict.case or ""))
    return take


def choose(session: str, take: str, at: Instant, actor: str) -> None:
    """Choose one take of a session over the others, which is a creator's act and is kept as one. Raises: Refused."""
    with writing(actor, at) as journal:
        chosen = find_take(SYSTEM, take)
        if chosen.session != session:
            raise NotThere(
                f"session `{session}` has no take `{take}`", do="`accord studio show SESSION` lists its takes"
            )
        _may("choose", chosen)
        journal.append(TakeChosen(take=take, session=session, by=chosen.creator))


def undo(session: str, at: Instant, actor: str) -> str:
    """Go back to the take that the current one was made from; nothing is lost. Returns its id. Raises: Refused."""
    with writing(actor, at) as journal:
        sitting = find_session(SYSTEM, session)
        now = current(sitting.takes)
        if now is None or now.parent is None:
            raise Refused(
                Refusal(
                    code="studio.nothing-to-undo",
                    because=f"the current take of {session} was made from no other"
                    if now
                    else f"{session} has no take",
                    hint="choose any take to go on from it",
                    subject=session,
                )
            )
        journal.append(TakeChosen(take=now.parent, session=session, by=sitting.creator))
    return now.parent


def export(take: str, at: Instant, actor: str) -> bytes:
    """Mix, stems and notes of a take as a ZIP file, where everything in it may be exported. Raises: Refused."""
    with writing(actor, at) as journal:
        found = find_take(SYSTEM, take)
        _may("listen", found)
        allowed = outward.exported(found, permission.again(found, at, keep_for=actor), at, actor)
        journal.append(
            TakeExported(
                take=take,
                by=found.creator,
                territories=allowed.territories,
                decisions=allowed.decisions,
                deals=allowed.deals,
            )
        )
    return mixdown.archive(found, deeds.leaflet(found, allowed))


def submit(take: str, at: Instant, actor: str, title: str = "") -> str:
    """Submit a take as a creation; returns its id. Clearance is decided again. Raises: Refused."""
    with writing(actor, at) as journal:
        found = find_take(SYSTEM, take)
        _may("submit", found)
        _once(found)
        allowed = permission.again(found, at, keep_for=actor)
        left = permission.somewhere(found, allowed.territories & found.territories)
        creation = journal.mint("cre")
        chosen = Deed(found.creator, DeedKind.CHOICE, f"chose take {take}", at)
        journal.append(
            CreationSubmitted(
                creation=creation,
                take=take,
                creator=found.creator,
                title=title or f"Untitled {creation}",
                territories=left,
                decisions=allowed.decisions,
                deals=allowed.deals,
                made_by=(*found.made_by, chosen),
                demonstration=material.demonstration(found),
                of_takes=heard_in(found.session),
                leaves=allowed.leaves,
            )
        )
    return creation


def _written(session: str | Seat, order: Order, at: Instant, actor: str, progress: Progress) -> str:
    sitting, parent = sitting_in(session, at), order.parent
    prompt_hash = prompt_hash_of(order.prompt, sitting, at, actor)
    brought = varying.brought(order.request, parent, sitting.creator)
    wanted = permission.model_for(sitting.feature, order.model, order.territory, at)
    progress("writing")
    generator = training.generator(wanted.model, wanted.territory, at)
    check(order.request, generator.capabilities)
    score = varying.kept(generator.generate(order.request), order.request, parent)
    if parent is not None:
        training.check_leaves(wanted.model, score, brought)
    progress("rendering")
    gain = edits.gain_db(parent.made_by) if parent else 0.0
    made = from_score(score, gain, brought, order.played or bool(parent and parent.own and parent.own.played))
    done_by = (*deeds.prompted(order.prompt, sitting, at), *deeds.asked(order, wanted.model, score, sitting, at))
    with writing(actor, at) as journal:
        allowed = permission.served(wanted.model, wanted.territory, at)
        if parent is not None:
            holding.check((parent.id,), parent.creator)  # a hold may have come while it was written
        sitting = seated(journal, sitting)
        take = journal.mint("tak")
        done = made.fact(take, sitting, order.kind, allowed, done_by, parent, wanted.model, prompt_hash)
        journal.append(done)
    progress("comparing with the catalogue")
    return check_take(take, at, actor)


def _may(doing: str, take: Take) -> None:
    refusal = may(doing, take, holds_on(take))
    if refusal is not None:
        raise Refused(refusal)


def _once(take: Take) -> None:
    before = CreationRow.objects.filter(take=take.id).first()
    if before is not None:
        raise Refused(
            Refusal(
                code="studio.take-submitted",
                because=f"take {take.id} was submitted already, as creation {before.id}",
                hint="edit it to make another",
                subject=take.id,
            )
        )
