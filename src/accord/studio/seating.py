"""Sitting down: the session somebody makes something in, in a live feature, within its use policy (shell)."""

from __future__ import annotations

from msgspec import structs

from accord.governance import queries as governance
from accord.integrity import actions as integrity
from accord.journal.actions import Writer
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.studio import use_policy
from accord.studio.facts import SessionOpened
from accord.studio.queries import session as find_session
from accord.studio.records import Seat, Session
from accord.terms.instant import Instant
from accord.terms.refusal import Refusal, Refused


def sitting_in(session: str | Seat, at: Instant) -> Session:
    """The session, in a live feature; for a seat one without an id, which it has once there is a take."""
    if isinstance(session, str):
        found = find_session(SYSTEM, session)
    else:
        found = Session(id="", creator=parties.party(session.creator).id, feature=session.feature, at=at)
    check_live(found.feature, at)
    use_policy.check_rate(found.feature, found.creator, at)
    return found


def seated(journal: Writer, sitting: Session) -> Session:
    """The session with its id: a new one is opened in the same breath as its first take."""
    use_policy.check_rate(sitting.feature, sitting.creator, journal.at)
    if sitting.id:
        return sitting
    new = journal.mint("ses")
    journal.append(SessionOpened(session=new, creator=sitting.creator, feature=sitting.feature))
    return structs.replace(sitting, id=new)


def prompt_hash_of(prompt: str | None, sitting: Session, at: Instant, actor: str) -> str | None:
    """Integrity's keyed hash of the prompt. Raises: Refused when it names someone who did not agree."""
    if not prompt or not prompt.strip():
        return None
    use_policy.check_words(sitting.feature, prompt)
    return str(integrity.check_prompt(prompt, sitting.feature, sitting.creator, at, actor))


def check_live(feature: str, at: Instant) -> None:
    """Raises: Refused for a feature that is not live, NotThere."""
    found = governance.feature(feature)
    if found.state_at(at) != "live":
        raise Refused(
            Refusal(
                code="studio.feature-not-live",
                because=f"feature {feature} is not live: it is {found.state_at(at) or 'not proposed yet'}",
                hint="`accord launch` says what it lacks",
                subject=feature,
            )
        )
