"""What may be asked of deals. What is shown to somebody takes the viewer; what rooms decide on does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Q

from accord.catalog import queries as catalog
from accord.deals import document, models, rules
from accord.deals.records import (
    Clause,
    Deal,
    DealState,
    Draft,
    Grant,
    PublicTerms,
    Ratchet,
    Remuneration,
    Revocation,
    Step,
    SubCatalogue,
    Terms,
)
from accord.governance import queries as governance
from accord.parties.viewer import Role, Viewer
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere, Refusal
from accord.terms.use import Use

#: Who at the platform sees every deal; a licensor sees its own.
DESK = (Role.LICENSING, Role.LEGAL, Role.PRODUCT)


def grants(known: int | None = None) -> list[Grant]:
    """Every clause of every deal that came into force, as journal position ``known`` has it (default: now).

    A grant of a deal that was suspended or ended since stays in the list: its ``states`` say so.
    """
    rows = models.DealRow.objects.filter(activated__isnull=False).order_by("activated")
    states = models.StateRow.objects.order_by("position")
    if known is not None:
        rows, states = rows.filter(activated__lte=known), states.filter(position__lte=known)
    heads = list(rows)
    texts = _texts([f"{row.id}/{row.draft}" for row in heads])
    parts = {one.id: one.assets for one in sub_catalogues(known)}
    since: defaultdict[str, list[tuple[Instant, str]]] = defaultdict(list)
    activated = {row.id: row.activated for row in heads}
    for state in states.filter(deal__in=list(activated)):
        if state.position >= activated[state.deal]:
            since[state.deal].append((state.at, state.state))
    return [
        grant
        for row in heads
        for grant in _clauses(
            row.id, row.activated or 0, document.read(texts[f"{row.id}/{row.draft}"]), tuple(since[row.id]), parts
        )
    ]


def grants_if(terms: Terms, deal: str, since: Instant, known: int | None = None) -> list[Grant]:
    """The grants that terms would be, had they been in force since an instant; nothing is kept, nobody is asked."""
    parts = {one.id: one.assets for one in sub_catalogues(known)}
    return list(_clauses(deal, known or 0, terms, ((since, DealState.ACTIVE.value),), parts))


def _clauses(
    deal: str,
    activated: int,
    terms: Terms,
    states: tuple[tuple[Instant, str], ...],
    parts: Mapping[str, frozenset[str]],
) -> Iterable[Grant]:
    for clause in terms.clauses:
        named = [part for part in (*clause.selection.ids, *clause.exclusions) if part in parts]
        yield Grant(
            deal=deal,
            clause=clause.number,
            licensor=terms.licensor,
            uses=frozenset(clause.uses),
            features=frozenset(clause.features),
            territories=clause.territories,
            period=terms.period,
            rights=frozenset(clause.rights),
            selection=clause.selection,
            exclusions=clause.exclusions,
            conditions=clause.conditions,
            revocation=terms.revocation,
            member_opt_in=clause.member_opt_in,
            states=states,
            known_from=activated,
            sub_catalogues=tuple((part, parts[part]) for part in named),
        )


def states_between(since: int, until: int) -> list[tuple[str, int, Instant]]:
    """(deal, position, instant) of every step of a deal into a state, after one journal position and up to another."""
    rows = models.StateRow.objects.filter(position__gt=since, position__lte=until).order_by("position")
    return list(rows.values_list("deal", "position", "at"))


def listed_between(since: int, until: int) -> list[tuple[str, int]]:
    """(asset, position) of everything put into a sub-catalogue or taken out, after one position and up to another."""
    found: set[tuple[str, int]] = set()
    for field in ("known_from", "known_until"):
        within = {f"{field}__gt": since, f"{field}__lte": until}
        found.update(models.SubCatalogueAssetRow.objects.filter(**within).values_list("asset", field))
    return sorted(found)


def sub_catalogues(known: int | None = None, licensor: str | None = None) -> list[SubCatalogue]:
    """The named parts of licensors' catalogues by id, with what stands in each, now or as known."""
    heads, rows = models.SubCatalogueRow.objects.order_by("id"), models.SubCatalogueAssetRow.objects.order_by("key")
    if known is None:
        rows = rows.filter(known_until=None)
    else:
        heads = heads.filter(position__lte=known)
        rows = rows.filter(known_from__lte=known).filter(Q(known_until=None) | Q(known_until__gt=known))
    if licensor is not None:
        heads = heads.filter(licensor=licensor)
        rows = rows.filter(sub_catalogue__in=[head.id for head in heads])
    assets: defaultdict[str, set[str]] = defaultdict(set)
    for part, asset in rows.values_list("sub_catalogue", "asset"):
        assets[part].add(asset)
    return [
        SubCatalogue(id=head.id, licensor=head.licensor, name=head.name, assets=frozenset(assets[head.id]))
        for head in heads
    ]


def sub_catalogue(viewer: Viewer, part: str) -> SubCatalogue:
    """One named part of a catalogue. Raises: NotThere when it does not exist or is not the viewer's."""
    row = models.SubCatalogueRow.objects.filter(id=part).first()
    if row is None or not (viewer.has(*DESK) or viewer.acts_for(row.licensor)):
        raise NotThere(f"there is no sub-catalogue `{part}`")
    return next(one for one in sub_catalogues(licensor=row.licensor) if one.id == part)


def sub_catalogues_seen(viewer: Viewer, licensor: str | None = None) -> list[SubCatalogue]:
    """The named parts of catalogues a viewer may see: all of them at the deal desk, one's own otherwise."""
    desk = viewer.has(*DESK)
    return [one for one in sub_catalogues(licensor=licensor) if desk or viewer.acts_for(one.licensor)]


def active_deal_for(licensor: str, use: Use, feature: str, asset: str, territory: str, at: Instant) -> Grant | None:
    """The grant of a licensor that reaches an asset, by itself, for a use in a feature, territory and instant; the
    lowest deal id where several do. None when there is none: that is a no."""
    found = catalog.assets(ids=[asset]).get(asset)
    label = found.label if found is not None else None
    for grant in sorted(grants(), key=lambda grant: (grant.deal, grant.clause)):
        if (
            grant.licensor == licensor
            and use in grant.uses
            and feature in grant.features
            and territory in grant.territories
            and grant.active_at(at)
            and grant.period.covers(at, territory)
            and rules.selects(grant, asset, label)
        ):
            return grant
    return None


def terms(deal_id: str) -> Remuneration:
    """What a deal pays, by the draft that counts. Raises: NotThere without one."""
    return terms_of(deal_id).remuneration


def revocation(deal_id: str) -> Revocation:
    """What a deal demands after a yes is taken back. Raises: NotThere without terms."""
    return terms_of(deal_id).revocation


def terms_of(deal_id: str) -> Terms:
    """The whole terms of the draft that counts. Raises: NotThere for an unknown deal or one without a draft."""
    row = models.DealRow.objects.filter(id=deal_id).first()
    if row is None or not row.draft:
        raise NotThere(f"there is no deal `{deal_id}` with terms")
    key = f"{deal_id}/{row.draft}"
    return document.read(_texts([key])[key])


def terms_public(deal_id: str) -> PublicTerms:
    """The part of a deal that its terms call public and that travels with a creation; never money or selection.

    Raises: NotThere for a deal that never came into force.
    """
    row = models.DealRow.objects.filter(id=deal_id, activated__isnull=False).first()
    if row is None:
        raise NotThere(f"there is no deal `{deal_id}` in force")
    draft = models.DraftRow.objects.get(key=f"{deal_id}/{row.draft}")
    whole = document.read(draft.canonical)
    shown = ("number", "rights", "member_opt_in", *(name for name in Clause.__struct_fields__ if name in whole.public))
    clauses = tuple({name: clause[name] for name in shown} for clause in document.plain(whole)["clauses"])
    return PublicTerms(
        deal=deal_id, licensor=row.licensor, digest=draft.digest, clauses=clauses, starts=whole.starts, ends=whole.ends
    )


def deals(viewer: Viewer, state: str | None = None, licensor: str | None = None) -> list[Deal]:
    """The deals a viewer may see, by id: all of them at the deal desk, one's own otherwise."""
    rows = models.DealRow.objects.order_by("id")
    if not viewer.has(*DESK):
        rows = rows.filter(licensor__in=sorted(viewer.parties))
    if licensor is not None:
        rows = rows.filter(licensor=licensor)
    found = [_deal(row) for row in rows]
    return [deal for deal in found if state is None or deal.state == state]


def deal(viewer: Viewer, deal_id: str) -> Deal:
    """One deal with its timeline. Raises: NotThere when it does not exist or is not the viewer's."""
    row = models.DealRow.objects.filter(id=deal_id).first()
    if row is None or not (viewer.has(*DESK) or viewer.acts_for(row.licensor)):
        raise NotThere(f"there is no deal `{deal_id}`")
    return _deal(row, with_timeline=True)


def drafts(viewer: Viewer, deal_id: str) -> list[Draft]:
    """Every version of the terms, in order. Raises: NotThere as `deal` does."""
    deal(viewer, deal_id)
    return [_draft(row) for row in models.DraftRow.objects.filter(deal=deal_id).order_by("number")]


def ratchets(viewer: Viewer, deal_id: str | None = None) -> list[Ratchet]:
    """Most-favoured-nation clauses that later deals touched: the desk sees all, a licensor those of its own deals."""
    rows = models.RatchetRow.objects.order_by("position", "term")
    if deal_id is not None:
        rows = rows.filter(deal=deal_id)
    licensors = dict(models.DealRow.objects.values_list("id", "licensor"))
    seen = [row for row in rows if viewer.has(*DESK) or viewer.acts_for(licensors[row.deal])]
    return [_ratchet(row, licensors[row.deal], viewer.has(*DESK)) for row in seen]


def bettered(known: int) -> list[tuple[str, str, str, int]]:
    """(deal, better deal, term, what it was bettered to) of every most-favoured clause that was touched, as known."""
    rows = models.RatchetRow.objects.filter(position__lte=known).order_by("position", "key")
    return [(row.deal, row.by, row.term, int(row.better_text)) for row in rows]


def unmet_floors(feature: str) -> list[Refusal]:
    """The deals in force that name a feature and did not accept its published split: its launch lacks them."""
    split = governance.feature(feature).split
    if split is None:
        return []
    accepted = []
    for grant in grants():
        if grant.states[-1][1] == DealState.ACTIVE:
            pay = terms(grant.deal)
            accepted.append((grant, pay.split_version, pay.floor_sources_ppm))
    return rules.unmet_floors(split, accepted, feature)


def in_force() -> list[tuple[str, Terms]]:
    """(deal id, terms) of every deal that stands active, by id."""
    heads = models.DealRow.objects.filter(activated__isnull=False).order_by("id")
    return [(row.id, terms_of(row.id)) for row in heads if standing(row.id).state is DealState.ACTIVE]


def last_step_at(deal_id: str) -> Instant:
    """When the last thing happened to a deal. Raises: NotThere."""
    row = models.StepRow.objects.filter(deal=deal_id).order_by("-position").first()
    if row is None:
        raise NotThere(f"there is no deal `{deal_id}`")
    return row.at


def standing(deal_id: str) -> rules.Standing:
    """Where a deal stands, for the rules. Raises: NotThere."""
    row = models.DealRow.objects.filter(id=deal_id).first()
    if row is None:
        raise NotThere(f"there is no deal `{deal_id}`")
    return _standing(row)


def _standing(row: models.DealRow) -> rules.Standing:
    state = models.StateRow.objects.filter(deal=row.id).order_by("-position").values_list("state", flat=True).first()
    given = models.StepRow.objects.filter(deal=row.id, draft=row.draft, what__in=("approve", "sign"))
    by = list(given.values_list("what", "by")) if row.draft else []
    return rules.Standing(
        state=DealState(state),
        draft=row.draft,
        approvals=frozenset(who for what, who in by if what == "approve"),
        signatures=frozenset(who for what, who in by if what == "sign"),
    )


def _deal(row: models.DealRow, with_timeline: bool = False) -> Deal:
    states = models.StateRow.objects.filter(deal=row.id).order_by("position")
    draft = models.DraftRow.objects.filter(key=f"{row.id}/{row.draft}").first()
    now = _standing(row)
    return Deal(
        id=row.id,
        licensor=row.licensor,
        title=row.title,
        replaces=row.replaces,
        state=now.state,
        states=tuple((state.at, DealState(state.state)) for state in states),
        draft=_draft(draft) if draft is not None else None,
        drafts=row.draft,
        approvals=tuple(sorted(now.approvals)),
        signatures=tuple(sorted(now.signatures)),
        timeline=_timeline(row.id) if with_timeline else (),
    )


def _timeline(deal_id: str) -> tuple[Step, ...]:
    rows = models.StepRow.objects.filter(deal=deal_id).order_by("position")
    return tuple(
        Step(
            position=row.position,
            at=row.at,
            actor=row.actor,
            what=" ".join(filter(None, (row.what, row.by))),
            detail=row.detail,
        )
        for row in rows
    )


def _draft(row: models.DraftRow) -> Draft:
    return Draft(
        deal=row.deal,
        number=row.number,
        terms=document.read(row.canonical),
        digest=row.digest,
        actor=row.actor,
        at=row.at,
    )


def _ratchet(row: models.RatchetRow, licensor: str, desk: bool) -> Ratchet:
    """The holder learns that the term is bettered and by how much; with whom, only the desk sees (law 10)."""
    by = f" in {row.by}" if desk else " elsewhere"
    return Ratchet(
        deal=row.deal,
        licensor=licensor,
        term=row.term,
        now=int(row.now_text),
        better=int(row.better_text),
        because=f"`{row.deal}` is most favoured: {row.term} is {row.now_text} here and {row.better_text}{by}",
    )


def _texts(keys: list[str]) -> dict[str, str]:
    return dict(models.DraftRow.objects.filter(key__in=keys).values_list("key", "canonical"))
