"""What crosses rooms: what taking a yes back would touch."""

from __future__ import annotations

import re
from collections import Counter

import msgspec

from accord.attribution import queries as attribution
from accord.catalog import queries as catalog
from accord.deals import queries as deals
from accord.participation import queries as participation
from accord.parties import queries as parties
from accord.parties.viewer import Viewer
from accord.payouts import queries as payouts
from accord.studio import queries as studio
from accord.terms.refusal import NotThere
from accord.terms.use import Use
from accord.training import queries as training

MONTH = re.compile(r"(\d{4})-(\d{2})")


class BlastRadius(msgspec.Struct, frozen=True, kw_only=True):
    """What taking a yes back would touch, before it is taken back (law 5).

    `quarter_micros` is what the assets in the creations concerned earned in the `periods` of the last quarter that are
    closed, all parties together and in other creations too: the most that is touched, not exactly what is.
    """

    assets: tuple[str, ...]
    sets: tuple[str, ...]
    models: tuple[str, ...]
    features: tuple[str, ...]
    creations: tuple[str, ...]
    quarter_micros: int
    currency: str
    periods: tuple[str, ...]
    deals: tuple[str, ...]
    retire_within_days: int | None
    may_serve_until: bool

    @property
    def period(self) -> str:
        """The periods in one word: `2026-07 to 2026-09`; empty while none is closed."""
        return " to ".join(dict.fromkeys(self.periods[:1] + self.periods[-1:]))


def blast_radius(viewer: Viewer, person: str, use: Use, feature: str, asset: str | None = None) -> BlastRadius:
    """What a person's no to a use in a feature would touch. Raises: NotThere for another's."""
    participation.standing(viewer, person)  # whose eyes this is for
    touched = training.touched_by(person, use, feature) if use is Use.TRAIN else None
    if asset is not None:
        _check_theirs(person, asset)
    theirs = {asset} if asset else _reach(person)
    creations = _creations(theirs, set(touched.models) if touched else set(), feature)
    periods = last_quarter([period.text for period in payouts.periods()])
    currency, earned = _earned(set(creations), periods)
    concerned = _deals(feature, use)
    terms = [deals.revocation(deal) for deal in concerned]
    return BlastRadius(
        assets=tuple(sorted(theirs)),
        sets=touched.sets if touched else (),
        models=touched.models if touched else (),
        features=(feature,),
        creations=tuple(creations),
        quarter_micros=earned,
        currency=currency,
        periods=periods,
        deals=tuple(concerned),
        retire_within_days=min((t.retire_within_days for t in terms), default=None),
        may_serve_until=all(t.may_serve_until_retired for t in terms),
    )


def _check_theirs(person: str, asset: str) -> None:
    """Raises: NotThere for an asset that the person, or a group it is in, is neither credited on nor claims."""
    together = {person} | {joined.collective for joined in parties.memberships(member=person)}
    claimed = {claim.claimant for claim in catalog.claims([asset])}
    if not together & claimed and not any(asset in _reach(one) for one in together):
        raise NotThere(f"there is no asset `{asset}` of `{person}`")


def _reach(person: str) -> set[str]:
    """Everything a person is credited on, and what was made of it."""
    found = set(catalog.credited(person))
    todo = list(found)
    while todo:
        below = {child for some in catalog.children(todo).values() for child in some} - found
        found |= below
        todo = list(below)
    return found


def _creations(assets: set[str], models: set[str], feature: str) -> list[str]:
    return [
        c.id
        for c in studio.creations()
        if c.feature == feature and (c.model in models or any(span.asset in assets for span in c.lineage))
    ]


def last_quarter(closed: list[str]) -> tuple[str, ...]:
    """The closed months of the quarter that the last closed month is in; a longer period stands for itself."""
    if not closed or not (last := MONTH.fullmatch(closed[-1])):
        return tuple(closed[-1:])
    months = [(found, period) for period in closed if (found := MONTH.fullmatch(period))]
    return tuple(period for found, period in months if _quarter(found) == _quarter(last))


def _quarter(month: re.Match[str]) -> tuple[str, int]:
    return month[1], (int(month[2]) - 1) // 3


def _earned(creations: set[str], periods: tuple[str, ...]) -> tuple[str, int]:
    """(currency, micros) that the assets in these creations earned in these periods, in the currency of the most."""
    sources = set[str]()
    for creation in creations:
        try:
            sources.update(row.subject for row in attribution.attribution(creation).rows)
        except NotThere:
            continue
    sums = Counter[str]()
    for period in periods if sources else ():
        currencies = {pool.number: pool.currency for pool in payouts.pools(period)}
        for line in payouts.lines(period).to_pylist():
            if line["subject"] in sources:
                sums[currencies[line["pool"]]] += line["amount_micros"]
    return max(sums.items(), key=lambda pair: pair[1], default=("", 0))


def _deals(feature: str, use: Use) -> list[str]:
    return sorted(
        {g.deal for g in deals.grants() if feature in g.features and use in g.uses and g.states[-1][1] == "active"}
    )
