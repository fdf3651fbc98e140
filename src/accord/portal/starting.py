"""Where a viewer starts: for each role, what waits for it and where everything is, each with its one number (shell)."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from accord.catalog import queries as catalog
from accord.catalog import visibility
from accord.deals import queries as deals
from accord.governance import queries as governance
from accord.governance.records import Feature, Office
from accord.integrity import queries as integrity
from accord.metering import queries as metering
from accord.participation import queries as participation
from accord.parties.viewer import Role, Viewer
from accord.payouts import queries as payouts
from accord.payouts.records import StatementHead
from accord.provenance import queries as provenance
from accord.studio import queries as studio
from accord.studio import stopped
from accord.studio.records import Creation
from accord.terms.instant import Instant
from accord.terms.money import text


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One card: its title, the one number, what that counts, and where it leads; `period` is the money's, if it is money."""

    title: str
    number: int | str
    about: str
    path: str
    period: str = ""


def start(viewer: Viewer) -> list[Card]:
    """The cards of a viewer's start page, what is most urgent for each of its roles first."""
    made = [card for role, make in _CARDS if viewer.has(role) for card in make(viewer)]
    return list({card.title: card for card in made}.values())


def _artist(viewer: Viewer) -> list[Card]:
    people = sorted(viewer.parties)
    answered = {(c.feature, c.use) for p in people for c in participation.standing(viewer, p)}
    waiting = len({(a.feature, a.use) for a in participation.asked(people)} - answered)
    one = "question waits" if waiting == 1 else "questions wait"
    about = f"{one} for your answer; until then it is no" if waiting else "questions wait: each has your answer"
    music, _ = visibility.asset_page(viewer)
    return [
        Card(title="Your choices", number=waiting, about=about, path="/choices"),
        Card(title="Your music", number=music, about="works, recordings and stems that name you", path="/catalog"),
        *_money(viewer),
    ]


def _money(viewer: Viewer) -> list[Card]:
    heads = payouts.statements(viewer)
    if not heads:
        about = "statements yet; where a label or a publisher collects for you, your part stands in theirs"
        return [Card(title="Your statements", number=0, about=about, path="/statements")]
    return [_payable("Your statements", heads, f"payable, the last of {len(heads)} statements:")]


def _payable(title: str, heads: list[StatementHead], about: str) -> Card:
    """What is payable in the last period, in its largest currency."""
    period = heads[-1].period
    sums: dict[str, int] = {}
    for head in heads:
        if head.period == period:
            sums[head.currency] = sums.get(head.currency, 0) + head.payable_micros
    currency = max(sums, key=lambda each: (sums[each], each))
    number = f"{text(sums[currency], places=2)} {currency}"
    return Card(title=title, number=number, about=about, path=f"/statements?period={period}", period=period)


def _rightsholder(viewer: Viewer) -> list[Card]:
    waiting = sum(deal.state == "approved" and "licensor" not in deal.signatures for deal in deals.deals(viewer))
    count, _ = visibility.asset_page(viewer)
    messages = len(catalog.deliveries(viewer))
    about = f"works, recordings, scores and stems, from {messages} message{'s' if messages != 1 else ''}"
    return [
        Card(title="Your deals", number=waiting, about="wait for your signature", path="/deals"),
        Card(title="Your catalogue", number=count, about=about, path="/catalog"),
        *_money(viewer),
        _cases(viewer, "open about what you own or delivered"),
    ]


def _creator(viewer: Viewer) -> list[Card]:
    live = sum(feature.live for feature in governance.features().values())
    own = [creation for creation in studio.creations(viewer=viewer) if viewer.acts_for(creation.creator)]
    return [
        *_stopped(own, datetime.now(UTC)),
        Card(title="Studio", number=live, about="features are live: make something", path="/studio"),
        Card(title="Your creations", number=len(own), about="handed in so far", path="/creations?mine=1"),
        _cases(viewer, "open about what you made or uploaded"),
        *_money(viewer),
    ]


def _stopped(own: list[Creation], at: Instant) -> list[Card]:
    """A card for creations that something stops, where there are any."""
    number = len(stopped.of_creations(own, at, provenance.released(one.id for one in own))) if own else 0
    about = "of your creations: a maker in them took a yes back, something is held, or what waits is not cleared now"
    return [Card(title="Stopped", number=number, about=about, path="/creations?mine=1")] if number else []


def _cases(viewer: Viewer, about: str) -> Card:
    waiting = sum(case.state in ("open", "appealed") for case in integrity.cases(viewer))
    return Card(title="Your cases", number=waiting, about=about, path="/cases")


def _licensing(viewer: Viewer) -> list[Card]:
    waiting = sum(deal.state in ("negotiation", "approved", "signed") for deal in deals.deals(viewer))
    held = catalog.stats()["held at intake"]
    return [
        Card(title="Deal desk", number=waiting, about="deals wait for a step", path="/deals"),
        Card(
            title="Catalogue", number=held, about="held at intake until their terms are clear", path="/catalog?held=1"
        ),
    ]


def _approvals(office: str) -> list[Card]:
    found = deals.deals(Viewer(None, frozenset(), frozenset({Role.LICENSING})), state="negotiation")
    waiting = sum(deal.draft is not None and office not in deal.approvals for deal in found)
    return [
        Card(title="Deal desk", number=waiting, about="drafts wait for your approval", path="/deals?state=negotiation")
    ]


def _launches(office: Office) -> list[Card]:
    waiting = sum(_unsigned(feature, office) for feature in governance.features().values())
    return [Card(title="Launch board", number=waiting, about="features wait for your signature", path="/features")]


def _releases(viewer: Viewer) -> list[Card]:
    released = {release.creation for release in provenance.releases()}
    number = sum(creation.id not in released for creation in studio.creations(viewer=viewer))
    return [Card(title="Creations", number=number, about="handed in and not released", path="/creations")]


def _unsigned(feature: Feature, office: Office) -> bool:
    """Whether a feature that is not live has a policy and a split that the office has not signed."""
    versions = (feature.policy_version, feature.split_version)
    signed = any(s.office is office and (s.policy_version, s.split_version) == versions for s in feature.sign_offs)
    return not feature.live and bool(feature.policy and feature.split) and not signed


def _trust(viewer: Viewer) -> list[Card]:
    return [Card(title="Cases", number=integrity.open_cases(), about="wait for a reader", path="/cases?state=open")]


def _finance(viewer: Viewer) -> list[Card]:
    heads, balance = payouts.statements(viewer), payouts.trial_balance()
    words = "the books balance, to the micro" if balance.balanced else "the books do NOT balance"
    periods = Card(title="Periods closed", number=len(payouts.periods()), about=words, path="/statements")
    return [*([_payable("Payable", heads, "to all parties together:")] if heads else []), periods]


def _machine(viewer: Viewer) -> list[Card]:
    listens = sum(segment.listens for segment in metering.segments())
    return [
        Card(title="Usage", number=listens, about="listens counted; services send more over the API", path="/v1/docs")
    ]


_CARDS = (
    (Role.ARTIST, _artist),
    (Role.RIGHTSHOLDER, _rightsholder),
    (Role.CREATOR, _creator),
    (Role.TRUST, _trust),
    (Role.LICENSING, _licensing),
    (Role.LEGAL, lambda viewer: _approvals("legal")),
    (Role.PRODUCT, lambda viewer: _approvals("product")),
    (Role.PRODUCT, _releases),
    (Role.LEGAL, lambda viewer: _launches(Office.LEGAL)),
    (Role.PRODUCT, lambda viewer: _launches(Office.PRODUCT)),
    (Role.COMMS, lambda viewer: _launches(Office.COMMS)),
    (Role.TRUST, lambda viewer: _launches(Office.TRUST)),
    (Role.FINANCE, _finance),
    (Role.MACHINE, _machine),
)


def everybody() -> dict[str, int]:
    """The numbers that the public start page shows."""
    features = governance.features().values()
    return {
        "released": provenance.count(),
        "live": sum(feature.live for feature in features),
        "features": len(features),
    }
