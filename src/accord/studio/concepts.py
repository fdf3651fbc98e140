"""Concept tests: two takes behind a link, one vote a person, credits beside them, a stop rule (shell).

The link holds a mark that only this instance can make. Whoever votes is signed in, so that a person votes once; what is
kept of them is a keyed hash for this one test.
"""

from __future__ import annotations

from django.utils.crypto import constant_time_compare, salted_hmac

from accord.journal.actions import Writer, writing
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.studio import outward, permission, voting
from accord.studio import queries as studio
from accord.studio.facts import ConceptClosed, ConceptOpened, ConceptVoted
from accord.studio.models import ConceptRow, VoteRow
from accord.studio.records import Concept, Take
from accord.studio.rules import may
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere, Refusal, Refused

SMALLEST, LARGEST = 5, 500
LONGEST_QUESTION = 200
AUDIENCE = "audience"
DECIDED, EVERYBODY, STOPPED = "decided", "everybody voted", "stopped by its creator"


def open_concept(first: str, second: str, question: str, audience: int, at: Instant, actor: str) -> str:
    """Ask `audience` people which of two takes of one session they prefer; returns the test's id. Raises: BadInput, Refused."""
    if not SMALLEST <= audience <= LARGEST:
        raise BadInput(f"an audience of {audience} cannot be asked", do=f"ask {SMALLEST} to {LARGEST} people")
    if len(question) > LONGEST_QUESTION:
        raise BadInput("the question is too long", do=f"say it in {LONGEST_QUESTION} letters")
    with writing(actor, at) as journal:
        pair = [studio.take(SYSTEM, name) for name in (first, second)]
        if first == second or pair[0].session != pair[1].session:
            raise BadInput("these are not two takes of one session", do="name two different ones")
        for take in pair:
            _heard(take)
            outward.released(take, permission.again(take, at, keep_for=actor), at, actor)
        concept = journal.mint("con")
        journal.append(
            ConceptOpened(
                concept=concept, creator=pair[0].creator, session=pair[0].session, first=first, second=second,
                question=question.strip() or "Which one do you want to hear again?", audience=audience,
            )
        )  # fmt: skip
    return concept


def vote(concept: str, take: str, viewer: Viewer, at: Instant) -> Concept:
    """One vote of a signed-in person. Raises: Refused for a second one, after the end, for one's own; BadInput; NotThere."""
    ballot = _ballot(concept, viewer.account or "")
    with writing(AUDIENCE, at) as journal:  # whose vote it is stands nowhere, not in the actor either
        found = by_id(concept)
        if take not in (found.first, found.second):
            raise BadInput(f"`{take}` is not one of the two", do="vote for one that is heard here")
        if viewer.acts_for(found.creator):
            raise _no("own-concept", found, "this is your own test", "send its link to others")
        if found.closed:
            raise _no("concept-closed", found, f"this test has ended: {found.closed}", "its result is on the page")
        if VoteRow.objects.filter(key=f"{concept}/{ballot}").exists():
            raise _no("voted-already", found, "you have voted here, and one person votes once", "send the link on")
        journal.append(ConceptVoted(concept=concept, ballot=ballot, take=take))
        after = by_id(concept)
        _end_when_due(journal, after)
    return by_id(concept)


def close(concept: str, at: Instant, actor: str) -> Concept:
    """End a test before it is decided. Raises: NotThere; Refused when it has ended."""
    with writing(actor, at) as journal:
        found = by_id(concept)
        if found.closed:
            raise _no("concept-closed", found, f"this test has ended: {found.closed}", "open another")
        journal.append(ConceptClosed(concept=concept, why=STOPPED))
    return by_id(concept)


def by_id(concept: str) -> Concept:
    """One test. Raises: NotThere."""
    row = ConceptRow.objects.filter(id=concept).first()
    if row is None:
        raise NotThere(f"there is no concept test `{concept}`")
    votes = list(VoteRow.objects.filter(concept=concept).values_list("take", flat=True))
    return Concept(
        id=row.id, creator=row.creator, session=row.session, first=row.first, second=row.second, question=row.question,
        audience=row.audience, votes_first=votes.count(row.first), votes_second=votes.count(row.second), at=row.at,
        closed=row.closed,
    )  # fmt: skip


def of_session(session: str) -> list[Concept]:
    """The tests of a session, oldest first."""
    return [by_id(row.id) for row in ConceptRow.objects.filter(session=session).order_by("position")]


def mark(concept: str) -> str:
    """What the link to a test ends with: nobody else can make it."""
    return salted_hmac("accord.studio.concept", concept, algorithm="sha256").hexdigest()[:24]


def behind(concept: str, given: str) -> Concept:
    """The test that a link leads to. Raises: NotThere for a link that was not given out."""
    found = by_id(concept)
    if not constant_time_compare(mark(concept), given):
        raise NotThere("this link leads to no test")
    return found


def listen(found: Concept, take_id: str, at: Instant) -> bytes:
    """One of the two takes, at the quieter one's loudness, as long as it may be heard. Raises: NotThere, Refused."""
    pair = {name: studio.take(SYSTEM, name) for name in (found.first, found.second)}
    if take_id not in pair:
        raise NotThere(f"take `{take_id}` is not in this test")
    _heard(pair[take_id])
    permission.again(pair[take_id], at)
    known = [take.figures.loudness_lufs for take in pair.values() if take.figures]
    return studio.listen(SYSTEM, take_id, min(known) if len(known) == 2 else None)


def has_voted(found: Concept, viewer: Viewer) -> bool:
    """Whether this person has voted here."""
    return (
        viewer.account is not None
        and VoteRow.objects.filter(key=f"{found.id}/{_ballot(found.id, viewer.account)}").exists()
    )


def sees_result(found: Concept, viewer: Viewer) -> bool:
    """Its maker and the platform at any time, everybody when it has ended: nobody votes with the others in sight."""
    return found.closed is not None or viewer.acts_for(found.creator) or viewer.has(Role.PRODUCT)


def _end_when_due(journal: Writer, found: Concept) -> None:
    """The stop rule: the interval leaves a half out, or everybody voted."""
    if voting.standing(found.votes_first, found.votes).leads is not None:
        journal.append(ConceptClosed(concept=found.id, why=DECIDED))
    elif found.votes >= found.audience:
        journal.append(ConceptClosed(concept=found.id, why=EVERYBODY))


def _ballot(concept: str, account: str) -> str:
    return salted_hmac(f"accord.studio.ballot.{concept}", account, algorithm="sha256").hexdigest()


def _heard(take: Take) -> None:
    refusal = may("listen", take, studio.holds_on(take))
    if refusal is not None:
        raise Refused(refusal)


def _no(code: str, found: Concept, because: str, hint: str) -> Refused:
    return Refused(Refusal(code=f"studio.{code}", because=because, hint=hint, subject=found.id))
