"""What crosses rooms: what taking a yes back would touch."""

from __future__ import annotations

import re
from collections import Counter

import msgspec

from accord.attribution import queries as attribution
from accord.catalog import queries as catalog
from accord.clearance import queries as clearance
from accord.deals import queries as deals
from accord.participation import queries as participation
from accord.parties import queries as parties
from accord.parties.viewer import Viewer
from accord.payouts import queries as payouts
from accord.studio import queries as studio
from accord.studio.descent import models_of, recordings
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use
from accord.training import queries as training
from accord.training.records import Touched

MONTH = re.compile(r"(\d{4})-(\d{2})")


class BlastRadius(msgspec.Struct, frozen=True, kw_only=True):
    """What taking a yes back would touch, before it is taken back (law 5).

    `assets` are those that are cleared now somewhere and would not be. `quarter_micros` is what the assets in the creations
    concerned earned in the `periods` of the last quarter that are closed, all parties together and in other creations too:
    the most that is touched, not exactly what is. `deals` are those that what is lost rests on; models retire by
    `retire_by` (None where there is none), as the strictest of the deals they were sealed on demands, in `because`.
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
    retire_by: Instant | None
    may_serve: bool
    because: str
    releases_stay: bool
    releases_keep_paying: bool

    @property
    def period(self) -> str:
        """The periods in one word: `2026-07 to 2026-09`; empty while none is closed."""
        return " to ".join(dict.fromkeys(self.periods[:1] + self.periods[-1:]))


def blast_radius(
    viewer: Viewer,
    person: str,
    use: Use,
    feature: str,
    at: Instant,
    asset: str | None = None,
    territories: TerritorySet = WORLD,
) -> BlastRadius:
    """What a person's no to a use in a feature would touch, said at an instant. Raises: NotThere for another's."""
    participation.standing(viewer, person)  # whose eyes this is for
    if asset is not None:
        _check_theirs(person, asset)
    concerned = clearance.would_lose(person, use, feature, at, asset, territories)
    lost = {one: where for one, where in concerned.items() if where}
    touched = training.touched_by(lost, feature, at) if use is Use.TRAIN else Touched()
    creations = _creations(set(concerned), set(touched.models), feature)
    periods = last_quarter([period.text for period in payouts.periods()])
    currency, earned = _earned(set(creations), periods)
    resting = sorted(clearance.relied_on(sorted(lost), use, feature, at))
    terms = [deals.revocation(deal) for deal in resting]
    return BlastRadius(
        assets=tuple(sorted(lost)),
        sets=touched.sets,
        models=touched.models,
        features=(feature,),
        creations=tuple(creations),
        quarter_micros=earned,
        currency=currency,
        periods=periods,
        deals=tuple(resting),
        retire_by=touched.sunset.at if touched.sunset else None,
        may_serve=touched.sunset is None or touched.sunset.may_serve,
        because=touched.sunset.because if touched.sunset else "",
        releases_stay=all(one.releases_stay for one in terms),
        releases_keep_paying=all(one.releases_keep_paying for one in terms),
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
        if c.feature == feature and not (models.isdisjoint(models_of(c)) and assets.isdisjoint(recordings(c.lineage)))
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
        divided = payouts.as_closed(period)
        currencies = {pool.number: pool.currency for pool in divided.pools}
        for (pool,), amount in divided.sums("pool", subject=sorted(sources)).items():
            sums[currencies[pool]] += amount
    return max(sums.items(), key=lambda pair: pair[1], default=("", 0))
