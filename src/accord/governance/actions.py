"""The doors into governance: each takes the writer's lock, reads, decides by the rules, and appends facts.

`launch` here trusts the counts it is given; the public door that counts cleared catalogue first is
`accord.clearance.actions.launch`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from accord.governance import facts, models, queries, rules
from accord.governance.records import PRO_RATA, Feature, Office, Policy, PoolModel, Split
from accord.journal.actions import writing
from accord.parties import queries as parties
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere, Refusal, Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import Use


def propose_feature(
    feature: str,
    name: str,
    uses: Iterable[Use | str],
    territories: TerritorySet,
    at: Instant,
    actor: str,
    *,
    purpose: str = "",
    commercial: bool = False,
    minimum_grade: Mapping[str, int] | None = None,
    needs_works: int = 0,
    needs_recordings: int = 0,
) -> str:
    """Put a feature on the launch board. Returns its id. Raises: BadInput, and when the id is taken."""
    wanted = frozenset(_use(use) for use in uses)
    least = {_use(use): grade for use, grade in (minimum_grade or {}).items()}
    rules.check_proposal(feature, wanted, territories, least, (needs_works, needs_recordings))
    with writing(actor=actor, at=at) as journal:
        if models.FeatureRow.objects.filter(id=feature).exists():
            raise BadInput(f"there is a feature `{feature}` already", do="choose another id")
        journal.append(
            facts.FeatureProposed(
                feature=feature,
                name=name or feature,
                purpose=purpose,
                uses=tuple(sorted(wanted)),
                territories=territories,
                commercial=commercial,
                minimum_grade=tuple(facts.LeastGrade(use=use, grade=least[use]) for use in sorted(least)),
                needs_works=needs_works,
                needs_recordings=needs_recordings,
            )
        )
    return feature


def publish_policy(
    feature: str,
    at: Instant,
    actor: str,
    *,
    release_label: str,
    participation: str,
    prompt_boundaries: Iterable[str] = (),
    review: str = "",
    export: bool = False,
    text: str = "",
) -> Policy:
    """Publish the next version of a feature's policy; sign-offs given before no longer count."""
    with writing(actor=actor, at=at) as journal:
        standing = _standing(feature, at)
        rules.check_changeable(standing, "policy")
        policy = Policy(
            version=standing.policy_version + 1,
            release_label=release_label,
            participation=participation,
            prompt_boundaries=tuple(prompt_boundaries),
            review=review,
            export=export,
            text=text,
        )
        rules.check_policy(standing, policy)
        journal.append(
            facts.PolicyPublished(
                feature=feature,
                policy_version=policy.version,
                release_label=release_label,
                participation=participation,
                prompt_boundaries=policy.prompt_boundaries,
                review=review,
                export=export,
                text=text,
            )
        )
    return policy


def publish_split(
    feature: str,
    sources_ppm: int,
    model_ppm: int,
    cocreator_ppm: int,
    at: Instant,
    actor: str,
    model: PoolModel = PRO_RATA,
) -> Split:
    """Publish the next version of a feature's split between kinds, and how its pools weigh listens.

    Sign-offs given before no longer count.
    """
    with writing(actor=actor, at=at) as journal:
        standing = _standing(feature, at)
        rules.check_changeable(standing, "split")
        split = Split(
            version=standing.split_version + 1,
            sources_ppm=sources_ppm,
            model_ppm=model_ppm,
            cocreator_ppm=cocreator_ppm,
            model=model,
        )
        rules.check_split(split)
        rules.check_pool_model(model)
        journal.append(
            facts.SplitPublished(
                feature=feature,
                split_version=split.version,
                sources_ppm=sources_ppm,
                model_ppm=model_ppm,
                cocreator_ppm=cocreator_ppm,
                model=None if model == PRO_RATA else model,
            )
        )
    return split


def open_controls(feature: str, at: Instant, actor: str) -> None:
    """Let artists and songwriters choose. Raises: Refused before a policy and a split are published."""
    with writing(actor=actor, at=at) as journal:
        rules.check_controls(_standing(feature, at))
        journal.append(facts.ControlsOpened(feature=feature))


def sign_off(feature: str, office: Office | str, at: Instant, actor: str) -> None:
    """Record an office's yes to the policy and split in force. Raises: Refused when it has given it already."""
    named = _office(office)
    with writing(actor=actor, at=at) as journal:
        standing = _standing(feature, at)
        rules.check_sign_off(standing, named)
        journal.append(
            facts.SignedOff(
                feature=feature,
                office=named,
                policy_version=standing.policy_version,
                split_version=standing.split_version,
            )
        )


def launch(
    feature: str,
    cleared_works: int,
    cleared_recordings: int,
    at: Instant,
    actor: str,
    further: tuple[Refusal, ...] = (),
) -> None:
    """Take a feature live. ``further`` are gaps that lower rooms found (floors of deals, holds).

    Raises: Refused naming everything that is missing; the attempt is kept as a fact either way, unless the caller
    holds the writer's lock itself and lets the refusal undo its own transaction.
    """
    with writing(actor=actor, at=at) as journal:
        standing = _standing(feature, at)
        gaps = rules.launch_gaps(standing, cleared_works, cleared_recordings, queries.consultations(feature), at)
        gaps += further
        counts = {"cleared_works": cleared_works, "cleared_recordings": cleared_recordings}
        if gaps:
            missing = tuple(gap.because for gap in gaps)
            journal.append(facts.LaunchRefused(feature=feature, missing=missing, **counts))
        else:
            journal.append(facts.FeatureLaunched(feature=feature, **counts))
    if gaps:
        raise Refused(rules.refusal(standing, gaps, "launch"))


def suspend(feature: str, reason: str, at: Instant, actor: str) -> None:
    """Take a live feature off. Raises: BadInput without a reason, Refused when it is not live."""
    if not reason.strip():
        raise BadInput("a suspension needs a reason", f"feature `{feature}`")
    with writing(actor=actor, at=at) as journal:
        rules.move(_standing(feature, at), "suspend")
        journal.append(facts.FeatureSuspended(feature=feature, reason=reason))


def resume(feature: str, reason: str, at: Instant, actor: str) -> None:
    """Take a suspended feature live again. Raises: Refused when sign-offs no longer count or a council objects."""
    with writing(actor=actor, at=at) as journal:
        standing = _standing(feature, at)
        rules.move(standing, "resume")
        gaps = rules.resume_gaps(standing, queries.consultations(feature))
        if gaps:
            raise Refused(rules.refusal(standing, gaps, "resume"))
        journal.append(facts.FeatureResumed(feature=feature, reason=reason))


def form_council(name: str, members: Iterable[str], at: Instant, actor: str) -> str:
    """Form a council of parties. Returns its id. Raises: BadInput without members, NotThere for an unknown one."""
    sitting = tuple(sorted(set(members)))
    if not sitting or not name.strip():
        raise BadInput("a council needs a name and at least one member")
    with writing(actor=actor, at=at) as journal:
        for member in sitting:
            parties.party(member)
        council = journal.mint("cou")
        journal.append(facts.CouncilFormed(council=council, name=name, members=sitting))
    return council


def consult(council: str, feature: str, question: str, answer: str, stance: str, at: Instant, actor: str) -> str:
    """Record what a council was asked and said; an objection stands in the way of a launch until it is lifted."""
    if stance not in rules.STANCES:
        raise BadInput(f"`{stance}` is not a stance", do="support, concern or object")
    if not answer.strip():
        raise BadInput("a consultation needs the council's answer", f"council `{council}`")
    with writing(actor=actor, at=at) as journal:
        queries.feature(feature)
        if not models.CouncilRow.objects.filter(id=council).exists():
            raise NotThere(f"there is no council `{council}`")
        heard = journal.mint("con")
        journal.append(
            facts.CouncilConsulted(
                consultation=heard, council=council, feature=feature, question=question, answer=answer, stance=stance
            )
        )
    return heard


def _standing(feature: str, at: Instant) -> Feature:
    """The feature as it stands, for a step taken at ``at``."""
    standing = queries.feature(feature)
    rules.check_order(standing, at)
    return standing


def _use(use: Use | str) -> Use:
    try:
        return Use(use)
    except ValueError:
        raise BadInput(f"`{use}` is not a use", do="uses: " + ", ".join(Use)) from None


def _office(office: Office | str) -> Office:
    plain = {"trust & safety": "trust", "trust-safety": "trust"}.get(str(office), str(office))
    try:
        return Office(plain)
    except ValueError:
        raise BadInput(f"`{office}` is not an office", do="offices: " + ", ".join(Office)) from None
