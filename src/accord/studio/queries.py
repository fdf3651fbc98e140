"""What may be asked of the studio. A creator sees the own sessions; reviewers and product see all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from accord.clearance import queries as clearance
from accord.journal.facts import NAMES, from_body
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.studio import mixdown
from accord.studio.comparing import compare as compare_takes
from accord.studio.facts import CreationSubmitted, TakeMade
from accord.studio.models import CreationRow, SessionRow, TakeRow
from accord.studio.records import Comparison, Creation, Session, Take, TakeState
from accord.studio.rules import may
from accord.terms.refusal import NotThere, Refused

#: What a take has of the fact that made it.
OF_ITS_FACT = frozenset(Take.__struct_fields__) & frozenset(TakeMade.__struct_fields__)
REVIEWERS = (Role.TRUST, Role.PRODUCT, Role.LEGAL, Role.ADMIN)


def session(viewer: Viewer, session_id: str) -> Session:
    """One session with its takes, oldest first. Raises: NotThere when it is not the viewer's."""
    row = SessionRow.objects.filter(id=session_id).first()
    if row is None or not _sees(viewer, row.creator):
        raise NotThere(f"there is no session `{session_id}`", do="`accord studio sessions` lists yours")
    return _session(row)


def sessions(viewer: Viewer) -> list[Session]:
    """The viewer's sessions, newest first."""
    return [_session(row) for row in SessionRow.objects.order_by("-position") if _sees(viewer, row.creator)]


def take(viewer: Viewer, take_id: str) -> Take:
    """One take. Raises: NotThere when it is not the viewer's."""
    row = TakeRow.objects.filter(id=take_id).first()
    if row is None or not _sees(viewer, row.creator):
        raise NotThere(f"there is no take `{take_id}`", do="`accord studio show SESSION` lists them")
    return _take(row)


def takes(ids: Iterable[str] | None = None) -> dict[str, Take]:
    """Takes by id, for the rooms below; all of them without `ids`."""
    rows = TakeRow.objects.order_by("position")
    return {row.id: _take(row) for row in (rows if ids is None else rows.filter(id__in=list(ids)))}


def edited_from(take_id: str) -> list[str]:
    """The takes that a take was edited to or written again as, at any number of steps; they are of its session."""
    own = TakeRow.objects.get(id=take_id).session
    of = dict(TakeRow.objects.filter(session=own).order_by("position").values_list("id", "record__parent"))
    found = [take_id]
    for take, parent in of.items():  # what a take was made from was made before it
        if parent in found:
            found.append(take)
    return found[1:]


def clear(ids: Iterable[str]) -> set[str]:
    """Those of some takes that passed their check, whatever else stands against them."""
    rows = TakeRow.objects.filter(id__in=list(ids), state=TakeState.CLEAR.value)
    return set(rows.values_list("id", flat=True))


def listen(viewer: Viewer, take_id: str, lufs: float | None = None) -> bytes:
    """The sound of a take as WAV, turned down to `lufs` where it is louder.

    Raises: Refused while it is checked or held, NotThere when it is not the viewer's.

    Reviewers hear held takes, since they decide on them.
    """
    return mixdown.at_loudness(_heard(viewer, take_id), lufs)


def listen_stems(viewer: Viewer, take_id: str, stems: Sequence[int]) -> bytes:
    """Some stems of a take (counted from 0), added up, as WAV. Raises: as `listen`; BadInput for one that it has not."""
    return mixdown.of_stems(_heard(viewer, take_id), stems)


def _heard(viewer: Viewer, take_id: str) -> Take:
    """A take that this viewer may hear. Raises: Refused, NotThere."""
    found = take(viewer, take_id)
    refusal = may("listen", found, holds_on(found))
    if refusal is not None and (found.state is TakeState.CHECKING or not viewer.has(Role.TRUST)):
        raise Refused(refusal)
    return found


def holds_on(found: Take) -> list[str]:
    """The reasons of the holds that stand on a take, whoever placed them."""
    return [hold.reason for hold in clearance.holds(found.id)]


def heard_in(session_id: str) -> int:
    """How many takes of a session passed their check: what its creator chose among."""
    return TakeRow.objects.filter(session=session_id, state=TakeState.CLEAR.value).count()


def unchecked() -> list[Take]:
    """Takes whose check was begun and not finished, oldest first: something stopped in between."""
    return [_take(row) for row in TakeRow.objects.filter(state=TakeState.CHECKING.value).order_by("position")]


def compare(viewer: Viewer, first_id: str, second_id: str) -> Comparison:
    """Two takes side by side."""
    return compare_takes(take(viewer, first_id), take(viewer, second_id))


def creation(viewer: Viewer, creation_id: str) -> Creation:
    """One creation. Raises: NotThere when it is not the viewer's."""
    row = CreationRow.objects.filter(id=creation_id).first()
    if row is None or not _sees(viewer, row.creator):
        raise NotThere(f"there is no creation `{creation_id}`", do="`accord studio creations` lists them")
    return _creations([row])[0]


def creations(ids: Iterable[str] | None = None, viewer: Viewer = SYSTEM) -> list[Creation]:
    """Creations in the order they were submitted, for the rooms below or for a viewer."""
    rows = CreationRow.objects.order_by("position")
    if ids is not None:
        rows = rows.filter(id__in=list(ids))
    return _creations([row for row in rows if _sees(viewer, row.creator)])


def handed_in(takes: Iterable[str]) -> dict[str, Creation]:
    """Take → the creation that it was handed in as, of those that were; for the rooms below and for who sees the takes."""
    return {made.take: made for made in _creations(list(CreationRow.objects.filter(take__in=list(takes))))}


def _sees(viewer: Viewer, creator: str) -> bool:
    return viewer.acts_for(creator) or viewer.has(*REVIEWERS)


def _session(row: SessionRow) -> Session:
    rows = TakeRow.objects.filter(session=row.id).order_by("position")
    return Session(id=row.id, creator=row.creator, feature=row.feature, at=row.at, takes=tuple(_take(t) for t in rows))


def _take(row: TakeRow) -> Take:
    made = _fact(TakeMade, row.record)
    return Take(
        id=row.id,
        at=row.at,
        state=TakeState(row.state),
        case=row.case,
        chosen=row.chosen,
        stood=row.stood,
        **{name: getattr(made, name) for name in OF_ITS_FACT},
    )


def _creations(rows: list[CreationRow]) -> list[Creation]:
    known = takes(row.take for row in rows)
    clips = _clips(known)
    return [_creation(row, known[row.take], clips[row.take]) for row in rows]


def _clips(origins: dict[str, Take]) -> dict[str, int]:
    """Take → how many clips a person laid into the mix that it is, or was edited from; of mixes before takes kept what was laid
    into them, how many recordings are heard."""
    mixes = dict(origins)
    while edited := {name: t.parent for name, t in mixes.items() if t.lineage and t.parent and not t.made_from}:
        before = takes(edited.values())
        mixes |= {name: before[parent] for name, parent in edited.items()}
    return {name: len(mix.made_from) or len(origins[name].lineage) for name, mix in mixes.items()}


def _creation(row: CreationRow, origin: Take, clips: int) -> Creation:
    submitted = _fact(CreationSubmitted, row.record)
    return Creation(
        id=row.id,
        take=row.take,
        feature=row.feature,
        creator=row.creator,
        title=submitted.title,
        audio=origin.audio,
        duration_s=origin.duration_s,
        at=row.at,
        midi=origin.midi,
        stems=origin.stems,
        lineage=origin.lineage,
        clips=clips,
        model=origin.model,
        key=origin.key,
        tempo_bpm=origin.tempo_bpm,
        territories=submitted.territories,
        decisions=submitted.decisions,
        deals=submitted.deals,
        made_by=submitted.made_by,
        own=origin.own,
        of_takes=submitted.of_takes,
        leaves=submitted.leaves,
        demonstration=submitted.demonstration,
    )


def _fact(cls: Any, body: dict[str, Any]) -> Any:
    kind, version = NAMES[cls]
    return from_body(kind, version, body)
