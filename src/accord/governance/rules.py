"""The decisions of governance: what a proposal must say, which step may follow which, and what a launch still lacks.

Pure: each function takes what stands and what is asked, and gives back nothing, a state, or refusals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from accord.governance.records import (
    PRO_RATA,
    USER_CENTRIC,
    WHOLE_PPM,
    Consultation,
    Feature,
    FeatureState,
    Office,
    Policy,
    PoolModel,
    Split,
)
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, Refusal, Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import INWARD, Use

#: (state, step) → state. A step that is not here is refused.
MOVES: Mapping[tuple[FeatureState, str], FeatureState] = {
    (FeatureState.PROPOSED, "open-controls"): FeatureState.CONTROLS_OPEN,
    (FeatureState.CONTROLS_OPEN, "launch"): FeatureState.LIVE,
    (FeatureState.LIVE, "suspend"): FeatureState.SUSPENDED,
    (FeatureState.SUSPENDED, "resume"): FeatureState.LIVE,
}
WORDS: Mapping[Office, str] = {
    Office.LEGAL: "legal",
    Office.PRODUCT: "product",
    Office.TRUST: "trust & safety",
    Office.COMMS: "comms",
}
STANCES = ("support", "concern", "object")

LARGEST_CAP = 100_000
LARGEST_BOOST = 10


def move(feature: Feature, step: str) -> FeatureState:
    """The state after ``step``. Raises: Refused when it may not follow the state the feature is in."""
    after = MOVES.get((feature.state, step))
    if after is None:
        possible = sorted(name for state, name in MOVES if state is feature.state)
        raise Refused(
            Refusal(
                code="governance.step",
                because=f"`{feature.id}` is {feature.state.value}: `{step}` does not follow from that",
                hint="possible now: " + ", ".join(possible),
                subject=feature.id,
            )
        )
    return after


def check_order(feature: Feature, at: Instant) -> None:
    """Raises: BadInput for a step dated before the last one: nobody signs off or opens controls in hindsight."""
    last = max([feature.states[-1][0], *(sign.at for sign in feature.sign_offs)])
    if at < last:
        raise BadInput(
            f"`{feature.id}` had its last step on {last:%Y-%m-%d %H:%M} UTC",
            why=f"{at:%Y-%m-%d %H:%M} UTC lies before it",
            do="date the step when it is taken",
        )


def check_proposal(
    feature: str, uses: frozenset[Use], territories: TerritorySet, least: Mapping[Use, int], needs: tuple[int, int]
) -> None:
    """Raises: BadInput when a proposal has no name, no use of sources, no territory, or odd grades.

    Beside its uses of sources a feature may name what becomes of its creations (`listen`, `share` …), which then needs
    its own yeses.
    """
    where = f"feature `{feature}`"
    if not feature or not all(part.isalnum() for part in feature.split("-")) or feature != feature.lower():
        raise BadInput(f"`{feature}` is not a name for a feature", do="use small letters, digits and hyphens")
    if not uses:
        raise BadInput("a feature needs at least one use", where, do="name uses such as train or remix")
    if not uses & INWARD:
        outward = min(use.value for use in uses)
        raise BadInput(
            f"`{outward}` is a use of creations, and there are none without a use of sources",
            where,
            do="name one such as train or remix too",
        )
    if not territories:
        raise BadInput("a feature needs at least one territory", where, do="write WORLD or codes such as DE+FR")
    for use, grade in least.items():
        if use not in uses:
            raise BadInput(f"a minimum grade for `{use.value}`, which the feature does not use", where)
        if not 1 <= grade <= 4:
            raise BadInput(f"`{grade}` is not a grade", where, do="1 blanket, 2 label clause, 3 mandate, 4 person")
    if min(needs) < 0:
        raise BadInput("a launch cannot need fewer than no works or recordings", where)


def check_split(split: Split) -> None:
    """Raises: BadInput when a part is negative or the parts do not sum to exactly 1,000,000."""
    parts = (split.sources_ppm, split.model_ppm, split.cocreator_ppm)
    if min(parts) < 0 or sum(parts) != WHOLE_PPM:
        raise BadInput(
            f"the split {' + '.join(map(str, parts))} sums to {sum(parts)}",
            why="sources, model and co-creator share the whole pool",
            do="give parts per million, none negative, that sum to 1000000",
        )


def check_pool_model(model: PoolModel) -> None:
    """Raises: BadInput when a pool could not be weighed so."""
    if model.name not in ("pro-rata", "user-centric", "artist-centric"):
        raise BadInput(f"`{model.name}` is no model of a pool", do="use pro-rata, user-centric or artist-centric")
    if model.name == "pro-rata" and model != PRO_RATA:
        raise BadInput("a pro-rata pool has no cap and no boost", do="leave them out, or call it artist-centric")
    if model.name == "user-centric" and model != USER_CENTRIC:
        raise BadInput(
            "a user-centric pool has a cap of 1 and no boost", do="leave them out, or call it artist-centric"
        )
    if model != PRO_RATA and not 1 <= model.cap <= LARGEST_CAP:
        raise BadInput(f"the cap {model.cap} is no number of listens", do=f"give 1 to {LARGEST_CAP:,}")
    if not 1 <= model.boost <= LARGEST_BOOST or min(model.boost_plays, model.boost_listeners) < 0:
        raise BadInput(
            f"the boost {model.boost} for {model.boost_plays} listens by {model.boost_listeners} people cannot be",
            do=f"give 1 to {LARGEST_BOOST} times, and numbers that are not negative",
        )


def check_policy(feature: Feature, policy: Policy) -> None:
    """Raises: BadInput when the release label or the participation terms are missing: people must know what a yes is to."""
    for name, value in (("release_label", policy.release_label), ("participation", policy.participation)):
        if not value.strip():
            raise BadInput(f"the policy of `{feature.id}` has no `{name}`", do="write it as a sentence people can read")


def check_changeable(feature: Feature, what: str) -> None:
    """Raises: Refused while the feature is live: what was signed off is what runs."""
    if feature.state is FeatureState.LIVE:
        raise Refused(
            Refusal(
                code="governance.live",
                because=f"the {what} of `{feature.id}` cannot change while it is live",
                hint="suspend it, publish, collect the four sign-offs anew, resume",
                subject=feature.id,
            )
        )


def check_controls(feature: Feature) -> None:
    """Raises: Refused unless a policy and a split are published: nobody is asked before they can read to what."""
    move(feature, "open-controls")
    missing = _published(feature)
    if missing:
        raise Refused(
            Refusal(
                code="governance.controls",
                because=f"participation controls of `{feature.id}` cannot open yet",
                details=tuple(line.because for line in missing),
                hint="publish what is missing first",
                subject=feature.id,
            )
        )


def check_sign_off(feature: Feature, office: Office) -> None:
    """Raises: Refused when there is nothing to sign yet, or the office has signed these versions already."""
    missing = _published(feature)
    if missing:
        raise Refused(
            Refusal(
                code="governance.nothing-to-sign", because=missing[0].because, hint=missing[0].hint, subject=feature.id
            )
        )
    if office in signed(feature):
        raise Refused(
            Refusal(
                code="governance.signed-already",
                because=f"{WORDS[office]} has signed off policy {feature.policy_version} and split"
                f" {feature.split_version} of `{feature.id}` already",
                subject=feature.id,
            )
        )


def signed(feature: Feature) -> frozenset[Office]:
    """The offices whose sign-off counts: those given to the policy and split versions in force now."""
    return frozenset(
        sign.office
        for sign in feature.sign_offs
        if (sign.policy_version, sign.split_version) == (feature.policy_version, feature.split_version)
    )


def launch_gaps(
    feature: Feature, cleared_works: int, cleared_recordings: int, consultations: Iterable[Consultation], at: Instant
) -> tuple[Refusal, ...]:
    """Everything a launch at ``at`` still lacks, one refusal each; empty when the feature may go live."""
    gaps = list(_state_gaps(feature, at))
    gaps += _published(feature)
    gaps += _sign_off_gaps(feature)
    gaps += _objections(feature, consultations)
    for have, need, noun in (
        (cleared_works, feature.needs_works, "works"),
        (cleared_recordings, feature.needs_recordings, "recordings"),
    ):
        if have < need:
            gaps.append(
                Refusal(
                    code=f"governance.too-few-{noun}",
                    because=f"{have} {noun} are cleared, {need} are needed",
                    hint=f"agree deals and ask people until {need - have} more are cleared",
                    subject=feature.id,
                )
            )
    return tuple(gaps)


def resume_gaps(feature: Feature, consultations: Iterable[Consultation]) -> tuple[Refusal, ...]:
    """Everything a suspended feature lacks before it may go live again."""
    return (*_published(feature), *_sign_off_gaps(feature), *_objections(feature, consultations))


def refusal(feature: Feature, gaps: tuple[Refusal, ...], step: str) -> Refusal:
    """The gaps as one refusal that names each of them."""
    return Refusal(
        code=f"governance.{step}",
        because=f"`{feature.id}` cannot {step}: {len(gaps)} thing{'s are' if len(gaps) > 1 else ' is'} missing",
        details=tuple(gap.because for gap in gaps),
        hint=gaps[0].hint if len(gaps) == 1 else "each line says what would change it",
        subject=feature.id,
    )


def _state_gaps(feature: Feature, at: Instant) -> Iterable[Refusal]:
    if feature.state is FeatureState.PROPOSED:
        yield Refusal(
            code="governance.controls-closed",
            because="participation controls are not open",
            hint="open them, and give people time to choose",
            subject=feature.id,
        )
    elif feature.state is not FeatureState.CONTROLS_OPEN:
        yield Refusal(
            code="governance.step",
            because=f"it is {feature.state.value} already",
            hint="resume it" if feature.state is FeatureState.SUSPENDED else "",
            subject=feature.id,
        )
    elif feature.states[-1][0] >= at:
        yield Refusal(
            code="governance.controls-too-late",
            because="participation controls did not open before the launch",
            hint="launch after people could choose",
            subject=feature.id,
        )


def _published(feature: Feature) -> list[Refusal]:
    gaps = []
    if feature.policy is None:
        gaps.append(
            Refusal(
                code="governance.no-policy",
                because="no policy is published",
                hint="publish prompt boundaries, release label and participation terms",
                subject=feature.id,
            )
        )
    if feature.split is None:
        gaps.append(
            Refusal(
                code="governance.no-split",
                because="no split between sources, model and co-creator is published",
                hint="publish one in parts per million",
                subject=feature.id,
            )
        )
    return gaps


def _sign_off_gaps(feature: Feature) -> list[Refusal]:
    counted, before = signed(feature), {sign.office for sign in feature.sign_offs}
    return [
        Refusal(
            code=f"governance.no-sign-off.{office.value}",
            because=f"{WORDS[office]} has not signed off policy {feature.policy_version} and split {feature.split_version}"
            + (" (an earlier sign-off no longer counts: they changed since)" if office in before else ""),
            hint=f"ask {WORDS[office]} to sign off",
            subject=feature.id,
        )
        for office in Office
        if office not in counted
    ]


def _objections(feature: Feature, consultations: Iterable[Consultation]) -> list[Refusal]:
    latest: dict[str, Consultation] = {}
    for heard in consultations:
        if heard.feature == feature.id:
            latest[heard.council] = heard
    return [
        Refusal(
            code="governance.objection",
            because=f"the council `{heard.council}` objects: {heard.answer}",
            hint="answer it and consult the council again",
            subject=feature.id,
        )
        for _, heard in sorted(latest.items())
        if heard.stance == "object"
    ]
