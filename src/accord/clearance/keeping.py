"""The whole catalogue kept decided in this process, and brought up to the journal's head before every answer (shell).

Before it answers, a process compares what it has applied with the journal's pulse, which costs no question to the
database; when something was written since, it reads what changed and applies that alone (law 4). What it cannot be sure
of it reads anew: after a transaction that was undone, a restored database, a journal made again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
from django.db import connection

from accord.catalog import queries as catalog
from accord.clearance import loading
from accord.clearance.brief import Briefs
from accord.clearance.index import Index
from accord.clearance.loading import Mark
from accord.clearance.records import ClearanceState, Question
from accord.deals import queries as deals
from accord.governance import queries as governance
from accord.journal.leases import LENGTH_S, Lease, between_hosts
from accord.journal.models import JournalEntry
from accord.journal.pulse import pulse
from accord.participation import queries as participation
from accord.parties import queries as parties
from accord.terms.instant import Instant
from accord.terms.refusal import NotNow
from accord.terms.use import Use

Progress = Callable[[int, int], None]
#: Those whose facts an answer may rest on.
ROOMS = ("catalog", "clearance", "deals", "governance", "participation", "parties")
#: Facts after which a process reads everything anew instead of what changed.
TOO_FAR = 20_000
#: Questions in a row about earlier instants after which the clock is taken to have been put back.
SET_BACK = 8
LAST = Instant.max.replace(tzinfo=UTC)
#: Questions after which a process keeps the catalogue: one that asks once reads only what it needs.
OFTEN = 3


class Kept:
    """One state and an index per question asked of it. Not to be used outside the block it was handed out for."""

    def __init__(self) -> None:
        self.state: ClearanceState | None = None
        self.mark = Mark()
        self.beat: int | None = None
        self.indexes: dict[tuple[Use, str, bool], Index] = {}
        self.behind: dict[tuple[Use, str, bool], int] = {}
        self._briefs: dict[tuple[Use, str, bool], Briefs] = {}

    def catch_up(self, at: Instant) -> None:
        """Apply everything that was committed before this call."""
        if not self.caught_up:
            self.ask(at)

    def ask(self, at: Instant) -> None:
        """The same, asking the database in any case."""
        now = pulse().settled()
        try:
            followed = self.state is not None and self._follow(at)
        except BaseException:
            self.state = None  # half of a change is no state
            raise
        if not followed:
            self.state, self.mark = loading.settled(lambda position: loading.load(position, None))
            self.indexes.clear()
        # both readings of the pulse are alike and at rest: whatever was written before the first had been read by then
        self.beat = now if now == pulse().settled() else None

    @property
    def caught_up(self) -> bool:
        """Whether nothing was committed since, as far as can be told without asking the database."""
        return self.state is not None and self.beat is not None and self.beat == pulse().settled() and _alone()

    def briefs(self, question: Question) -> Briefs | None:
        """Brief answers at a question's instant; None when it is already passed."""
        index = self.index(question)
        return None if index is None else self._of(index, question)

    def briefs_at_hand(self, question: Question) -> Briefs | None:
        """The same, only if nothing at all has to be worked out first."""
        index = self.indexes.get(_key(question))
        if not self.caught_up or index is None or not index.at <= question.at < (index.holds_until or LAST):
            return None
        return self._of(index, question)

    def _of(self, index: Index, question: Question) -> Briefs:
        found = self._briefs.get(_key(question))
        if found is None or found.index is not index:
            found = self._briefs[_key(question)] = Briefs(index)
        return found

    def index(self, question: Question, progress: Progress | None = None) -> Index | None:
        """The catalogue decided for a question, at its instant; None when it asks about an instant already passed.

        When nobody asks about later instants any more (a clock was put back), it is laid out anew for the earlier one.
        """
        assert self.state is not None
        key = _key(question)
        index = self.indexes.get(key)
        if index is not None and question.at < index.at:
            self.behind[key] = self.behind.get(key, 0) + 1
            if self.behind[key] < SET_BACK:
                return None
            index = None
        if index is None:
            index = self.indexes[key] = Index(self.state, question, progress)
        self.behind[key] = 0
        index.advance(question.at)
        return index

    def _follow(self, at: Instant) -> bool:
        """Apply what changed since the last mark; False when that is not the way from there to here."""
        head = loading.mark()
        if head == self.mark:
            return True
        if not 0 <= head.position - self.mark.position <= TOO_FAR or not self._still_there():
            return False
        change, head = loading.settled(lambda _: changed_since(self.mark.position))
        self.mark = head
        self._apply(change, at)
        return True

    def _still_there(self) -> bool:
        """Whether the entry that was last applied still stands in the journal."""
        if not self.mark.position:
            return True
        leaf = JournalEntry.objects.filter(position=self.mark.position).values_list("leaf", flat=True).first()
        return leaf is not None and bytes(leaf) == self.mark.leaf

    def _apply(self, change: Change, at: Instant) -> None:
        state = self.state
        assert state is not None
        spoke = set(change.people)
        for name in ("grants", "memberships"):
            spoke |= _differing(getattr(state, name), change.whole.get(name))
        features = _differing(state.features, change.whole.get("features"))
        for name, (keys, found) in change.parts.items():
            kept_ = cast(dict[str, Any], getattr(state, name))
            for key in keys:
                kept_.pop(key, None)
            kept_.update(found)
        self.state = msgspec.structs.replace(state, known=self.mark.position, **change.whole)
        self.indexes = {key: index for key, index in self.indexes.items() if key[1] not in features}
        for index in self.indexes.values():
            index.touch(self.state, max(at, index.at), spoke, change.assets)


class Change(msgspec.Struct, frozen=True):
    """What stands now of all that changed after a position.

    `parts`: map of the state → (keys that changed, what stands under them); `whole`: maps that are few and read anew.
    """

    people: set[str]
    assets: set[str]
    parts: dict[str, tuple[set[str], dict[str, Any]]]
    whole: dict[str, dict[str, Any]]


def changed_since(position: int) -> Change:
    """Read it. A room's tables change by its own facts and those it reads, so rooms that had none to read are not asked."""
    # not DISTINCT in the database: SQLite would walk the whole index of kinds for it
    kinds = JournalEntry.objects.filter(position__gt=position).values_list("kind", flat=True)
    rooms = {kind.split(".")[0] for kind in kinds}
    # a yes ends with the proof of whoever said it, which is a fact of parties
    people = participation.changed_since(position) if rooms & {"participation", "parties"} else set()
    assets = catalog.changed_since(position) if "catalog" in rooms else set()
    whole: dict[str, dict[str, Any]] = {}
    if "parties" in rooms:
        people |= parties.changed_since(position)
        whole["memberships"] = loading.by(parties.memberships(), lambda membership: membership.member)
    if "deals" in rooms:
        whole["grants"] = loading.by(deals.grants(), lambda grant: grant.licensor)
    if "governance" in rooms:
        whole["features"] = governance.features()
    if "clearance" in rooms:
        assets |= loading.held_since(position)
    parts = {name: (people, found) for name, found in loading.of_people(sorted(people)).items()}
    if assets:
        parts["assets"] = (assets, catalog.assets(ids=sorted(assets)))
        held = loading.of_assets(sorted(assets))
        held["holds"] = {subject: found for subject, found in held["holds"].items() if subject in assets}
        parts |= {name: (assets, found) for name, found in held.items()}
    return Change(people, assets, parts, whole)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any] | None) -> set[str]:
    """The keys under which two maps differ; none where there is no second."""
    return set() if after is None else {key for key in {*before, *after} if before.get(key) != after.get(key)}


def _key(question: Question) -> tuple[Use, str, bool]:
    return question.use, question.feature, question.before_launch


def _alone() -> bool:
    """Whether nobody writes, or is answered, without this process knowing: on SQLite every writer shares the pulse; on
    PostgreSQL a lease says so."""
    return not between_hosts() or (_lease is not None and _lease.holds)


def follow(length_s: float = LENGTH_S) -> None:
    """Hold a lease from now on, so that answers need no question to a database that several hosts write to. A process
    that holds one answers nothing once it has run out. Needless on SQLite, where every writer shares this host."""
    global _lease
    if between_hosts() and _lease is None:
        _lease = Lease(ROOMS, _applied, length_s)
        _lease.start()


def follow_no_more() -> None:
    """Give the lease back."""
    global _lease
    if _lease is not None:
        _lease.stop()
        _lease = None


def _applied() -> int:
    now = datetime.now(UTC)
    with _lock:
        if loading.mark() != _kept.mark:
            _kept.ask(now)
        return _kept.mark.position


_lock = threading.RLock()
_lease: Lease | None = None
_kept = Kept()
_asked = 0


@contextmanager
def kept(at: Instant, whole: bool = False) -> Iterator[Kept | None]:
    """The kept catalogue, up to date with everything committed before, for as long as the block runs. Raises: NotNow.

    None where it is not for keeping: inside a transaction, whose facts may be undone, and in a process that has hardly
    asked yet (unless it wants the `whole`).
    """
    global _asked
    _asked += 1
    if connection.in_atomic_block or not (whole or _asked > OFTEN):
        yield None
        return
    if _lease is not None and not _lease.holds:
        raise NotNow("this server has not heard from the journal for a moment, so it gives no answer", after_s=1)
    with _lock:
        _kept.catch_up(at)
        yield _kept


@contextmanager
def at_hand() -> Iterator[Kept | None]:
    """The kept catalogue if nobody else is at it: for a thread that must not wait."""
    if not _lock.acquire(blocking=False):
        yield None
        return
    try:
        yield _kept
    finally:
        _lock.release()


def forget() -> None:
    """Drop what is kept."""
    global _kept, _asked
    with _lock:
        _kept, _asked = Kept(), 0
