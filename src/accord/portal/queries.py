"""What crosses rooms: where a viewer starts, and what taking a yes back would touch."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from accord.attribution import queries as attribution
from accord.catalog import queries as catalog
from accord.deals import queries as deals
from accord.governance import queries as governance
from accord.integrity import queries as integrity
from accord.participation import queries as participation
from accord.parties import queries as parties
from accord.parties.viewer import Role, Viewer
from accord.payouts import queries as payouts
from accord.provenance import queries as provenance
from accord.studio import queries as studio
from accord.terms.refusal import NotThere
from accord.terms.use import Use
from accord.training import queries as training


class BlastRadius(msgspec.Struct, frozen=True, kw_only=True):
    """What taking a yes back would touch, before it is taken back (law 5).

    `quarter_micros` is what the assets in the creations concerned earned in the last closed period, all parties together and
    in other creations too: the most that is touched, not exactly what is.
    """

    assets: tuple[str, ...]
    sets: tuple[str, ...]
    models: tuple[str, ...]
    features: tuple[str, ...]
    creations: tuple[str, ...]
    quarter_micros: int
    currency: str
    period: str
    deals: tuple[str, ...]
    retire_within_days: int | None
    may_serve_until: bool


def blast_radius(viewer: Viewer, person: str, use: Use, feature: str, asset: str | None = None) -> BlastRadius:
    """What a person's no to a use in a feature would touch. Raises: NotThere for another's."""
    participation.standing(viewer, person)  # whose eyes this is for
    touched = training.touched_by(person, use, feature) if use is Use.TRAIN else None
    if asset is not None:
        _check_theirs(person, asset)
    theirs = {asset} if asset else _reach(person)
    creations = _creations(theirs, set(touched.models) if touched else set(), feature)
    earned, currency, period = _earned(set(creations))
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
        period=period,
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


def _earned(creations: set[str]) -> tuple[int, str, str]:
    """(micros, currency, period) that the assets in these creations earned in the last closed period: the most that is touched."""
    closed = payouts.periods()
    if not closed or not creations:
        return 0, "EUR", closed[-1].text if closed else ""
    period = closed[-1].text
    sources = Counter[str]()
    for creation in creations:
        try:
            sources.update(row.subject for row in attribution.attribution(creation).rows)
        except NotThere:
            continue
    lines = payouts.lines(period).to_pylist()
    return sum(line["amount_micros"] for line in lines if line["subject"] in sources), "EUR", period


def _deals(feature: str, use: Use) -> list[str]:
    return sorted(
        {g.deal for g in deals.grants() if feature in g.features and use in g.uses and g.states[-1][1] == "active"}
    )


def start(viewer: Viewer) -> list[dict[str, Any]]:
    """The cards of a viewer's start page: (title, the one number, what it is, where it leads), in order of urgency."""
    cards: list[dict[str, Any]] = []
    for role, make in _CARDS:
        if viewer.has(role):
            cards += make(viewer)
    return cards


def _card(title: str, number: int | str, about: str, path: str) -> dict[str, Any]:
    return {"title": title, "number": number, "about": about, "path": path}


def _artist(viewer: Viewer) -> list[dict[str, Any]]:
    people = sorted(viewer.parties)
    answered = {(c.feature, c.use) for p in people for c in participation.standing(viewer, p)}
    waiting = {(a.feature, a.use) for a in participation.asked(people)} - answered
    return [
        _card("Your choices", len(waiting), "questions wait for your answer; until then they count as no", "/choices"),
        _card(
            "Your music",
            sum(len(catalog.credited(p)) for p in people),
            "works and recordings you are credited on",
            "/catalog" if viewer.has(Role.RIGHTSHOLDER) else "/choices",
        ),
        *_money(viewer),
    ]


def _money(viewer: Viewer) -> list[dict[str, Any]]:
    heads = payouts.statements(viewer)
    return [_card("Your statements", len(heads), "line by line, back to the listens", "/statements")]


def _rightsholder(viewer: Viewer) -> list[dict[str, Any]]:
    mine = deals.deals(viewer)
    waiting = sum(deal.state == "approved" and "licensor" not in deal.signatures for deal in mine)
    return [
        _card("Your deals", waiting, "wait for your signature", "/deals"),
        _card("Your deliveries", len(catalog.deliveries(viewer)), "messages read", "/catalog"),
        *_money(viewer),
    ]


def _creator(viewer: Viewer) -> list[dict[str, Any]]:
    live = sum(feature.live for feature in governance.features().values())
    return [
        _card("Studio", live, "features are live: make something", "/studio"),
        _card("Your creations", len(studio.creations(viewer=viewer)), "so far", "/creations?mine=1"),
        _card("Your cases", len(integrity.cases(viewer)), "about what you made or uploaded", "/cases"),
        *_money(viewer),
    ]


def _desk(viewer: Viewer) -> list[dict[str, Any]]:
    found = deals.deals(viewer)
    waiting = sum(deal.state in ("negotiation", "approved", "signed") for deal in found)
    return [_card("Deal desk", waiting, "deals wait for a step", "/deals")]


def _launches(viewer: Viewer) -> list[dict[str, Any]]:
    open_ones = sum(not feature.live for feature in governance.features().values())
    return [_card("Launch board", open_ones, "features are not live", "/features")]


def _trust(viewer: Viewer) -> list[dict[str, Any]]:
    return [_card("Cases", integrity.open_cases(), "wait for a reader", "/cases")]


def _finance(viewer: Viewer) -> list[dict[str, Any]]:
    balance = payouts.trial_balance()
    words = "the books balance, to the micro" if balance.balanced else "the books do NOT balance"
    return [_card("Periods closed", len(payouts.periods()), words, "/statements")]


_CARDS = (
    (Role.ARTIST, _artist),
    (Role.RIGHTSHOLDER, _rightsholder),
    (Role.CREATOR, _creator),
    (Role.LICENSING, _desk),
    (Role.LEGAL, _desk),
    (Role.PRODUCT, _desk),
    (Role.LEGAL, _launches),
    (Role.PRODUCT, _launches),
    (Role.COMMS, _launches),
    (Role.TRUST, _launches),
    (Role.TRUST, _trust),
    (Role.FINANCE, _finance),
)


def everybody() -> dict[str, int]:
    """The numbers that the public start page shows."""
    features = governance.features().values()
    return {
        "released": len(provenance.releases()),
        "live": sum(feature.live for feature in features),
        "features": len(features),
    }
