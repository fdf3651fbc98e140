"""What may be asked of clearance.

`decide`, `decide_many` and `decide_all` answer at the journal's head and are the only answers that authorise anything;
inside a writer's transaction (sealing, releasing, serving) they see its own facts too. `decide_as_of` answers about the
past with another type, and `changes` tells a copy what moved since; neither authorises anything. For somebody outside the
platform, `shown` leaves out what is not theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind, ClaimStatus
from accord.clearance import feed, keeping, loading, rules, telling, touching
from accord.clearance import worklist as worklists
from accord.clearance.index import Index
from accord.clearance.models import DecisionRow
from accord.clearance.records import (
    Answer,
    CatalogueAnswer,
    Cause,
    Changed,
    Changes,
    ClearanceState,
    HistoricalAnswer,
    Hold,
    Question,
)
from accord.clearance.unlock import Plays
from accord.clearance.worklist import Worklist
from accord.deals import queries as deals
from accord.governance import queries as governance
from accord.journal.models import JournalEntry
from accord.participation.records import GRADES, Choice, Source, Yes
from accord.parties import queries as parties
from accord.parties.records import MembershipKind
from accord.parties.viewer import Role, Viewer
from accord.terms.instant import Instant, utc
from accord.terms.refusal import BadInput, NotThere
from accord.terms.territory import EMPTY, WORLD, TerritorySet
from accord.terms.use import Use

#: Assets one call of `decide_many` takes.
LARGEST_BATCH = 10_000
#: Titles that one line names.
NAMED = 3


def decide(asset: str, use: Use | str, feature: str, at: Instant) -> Answer:
    """May this use be made of this asset in this feature now, and where? With every because.

    Raises: BadInput for an unknown asset, use or feature, or an instant without an offset.
    """
    return decide_many([asset], use, feature, at)[asset]


def decide_many(assets: Sequence[str], use: Use | str, feature: str, at: Instant) -> dict[str, Answer]:
    """Asset → answer for up to 10,000 assets, all at one journal position, in the order asked. Raises: BadInput."""
    if len(assets) > LARGEST_BATCH:
        raise BadInput(f"{len(assets):,} assets in one question", do=f"ask for up to {LARGEST_BATCH:,} at a time")
    question = Question(_use(use), feature, utc(at))
    with keeping.kept(question.at) as kept:
        if kept is None or kept.state is None:
            return rules.decide_many(loading.current(assets), question, assets)
        rules.check(kept.state, question)
        index = kept.index(question)
        return rules.decide_many(kept.state, question, assets, index and index.requirements)


def decide_release(release: str, use: Use | str, feature: str, at: Instant) -> tuple[TerritorySet, dict[str, Answer]]:
    """Where a release (its id or ICPN) is cleared as a whole, and each track's own answer.

    The whole is no more than its parts: one track that is not cleared keeps the release back there. Raises: NotThere.
    """
    tracks = catalog.release(release).tracks
    answers = decide_many(tracks, use, feature, at)
    whole = WORLD if answers else EMPTY
    for answer in answers.values():
        whole &= answer.cleared
    return whole, answers


def consent(person: str, use: Use | str, feature: str, at: Instant) -> TerritorySet:
    """Where a person agreed to be imitated, heard or shown so in a feature: what a prompt that names them needs.

    Grades, mandates and noes count as they do for an asset (laws 1 and 3). Raises: BadInput.
    """
    return rules.consent(loading.current_of([person]), Question(_use(use), feature, utc(at)), person)


def decide_all(
    use: Use | str,
    feature: str,
    at: Instant,
    kind: AssetKind | None = None,
    progress: Callable[[int, int], None] | None = None,
    before_launch: bool = False,
) -> CatalogueAnswer:
    """The whole catalogue (or one kind of asset) in one pass. `before_launch` asks as if the feature were live."""
    question = Question(_use(use), feature, utc(at), before_launch)
    with keeping.kept(question.at, whole=True) as kept:
        state = loading.current() if kept is None or kept.state is None else kept.state
        rules.check(state, question)
        index = (kept and kept.index(question, progress)) or Index(state, question, progress)
        return msgspec.structs.replace(index.answer(loading.ids_of_kind(state, kind)), at=question.at)


def decide_as_of(asset: str, use: Use | str, feature: str, at: Instant, known: int | None = None) -> HistoricalAnswer:
    """What the answer was: true at `at`, as known at a journal position (default: the last one written by then).

    It is history and authorises nothing. Raises: BadInput for an unknown asset or a position that is not there yet.
    """
    at = utc(at)
    position = known_at(at) if known is None else known
    if position < 0 or position > loading.mark().position:
        raise BadInput(f"the journal has no position {position}", do=f"its head is {loading.mark().position}")
    state = loading.as_known(position, [asset])
    return rules.as_history(rules.decide(state, Question(_use(use), feature, at), asset))


def changes(cursor: str, at: Instant, limit: int = feed.LARGEST_PAGE) -> Changes:
    """The next page of what changed, for whoever keeps a copy: from the `next` of the page before, or of a full answer.

    Raises: BadInput for no such place; Gone where it leads nowhere any more: take a new full answer.
    """
    return feed.page(feed.read(cursor), utc(at), limit)


def changes_since(
    use: Use | str,
    feature: str,
    since: int,
    at: Instant,
    since_at: Instant | None = None,
    limit: int = feed.LARGEST_PAGE,
) -> Changes:
    """The first page of what changed from a journal position to its head, and up to the instant `at`. Where the copy is of
    another instant than the position's fact, `since_at` says so. Raises: BadInput, NotThere, Gone."""
    governance.feature(feature)
    began = None if since_at is None else utc(since_at)
    return feed.page(feed.started(_use(use), feature, since, began, utc(at)), utc(at), limit)


def stands_at(answer: CatalogueAnswer) -> str:
    """The cursor from which changes continue a full answer."""
    return feed.standing(answer.use, answer.feature, answer.known, answer.at).text()


class Alike(msgspec.Struct, frozen=True):
    """Assets that changed alike for the same causes, in words: `what` they are, where they were and are cleared, why."""

    what: str
    before: TerritorySet
    after: TerritorySet
    assets: tuple[str, ...]
    because: tuple[str, ...]


def alike(differ: Iterable[Changed]) -> list[Alike]:
    """What changed, for people: the most assets first, each cause a sentence with names bound."""
    groups: dict[tuple[TerritorySet, TerritorySet, tuple[Cause, ...]], list[str]] = {}
    for change in differ:
        groups.setdefault((change.before, change.after, change.causes), []).append(change.asset)
    told = telling.told(cause for _, _, causes in groups for cause in causes)
    said = dict(zip(told, named(told.values()), strict=True))
    titles = catalog.assets(asset for assets in groups.values() for asset in assets[:NAMED])
    return [
        Alike(_titles(assets, titles), before, after, tuple(assets), tuple(said[cause] for cause in causes))
        for (before, after, causes), assets in sorted(groups.items(), key=lambda group: -len(group[1]))
    ]


def _titles(assets: Sequence[str], titles: Mapping[str, Asset]) -> str:
    named = [f"“{titles[asset].title}”" if asset in titles else asset for asset in assets[:NAMED]]
    return ", ".join(named) + (f" and {len(assets) - NAMED:,} more" if len(assets) > NAMED else "")


def would_lose(
    person: str, use: Use | str, feature: str, at: Instant, asset: str | None = None, territories: TerritorySet = WORLD
) -> dict[str, TerritorySet]:
    """What concerns a person (one asset, or all), with everything made of it → where it is cleared now and would not be any
    more, were the person to say no. Raises: BadInput for an unknown use or feature."""
    question = Question(_use(use), feature, utc(at))
    groups = {one.collective for one in parties.memberships(member=person) if one.kind is MembershipKind.GROUP}
    ids = sorted(touching.below({asset} if asset else catalog.concerning({person, *groups})))
    state = loading.current(ids)
    rules.check(state, question)
    no = Choice(
        id="",
        person=person,
        spoken_by=person,
        use=question.use,
        feature=feature,
        territories=territories,
        asset=asset,
        answer=Yes.NO,
        source=Source.PERSON,
        grade=GRADES[Source.PERSON],
        mandate=None,
        at=question.at,
    )
    return {one: TerritorySet(bits) for one, bits in rules.would_lose(state, question, no, ids).items()}


def relied_on(assets: Sequence[str], use: Use | str, feature: str, at: Instant) -> set[str]:
    """The deals that carry what is cleared of these assets now."""
    pieces = (assets[first : first + LARGEST_BATCH] for first in range(0, len(assets), LARGEST_BATCH))
    answers = (answer for piece in pieces for answer in decide_many(piece, use, feature, at).values())
    return {deal for answer in answers for deal in answer.deals}


def known_at(at: Instant) -> int:
    """The last journal position written by an instant."""
    row = JournalEntry.objects.filter(at__lte=utc(at)).order_by("-position").first()
    return row.position if row else 0


def recorded(decision: str) -> HistoricalAnswer:
    """A recorded decision, asked again as of its own position: the same answer. Raises: NotThere."""
    row = DecisionRow.objects.filter(id=decision).first()
    if row is None:
        raise NotThere(f"there is no recorded decision `{decision}`")
    return decide_as_of(row.asset, row.use, row.feature, row.asked_at, row.known)


def holds(subject: str | None = None) -> list[Hold]:
    """The holds that stand, on anything or on one asset or creation."""
    return loading.holds(subject)


def shown(viewer: Viewer, answer: Answer) -> Answer:
    """The answer as this viewer may see it: whole for the platform, its own part for anybody else (law 10)."""
    return shown_many(viewer, [answer])[0]


def shown_many(viewer: Viewer, answers: Sequence[Answer]) -> list[Answer]:
    """Several answers as this viewer may see them."""
    if sees_all(viewer):
        return list(answers)
    own = frozenset(deal.id for deal in deals.deals(viewer))
    return [rules.only_for(answer, viewer.parties, own) for answer in answers]


def sees_all(viewer: Viewer) -> bool:
    """The platform's people, and its machines: keys that act for no party."""
    return viewer.staff or (viewer.has(Role.MACHINE) and not viewer.parties)


def check_visible(viewer: Viewer, assets: Sequence[str], at: Instant) -> None:
    """Refuse questions about assets the viewer is neither credited on nor claims, in any part. Raises: NotThere."""
    if sees_all(viewer):
        return
    with keeping.kept(utc(at)) as kept:
        state = loading.current(assets) if kept is None or kept.state is None else kept.state
        _check_visible(viewer, assets, state)


def _check_visible(viewer: Viewer, assets: Sequence[str], state: ClearanceState) -> None:
    for asset in assets:
        if not any(_is_theirs(state, part, viewer.parties) for part in _parts(state.assets, asset)):
            raise NotThere(f"there is no asset `{asset}`")


def _is_theirs(state: ClearanceState, part: str, mine: frozenset[str]) -> bool:
    asset = state.assets[part]
    return (
        asset.label in mine
        or any(credit.party in mine for credit in asset.credits)
        or any(
            c.claimant in mine and c.status in (ClaimStatus.EVIDENCED, ClaimStatus.ACCEPTED)
            for c in state.claims.get(part, ())
        )
    )


def _parts(assets: Mapping[str, Asset], asset: str) -> set[str]:
    found: set[str] = set()
    todo = [asset]
    while todo:
        part = assets.get(todo.pop())
        if part is not None and part.id not in found:
            found.add(part.id)
            todo.extend(part.parents)
    return found


def bound(texts: Iterable[str], answer: Answer | HistoricalAnswer) -> list[str]:
    """Sentences with party and asset ids replaced by the names they go by, for people to read."""
    return named(texts, {short.subject for short in answer.shortfalls} | {answer.asset})


def named(texts: Iterable[str], assets: Iterable[str] = ()) -> list[str]:
    """Sentences with the ids of parties and assets replaced by the names they go by."""
    lines = list(texts)
    ids = {word.strip(",;.:'’()") for line in lines for word in line.replace("'s", " ").split()}
    ids = {word for word in ids if "_" in word}
    titles = {asset.id: f"“{asset.title}”" for asset in catalog.assets(ids=sorted(ids | set(assets))).values()}
    names = parties.names(sorted(ids - set(titles)))
    for known, name in sorted({**names, **titles}.items(), key=lambda pair: -len(pair[0])):
        lines = [line.replace(known, name) for line in lines]
    return lines


def worklist(
    use: Use | str,
    feature: str,
    at: Instant,
    where: TerritorySet | None = None,
    plays: Plays = MappingProxyType({}),
    quarter: str = "",
    most: int = 20,
) -> Worklist:
    """What would unlock most recordings for a use in a feature, `where` (default: wherever it is offered), as if it were
    live. `plays` are those of `quarter`, by recording and territory. For the platform's eyes alone.

    Raises: BadInput for an unknown use or feature, or a use that the feature does not make.
    """
    question = Question(_use(use), feature, utc(at), before_launch=True)
    with keeping.kept(question.at, whole=True) as kept:
        state = loading.current() if kept is None or kept.state is None else kept.state
        worklists.check(state, question)
        index = (kept and kept.index(question)) or Index(state, question)
        recordings = loading.ids_of_kind(state, AssetKind.RECORDING)
        found = worklists.worklist(index, recordings, where, plays, quarter, most)
        return msgspec.structs.replace(found, at=question.at)


def _use(use: Use | str) -> Use:
    return rules.use_named(str(use))
