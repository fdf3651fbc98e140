"""Facts of deals → rows."""

from __future__ import annotations

from accord.deals import document, facts, models
from accord.deals.queries import standing
from accord.deals.records import DealState
from accord.deals.rules import after
from accord.journal.registry import Entry, projects

CHUNK = 5000


@projects(facts.DealOpened)
def on_opened(entry: Entry, f: facts.DealOpened) -> None:
    """A deal and its first state."""
    models.DealRow.objects.create(
        id=f.deal, licensor=f.licensor, title=f.title, replaces=f.replaces, position=entry.position, at=entry.at
    )
    _state(entry, f.deal, DealState.INTAKE)
    _step(entry, f.deal, "opened", detail=f"replaces {f.replaces}" if f.replaces else "")


@projects(facts.TermsDrafted)
def on_terms(entry: Entry, f: facts.TermsDrafted) -> None:
    """A draft; it is the one that counts now."""
    models.DraftRow.objects.create(
        key=f"{f.deal}/{f.draft}",
        deal=f.deal,
        number=f.draft,
        digest=f.digest,
        canonical=document.canonical(f.terms),
        actor=entry.actor,
        position=entry.position,
        at=entry.at,
    )
    _move(entry, f.deal, "terms")
    models.DealRow.objects.filter(id=f.deal).update(draft=f.draft)
    _step(entry, f.deal, "terms", draft=f.draft, detail=f.digest)


@projects(facts.DealApproved)
def on_approved(entry: Entry, f: facts.DealApproved) -> None:
    """An approval, and the state it brings when it is the second."""
    _move(entry, f.deal, "approve", f.office)
    _step(entry, f.deal, "approve", f.office, f.draft, f.digest)


@projects(facts.DealSigned)
def on_signed(entry: Entry, f: facts.DealSigned) -> None:
    """A signature, and the state it brings when it is the second."""
    _move(entry, f.deal, "sign", f.side)
    _step(entry, f.deal, "sign", f.side, f.draft, f.digest)


@projects(facts.DealActivated)
def on_activated(entry: Entry, f: facts.DealActivated) -> None:
    """In force."""
    _move(entry, f.deal, "activate")
    models.DealRow.objects.filter(id=f.deal).update(activated=entry.position)
    _step(entry, f.deal, "activate", draft=f.draft, detail=f.digest)


@projects(facts.DealSuspended, facts.DealResumed, facts.DealTerminated)
def on_reasoned(entry: Entry, f: facts.DealSuspended | facts.DealResumed | facts.DealTerminated) -> None:
    """Off, on again, or over."""
    step = {facts.DealSuspended: "suspend", facts.DealResumed: "resume", facts.DealTerminated: "terminate"}[type(f)]
    _move(entry, f.deal, step)
    _step(entry, f.deal, step, detail=f.reason)


@projects(facts.DealExpired)
def on_expired(entry: Entry, f: facts.DealExpired) -> None:
    """The period is over."""
    _move(entry, f.deal, "expire")
    _step(entry, f.deal, "expire")


@projects(facts.FavouredTouched)
def on_favoured(entry: Entry, f: facts.FavouredTouched) -> None:
    """One ratchet, on the timeline of the deal that holds the clause."""
    models.RatchetRow.objects.create(
        key=f"{f.deal}/{f.term}/{entry.position:09d}",
        deal=f.deal,
        by=f.by,
        term=f.term,
        now_text=f.now_text,
        better_text=f.better_text,
        position=entry.position,
        at=entry.at,
    )
    _step(entry, f.deal, "favoured", detail=f"{f.term}: {f.now_text} here, {f.better_text} in {f.by}")


@projects(facts.SubCatalogueNamed)
def on_sub_catalogue_named(entry: Entry, f: facts.SubCatalogueNamed) -> None:
    """A sub-catalogue, with nothing in it."""
    models.SubCatalogueRow.objects.create(
        id=f.sub_catalogue, licensor=f.licensor, name=f.name, position=entry.position, at=entry.at
    )


@projects(facts.SubCatalogueListed)
def on_sub_catalogue_listed(entry: Entry, f: facts.SubCatalogueListed) -> None:
    """What stands in it from here on."""
    rows = models.SubCatalogueAssetRow.objects
    for start in range(0, len(f.removed), CHUNK):
        gone = rows.filter(sub_catalogue=f.sub_catalogue, asset__in=f.removed[start : start + CHUNK], known_until=None)
        gone.update(known_until=entry.position)
    rows.bulk_create(
        models.SubCatalogueAssetRow(
            key=f"{f.sub_catalogue}/{asset}/{entry.position:09d}",
            sub_catalogue=f.sub_catalogue,
            asset=asset,
            known_from=entry.position,
        )
        for asset in f.added
    )


def _move(entry: Entry, deal: str, step: str, by: str = "") -> None:
    """Write the state only where the step changes it: the same table decides and projects."""
    before = standing(deal)
    now = after(deal, before, step, by)
    if now.state is not before.state:
        _state(entry, deal, now.state)


def _state(entry: Entry, deal: str, state: DealState) -> None:
    models.StateRow.objects.create(
        key=f"{deal}/{entry.position:09d}", deal=deal, state=state.value, position=entry.position, at=entry.at
    )


def _step(entry: Entry, deal: str, what: str, by: str = "", draft: int = 0, detail: str = "") -> None:
    models.StepRow.objects.create(
        key=f"{deal}/{entry.position:09d}",
        deal=deal,
        what=what,
        by=by,
        draft=draft,
        detail=detail,
        actor=entry.actor,
        position=entry.position,
        at=entry.at,
    )
