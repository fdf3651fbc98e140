"""`POST /v1/clearances` without the because, from the body's bytes to the answer's, for the platform's own machines (shell).

It answers what the full operation (`api.clearances`) would, value for value, or hands it on: whatever is malformed,
unknown, somebody else's or asks for the because gets `None` here and its sentence there.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from accord.clearance import keeping, queries, rules
from accord.clearance.brief import Brief, Briefs
from accord.clearance.records import Question
from accord.parties.viewer import Viewer
from accord.terms.refusal import BadInput
from accord.terms.territory import TerritorySet


class Asked(msgspec.Struct, frozen=True):
    """The body, as `api.QuestionIn`."""

    assets: list[str]
    use: str
    feature: str
    territories: str | None = None
    because: bool = True


class Told(msgspec.Struct, frozen=True):
    """The answer's document."""

    answers: list[Brief]


_decoder = msgspec.json.Decoder(Asked)
_encoder = msgspec.json.Encoder()


def at_hand(viewer: Viewer, body: bytes) -> bytes | None:
    """The answer if it is there without waiting for anything: no lock, no database, no working out."""
    asked = _asked(viewer, body)
    if asked is None:
        return None
    with keeping.at_hand() as kept:
        briefs = kept and kept.briefs_at_hand(question := _question(asked))
        return _told(briefs, asked, question) if briefs else None


def answer(viewer: Viewer, body: bytes) -> bytes | None:
    """The answer, after everything that was committed before this call was applied."""
    asked = _asked(viewer, body)
    if asked is None:
        return None
    question = _question(asked)
    with keeping.kept(question.at, whole=True) as kept:
        if kept is None or kept.state is None or question.feature not in kept.state.features:
            return None
        briefs = kept.briefs(question)
        return _told(briefs, asked, question) if briefs else None


def _asked(viewer: Viewer, body: bytes) -> Asked | None:
    """The question, if it is one for here."""
    if not queries.sees_all(viewer):
        return None
    try:
        asked = _decoder.decode(body)
        rules.use_named(asked.use)
    except (msgspec.DecodeError, BadInput):  # the full operation says what is wrong with it
        return None
    return None if asked.because or len(asked.assets) > queries.LARGEST_BATCH else asked


def _question(asked: Asked) -> Question:
    return Question(rules.use_named(asked.use), asked.feature, datetime.now(UTC))


def _told(briefs: Briefs, asked: Asked, question: Question) -> bytes | None:
    try:
        where = None if asked.territories is None else TerritorySet.parse(asked.territories).bits
        return _encoder.encode(Told(briefs.of(tuple(dict.fromkeys(asked.assets)), question, where)))
    except (KeyError, BadInput):  # an unknown asset or territory: the full operation says so
        return None
