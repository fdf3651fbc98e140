"""The decision on one asset: where it is cleared, on which agreements, under which conditions, and why not (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256

import msgspec

from accord.clearance.agreements import Agreements
from accord.clearance.because import shortfalls
from accord.clearance.records import (
    RULE_VERSION,
    Answer,
    ClearanceState,
    Grounds,
    HistoricalAnswer,
    Question,
    Shortfall,
)
from accord.clearance.requirements import Requirement, Requirements
from accord.deals.records import Conditions, Grant
from accord.participation.records import Choice
from accord.terms import instant, period
from accord.terms.refusal import BadInput
from accord.terms.territory import EMPTY, TerritorySet
from accord.terms.use import Use


def decide(state: ClearanceState, question: Question, asset: str) -> Answer:
    """The answer for one asset, asked at the state's position. Raises: BadInput for an unknown asset or feature."""
    return decide_many(state, question, [asset])[asset]


def decide_many(
    state: ClearanceState, question: Question, assets: Iterable[str], requirements: Requirements | None = None
) -> dict[str, Answer]:
    """Asset → answer, in the order asked. `requirements` are those kept for the question, if any are. Raises: BadInput."""
    check(state, question)
    requirements = requirements or Requirements(state, question)
    offered, of_feature = requirements.of_feature()
    decision_of = decision_ids(question, state.known)
    answers = {}
    for asset in assets:
        if asset not in state.assets:
            raise BadInput(f"there is no asset `{asset}`", do="name a work, recording, score or stem by its id")
        answers[asset] = _answer(requirements, question, asset, offered, of_feature, decision_of(asset))
    return answers


def where_cleared(state: ClearanceState, question: Question, assets: Iterable[str]) -> dict[str, int]:
    """Asset → where it is cleared, as bits, without any because; nowhere what is not there, or in no feature there is."""
    if question.feature not in state.features:
        return dict.fromkeys(assets, 0)
    requirements = Requirements(state, question)
    offered, of_feature = requirements.of_feature()
    for requirement in of_feature:
        offered &= ~requirement.gap
    found = {}
    for asset in assets:
        bits = offered if asset in state.assets else 0
        for requirement in requirements.of(asset) if bits else ():
            bits &= ~requirement.gap
        found[asset] = bits
    return found


def would_lose(state: ClearanceState, question: Question, no: Choice, assets: Iterable[str]) -> dict[str, int]:
    """Asset → where it is cleared and would not be any more after one person's no, as bits."""
    ids = tuple(assets)
    said = {**state.choices, no.person: (*state.choices.get(no.person, ()), no)}
    before = where_cleared(state, question, ids)
    after = where_cleared(msgspec.structs.replace(state, choices=said), question, ids)
    return {asset: before[asset] & ~after[asset] for asset in ids}


def check(state: ClearanceState, question: Question) -> None:
    """Refuse a question that cannot be asked. Raises: BadInput."""
    if question.feature not in state.features:
        there = ", ".join(sorted(state.features)) or "none yet"
        raise BadInput(f"there is no feature `{question.feature}`", do=f"features: {there}")
    period.calendar(question.at)  # an instant without an offset, or outside the calendar, has no days to decide on


def consent(state: ClearanceState, question: Question, person: str) -> TerritorySet:
    """Where a person agreed to a use in a feature, whatever it is made from: with enough grade, and without a no.

    Raises: BadInput for an unknown feature.
    """
    check(state, question)
    return TerritorySet(Agreements(state, question).consent_to_all(person))


def _answer(
    requirements: Requirements,
    question: Question,
    asset: str,
    offered: int,
    of_feature: tuple[Requirement, ...],
    decision: str,
) -> Answer:
    state = requirements.state
    asked = [*of_feature, *requirements.of(asset)]
    cleared = offered
    for requirement in asked:
        cleared &= ~requirement.gap
    short: tuple[Shortfall, ...] = ()
    if cleared != offered:
        short = shortfalls(requirements, [r for r in asked if r.gap & offered], offered)
    grounds = _grounds(requirements, asset, asked, cleared)
    return Answer(
        decision=decision,
        asset=asset,
        use=question.use,
        feature=question.feature,
        at=question.at,
        known=state.known,
        rule_version=RULE_VERSION,
        offered=TerritorySet(offered),
        cleared=TerritorySet(cleared),
        shortfalls=short,
        deals=grounds.deals,
        choices=grounds.choices,
        conditions=grounds.conditions,
    )


def grounds(requirements: Requirements, asset: str, cleared: int) -> Grounds:
    """On what a yes in these territories rests, for an asset that is cleared there."""
    return _grounds(requirements, asset, requirements.of(asset), cleared)


def _grounds(requirements: Requirements, asset: str, asked: Iterable[Requirement], cleared: int) -> Grounds:
    grants, choices = _relied_on(requirements, asked, cleared)
    return Grounds(
        deals=tuple(sorted({grant.deal for grant in grants})),
        choices=tuple(sorted(choices)),
        conditions=strictest((g.conditions for g in grants), non_commercial(requirements, asset)),
    )


def _relied_on(requirements: Requirements, asked: Iterable[Requirement], cleared: int) -> tuple[list[Grant], set[str]]:
    """The grants and the choices that carry the yes, where there is one."""
    grants: list[Grant] = []
    choices: set[str] = set()
    if not cleared:
        return grants, choices
    agreements, assets = requirements.agreements, requirements.state.assets
    for one in asked:
        if one.party is None or not one.need & cleared:
            continue
        asset = assets[one.subject]
        if one.code == "clearance.no-deal" and one.right is not None:
            for grant, where, opted_in in agreements.grants_reaching(one.party, one.right, asset):
                if here := where & one.need & cleared:
                    grants.append(grant)
                    choices |= agreements.relied_on(opted_in, asset, here) if opted_in else set()
        elif one.code == "clearance.no-yes":
            choices |= agreements.relied_on(one.party, asset, one.need & cleared)
    return grants, choices


def strictest(conditions: Iterable[Conditions], non_commercial: bool = False) -> Conditions:
    """Several grants' conditions as one: every line is shown, every limit holds, the lowest cap counts."""
    found = list(conditions)
    caps = [one.monthly_cap for one in found if one.monthly_cap is not None]
    return Conditions(
        credit_line=_lines(one.credit_line for one in found),
        label_text=_lines(one.label_text for one in found),
        no_export=any(one.no_export for one in found),
        non_commercial=non_commercial or any(one.non_commercial for one in found),
        model_version_bound=any(one.model_version_bound for one in found),
        monthly_cap=min(caps) if caps else None,
    )


def _lines(lines: Iterable[str | None]) -> str | None:
    return "; ".join(sorted({line for line in lines if line})) or None


def non_commercial(requirements: Requirements, asset: str) -> bool:
    """Whether anything the asset is made of is for non-commercial use alone."""
    return any(requirements.state.assets[part].non_commercial for part in requirements.made_of(asset)[0])


def decision_ids(question: Question, known: int) -> Callable[[str], str]:
    """Asset → the decision's id: the same question under the same rule at the same position always carries the same."""
    parts = ["", question.use.value, question.feature, instant.text(question.at), str(known), RULE_VERSION]
    if question.before_launch:
        parts.append("before-launch")
    rest = "\n".join(parts)
    return lambda asset: "dec_" + sha256((asset + rest).encode()).hexdigest()[:24]


def as_history(answer: Answer) -> HistoricalAnswer:
    """The same answer as a record of the past."""
    return HistoricalAnswer(
        decision=answer.decision,
        asset=answer.asset,
        use=answer.use,
        feature=answer.feature,
        at=answer.at,
        known=answer.known,
        rule_version=answer.rule_version,
        was_cleared=answer.cleared,
        shortfalls=answer.shortfalls,
        deals=answer.deals,
        choices=answer.choices,
    )


def only_for(answer: Answer, parties: frozenset[str], own_deals: frozenset[str]) -> Answer:
    """The answer as somebody outside the platform may see it: the decision, and the because of one's own part.

    What others lack is said in one sentence without names, shares or terms; others' deals, choices and conditions that
    only they set are left out (law 10).
    """
    mine = tuple(s for s in answer.shortfalls if s.party in parties or s.could_grant in parties)
    others = [short for short in answer.shortfalls if short not in mine]
    if others:
        where = EMPTY
        for short in others:
            where |= short.territories
        mine += (
            Shortfall(
                code="clearance.others",
                because=f"agreements of others are missing in {len(where)} territories",
                territories=where,
                subject=answer.asset,
            ),
        )
    return msgspec.structs.replace(
        answer,
        shortfalls=mine,
        deals=tuple(deal for deal in answer.deals if deal in own_deals),
        choices=(),
        conditions=Conditions(),
    )


def use_named(text: str) -> Use:
    """The use a text names. Raises: BadInput."""
    try:
        return Use(text)
    except ValueError:
        raise BadInput(f"`{text}` is not a use", do="uses: " + ", ".join(Use)) from None
