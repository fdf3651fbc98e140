"""The maker's yes to remixes of a released creation, and what was made with it (shell).

The studio keeps the yes and asks it of every remix; it is said here because only what is released is heard by others.
"""

from __future__ import annotations

import msgspec

from accord.governance import queries as governance
from accord.governance.records import Feature
from accord.journal.actions import writing
from accord.parties.viewer import SYSTEM
from accord.provenance import queries
from accord.provenance.models import ReleaseRow
from accord.studio import leave, serving
from accord.studio import queries as studio
from accord.studio.descent import models_of
from accord.studio.records import Creation, Leave
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, Refusal, Refused
from accord.terms.use import Use


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a maker says to remixes of a creation in one feature: `leave` is the yes that stands, if one does."""

    feature: str
    name: str
    leave: Leave | None


def say(creation: str, feature: str, answer: str, at: Instant, actor: str) -> None:
    """Record its maker's answer, `yes` or `no`, to remixes of a creation in a feature. A no is heard at once, and never refused.

    Raises: NotThere, BadInput; Refused for a yes to what is not released, or in a feature that a model in it does not serve.
    """
    if answer not in ("yes", "no"):
        raise BadInput(f"`{answer}` is not an answer", do="yes or no")
    with writing(actor, at):
        found = studio.creation(SYSTEM, creation)
        if answer == "no":
            leave.take_back(creation, feature, at, actor)
            return
        released = queries.releases(creation=creation)
        if not released:
            raise Refused(
                Refusal(
                    code="provenance.not-released",
                    because=f"creation {creation} is not released, or is offered no more, so others do not hear it",
                    hint="say yes to remixes once it is released; product releases it",
                    subject=creation,
                )
            )
        leave.give(found, released[0].id, feature, at, actor)


def said(creation: Creation) -> list[Said]:
    """What its maker says to remixes of a creation, for each live feature that makes them and each with a yes that stands."""
    standing = {one.feature: one for one in leave.leaves([creation.id]) if one.because is None}
    return [
        Said(feature=feature.id, name=feature.name, leave=standing.get(feature.id))
        for feature in governance.features().values()
        if feature.id in standing or (_remixes(feature) and _may_be_laid(creation, feature.id))
    ]


def made_with(creation: str) -> list[Creation]:
    """The released creations that a creation is heard in, at any depth."""
    released = ReleaseRow.objects.filter(withdrawn=None, creation__in=leave.heard_in(creation))
    return studio.creations(released.values_list("creation", flat=True))


def _may_be_laid(creation: Creation, feature: str) -> bool:
    """Whether something is heard in it, and every model that wrote in it serves this feature."""
    models = models_of(creation)
    return bool(creation.lineage or models) and all(serving.where(model, feature) for model in models)


def _remixes(feature: Feature) -> bool:
    return feature.live and Use.REMIX in feature.uses
