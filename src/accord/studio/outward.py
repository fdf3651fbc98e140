"""May what was made leave, so: listened to, shared, exported? Asked of everything in it, where the feature names the use (shell)."""

from __future__ import annotations

from dataclasses import replace

from accord.clearance import actions as keep
from accord.clearance import queries as clearance
from accord.governance import queries as governance
from accord.governance.records import Feature
from accord.studio.descent import models_of, recordings
from accord.studio.permission import Allowed
from accord.studio.records import Take
from accord.terms.instant import Instant
from accord.terms.refusal import Refusal, Refused
from accord.terms.territory import WORLD
from accord.terms.use import Use
from accord.training import outsiders
from accord.training import queries as training

#: What a release does: everybody may hear it, and pass it on.
RELEASED = (Use.LISTEN, Use.SHARE)


def released(take: Take, allowed: Allowed, at: Instant, actor: str) -> Allowed:
    """`allowed`, only where the outward uses that the feature names for a release are cleared too. Raises: Refused."""
    feature = governance.feature(take.feature)
    for model in models_of(take):
        if outsiders.find(model) is not None:
            outsiders.check_released(model, RELEASED)
    for use in RELEASED:
        if use in feature.uses:
            allowed = _also(take, allowed, use, at, actor)
    return allowed


def exported(take: Take, allowed: Allowed, at: Instant, actor: str) -> Allowed:
    """`allowed`, only where everything in the take may be exported. Raises: Refused, saying who could allow it."""
    feature = governance.feature(take.feature)
    missing = stays(feature)
    if missing:
        raise Refused(
            Refusal(
                code="studio.no-export",
                because=missing,
                hint="listening and releasing here are allowed; product and legal could publish a policy with export, and "
                "those in it would be asked",
                subject=feature.id,
            )
        )
    return _also(take, allowed, Use.EXPORT, at, actor)


def stays(feature: Feature) -> str:
    """Why nothing that is made in a feature is exported, in words; nothing where it may be."""
    if Use.EXPORT not in feature.uses:
        missing = "it does not name `export` among its uses"
    else:
        missing = "" if feature.policy is not None and feature.policy.export else "its policy does not let it leave"
    return f"what is made in {feature.name} stays on the platform: {missing}" if missing else ""


def _also(take: Take, allowed: Allowed, use: Use, at: Instant, actor: str) -> Allowed:
    answers = clearance.decide_many(_inside(take), use, take.feature, at)
    where = allowed.territories & take.territories
    cleared = where
    for answer in answers.values():
        cleared = cleared & answer.cleared
    if not cleared:
        details = [f"{a}: {s.because}" for a, answer in answers.items() for s in answer.missing_in(where or WORLD)]
        raise Refused(
            Refusal(
                code="studio.use-not-cleared",
                because=f"`{use}` is cleared for everything in take {take.id} in no territory where it may be made",
                hint="those named could allow it; until then it can be heard in the studio",
                details=tuple(dict.fromkeys(details))[:12],
                subject=take.id,
            )
        )
    for answer in answers.values():
        keep.record_decision(answer, at=at, actor=actor)
    decisions = tuple(dict.fromkeys((*allowed.decisions, *(answer.decision for answer in answers.values()))))
    deals = tuple(sorted({*allowed.deals, *(deal for answer in answers.values() for deal in answer.deals)}))
    return replace(allowed, territories=cleared, decisions=decisions, deals=deals)


def _inside(take: Take) -> list[str]:
    """What the take is made of: the recordings heard in it, and what its models learned from."""
    sealed = [model for model in models_of(take) if outsiders.find(model) is None]
    learned = [item.asset for model in sealed for item in training.seal(training.model(model).seal).items]
    return list(dict.fromkeys([*recordings(take.lineage), *learned]))
