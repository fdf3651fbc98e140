"""Rows about licences: when a deal was approved, and when what it names was first there to use."""

from __future__ import annotations

from accord.deals import queries as deals
from accord.deals.records import Deal, DealState
from accord.governance import queries as governance
from accord.governance.records import Feature, FeatureState
from accord.insights.durations import Row
from accord.parties.viewer import SYSTEM
from accord.terms.instant import Instant


def cycles(at: Instant) -> list[Row]:
    """One row per deal approved by ``at`` and feature it names."""
    features = governance.features()
    rows = []
    for deal in deals.deals(SYSTEM):
        approved = [since for since, state in deal.states if state is DealState.APPROVED and since <= at]
        if not approved or deal.draft is None:
            continue
        named = sorted({name for clause in deal.draft.terms.clauses for name in clause.features})
        for name in named:
            available = available_from(deal, features[name]) if name in features else None
            ended = available if available is not None and available <= at else None
            rows.append(Row(id=f"{deal.id}/{name}", began_at=approved[-1], ended_at=ended, label=name))
    return rows


def available_from(deal: Deal, feature: Feature) -> Instant | None:
    """The first instant at which the deal is active and the feature live; None when that never was."""
    instants = sorted({at for at, _ in deal.states} | {at for at, _ in feature.states})
    for at in instants:
        if _state(deal, at) is DealState.ACTIVE and feature.state_at(at) is FeatureState.LIVE:
            return at
    return None


def _state(deal: Deal, at: Instant) -> DealState | None:
    standing = None
    for since, state in deal.states:
        if since <= at:
            standing = state
    return standing
