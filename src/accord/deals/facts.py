"""What can have happened to a deal. Terms stand in the fact whole: what was on the table is what the journal proves."""

from __future__ import annotations

from accord.deals.records import Terms
from accord.journal.facts import Fact, fact


@fact("deals.opened", version=1)
class DealOpened(Fact, frozen=True, kw_only=True):
    """Talks with a licensor began; ``replaces`` names the deal this one takes over from."""

    deal: str
    licensor: str
    title: str
    replaces: str | None = None


@fact("deals.terms-drafted", version=1)
class TermsDrafted(Fact, frozen=True, kw_only=True):
    """A version of the terms was laid on the table; approvals and signatures given before no longer count."""

    deal: str
    draft: int
    digest: str
    terms: Terms


@fact("deals.approved", version=1)
class DealApproved(Fact, frozen=True, kw_only=True):
    """Legal or product approved exactly this draft."""

    deal: str
    office: str
    draft: int
    digest: str


@fact("deals.signed", version=1)
class DealSigned(Fact, frozen=True, kw_only=True):
    """The licensor or the platform signed exactly this draft."""

    deal: str
    side: str
    draft: int
    digest: str


@fact("deals.activated", version=1)
class DealActivated(Fact, frozen=True, kw_only=True):
    """The deal came into force with this draft; within its period it grants from here on."""

    deal: str
    draft: int
    digest: str


@fact("deals.favoured-touched", version=1)
class FavouredTouched(Fact, frozen=True, kw_only=True):
    """A deal in force holds a most-favoured-nation clause, and ``by`` agreed better on ``term``."""

    deal: str
    by: str
    term: str
    now_text: str
    better_text: str


@fact("deals.suspended", version=1)
class DealSuspended(Fact, frozen=True, kw_only=True):
    """The deal grants nothing until it is resumed."""

    deal: str
    reason: str


@fact("deals.resumed", version=1)
class DealResumed(Fact, frozen=True, kw_only=True):
    """The deal grants again."""

    deal: str
    reason: str


@fact("deals.terminated", version=1)
class DealTerminated(Fact, frozen=True, kw_only=True):
    """The deal ended before its period did, or the talks did."""

    deal: str
    reason: str


@fact("deals.sub-catalogue-named", version=1)
class SubCatalogueNamed(Fact, frozen=True, kw_only=True):
    """A licensor gave a part of its catalogue a name; nothing stands in it yet."""

    sub_catalogue: str
    licensor: str
    name: str


@fact("deals.sub-catalogue-listed", version=1)
class SubCatalogueListed(Fact, frozen=True, kw_only=True):
    """A licensor put assets into a part of its catalogue, or took some out: every deal in force that names it follows."""

    sub_catalogue: str
    licensor: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@fact("deals.expired", version=1)
class DealExpired(Fact, frozen=True, kw_only=True):
    """The deal's period had ended everywhere."""

    deal: str
