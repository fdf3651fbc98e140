"""Sound by a model that was trained elsewhere, from words: the door in the studio (shell)."""

from __future__ import annotations

from collections.abc import Callable

from accord.journal.actions import writing
from accord.studio import deeds, permission
from accord.studio.actions import check_take
from accord.studio.making import from_sound
from accord.studio.records import Deed, DeedKind, Seat, TakeKind
from accord.studio.seating import prompt_hash_of, seated, sitting_in
from accord.terms.instant import Instant
from accord.training import outsiders
from accord.training.adapters import SoundRequest


def make(
    session: str | Seat,
    request: SoundRequest,
    at: Instant,
    actor: str,
    model: str | None = None,
    territory: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> str:
    """Sound by an outside model that is admitted to the feature, from words; returns the take's id.

    The words are a prompt as any other. Raises: BadInput; Refused where the model's licence or admission does not let it.
    """
    sitting = sitting_in(session, at)
    prompt_hash = prompt_hash_of(request.words, sitting, at, actor)
    wanted = permission.outside_for(sitting.feature, model, territory)
    permission.served_outside(wanted.model, sitting.feature, wanted.territory)
    progress("writing")
    made = from_sound(*outsiders.sound(outsiders.model(wanted.model), request))
    done_by = (
        *deeds.prompted(request.words, sitting, at),
        Deed(wanted.model, DeedKind.MODEL, f"{made.duration_s:g} s of sound, seed {request.seed}", at),
    )
    with writing(actor, at) as journal:
        allowed = permission.served_outside(wanted.model, sitting.feature, wanted.territory)
        sitting = seated(journal, sitting)
        take = journal.mint("tak")
        done = made.fact(take, sitting, TakeKind.NEW, allowed, done_by, model=wanted.model, prompt_hash=prompt_hash)
        journal.append(done)
    progress("comparing with the catalogue")
    return check_take(take, at, actor)
