"""Spam among uploads: what the signals say of each, the score of each account, cases for readers, weights learned from them (shell).

Nothing follows from a score by itself: no upload is held, hidden or taken away. From OPEN_FROM on somebody looks.
"""

from __future__ import annotations

import msgspec
import pyarrow as pa

from accord.engine.running import open_engine, rule
from accord.integrity import facts, queries
from accord.integrity.checking import hold
from accord.integrity.records import Case, CaseKind, CaseState, Outcome, Sign, Suspicion
from accord.integrity.spam_gathered import gathered
from accord.integrity.spam_learning import LEAST_DECISIONS, LEAST_EACH, Decided, NothingToLearn, learn
from accord.integrity.spam_signals import RULES, signs_in, strongest
from accord.integrity.spam_weights import OPEN_FROM, SIGNALS, Weights, again, weigh
from accord.integrity.spam_words import said
from accord.journal import queries as journals
from accord.journal.actions import Writer, writing
from accord.parties.viewer import SYSTEM
from accord.terms.instant import Instant
from accord.terms.refusal import Refusal, Refused

LISTED = 200  # uploads named in a case; its signs count the rest


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What a look through all uploads saw: their accounts by likelihood, and the uploads each is suspected for."""

    weights: str
    uploads: int
    accounts: int
    suspicions: dict[str, Suspicion]
    shown: dict[str, tuple[str, ...]]


def signs(account: str | None = None) -> list[Sign]:
    """Every sign of every upload (of one account), by upload; each stands for its upload alone."""
    tables = gathered()
    with open_engine() as engine:
        rows = signs_in(engine, tables).to_pylist()
    whose = _whose(tables)
    wanted = [row for row in rows if account in (None, whose[row["upload"]])]
    return [Sign(**row, uploads=1) for row in sorted(wanted, key=lambda row: (row["upload"], row["signal"]))]


def look() -> Looked:
    """Score every account that has a sign, by the weights in force; the likeliest first. Nothing is recorded."""
    weights = queries.spam_weights()
    tables = gathered()
    with open_engine() as engine:
        found = signs_in(engine, tables)
        scored = {account: weigh(some, weights) for account, some in strongest(engine, found).items()}
    whose = _whose(tables)
    shown: dict[str, set[str]] = {}
    for upload in found["upload"].to_pylist():
        shown.setdefault(whose[upload], set()).add(upload)
    return Looked(
        weights=weights.id,
        uploads=tables["uploads"].num_rows,
        accounts=len(set(whose.values())),
        suspicions=dict(sorted(scored.items(), key=lambda item: (-item[1].probability, item[0]))),
        shown={account: tuple(sorted(uploads)) for account, uploads in shown.items()},
    )


def open_cases(looked: Looked, at: Instant, actor: str) -> tuple[list[str], list[str]]:
    """Put what stood out in a look before readers; returns (cases opened, cases that show more now).

    A case that waits for its first reader is brought up to date. One that was read, also by a reader who passed it on, is left
    alone, and a new one is opened only when there is more to see than was read (`spam_weights.again`).
    """
    opened, changed = [], []
    with writing(actor=actor, at=at) as journal:
        last = {case.subject: case for case in reversed(_cases())}
        for account, suspicion in looked.suspicions.items():
            if suspicion.probability < OPEN_FROM:
                continue
            before = last.get(f"{account}/uploads")
            if before is None or _more(suspicion, before):
                opened.append(_opened(journal, account, suspicion, looked.shown[account]))
            elif before.state is CaseState.OPEN and not before.passed and before.suspicion != suspicion:
                changed.append(_changed(journal, before.id, suspicion, looked.shown[account]))
        journal.append(
            facts.UploadsScored(
                run=journal.mint("spr"),
                weights=looked.weights,
                uploads=looked.uploads,
                accounts=looked.accounts,
                opened=tuple(opened),
                changed=tuple(changed),
                rules=_rules(),
            )
        )
    return opened, changed


def _more(suspicion: Suspicion, before: Case) -> bool:
    """Whether an account whose case is closed shows more than its readers saw."""
    return before.state is CaseState.CLOSED and (before.suspicion is None or again(suspicion, before.suspicion))


def _opened(journal: Writer, account: str, suspicion: Suspicion, uploads: tuple[str, ...]) -> str:
    said, also = because_of(suspicion), _also(suspicion, uploads)
    return hold(journal, CaseKind.SPAM, f"{account}/uploads", account, None, said, (), also, (), suspicion)


def _changed(journal: Writer, case: str, suspicion: Suspicion, uploads: tuple[str, ...]) -> str:
    said, also = because_of(suspicion), _also(suspicion, uploads)
    journal.append(facts.CaseSignsChanged(case=case, because=said, suspicion=suspicion, also=also))
    return case


def _also(suspicion: Suspicion, uploads: tuple[str, ...]) -> tuple[str, ...]:
    """The uploads that a case names: the strongest of each sign, then the others, LISTED at most."""
    return tuple(dict.fromkeys((*(sign.upload for sign in suspicion.signs), *uploads)))[:LISTED]


def because_of(suspicion: Suspicion) -> str:
    """A case's because: what was seen, what says most first, and the score."""
    names = ", ".join(SIGNALS[sign.signal] for sign in suspicion.signs)
    return f"{names}: {said(suspicion)}"


def train(seed: int, at: Instant, actor: str) -> Weights:
    """Learn the weights from all cases of spam that readers decided; they count from here on.

    Raises: Refused while there are too few decisions, or when they run against the signals.
    """
    _enough_decided()
    looked = look()
    quiet = looked.accounts - len(looked.suspicions)
    with writing(actor=actor, at=at) as writer:
        until, decided = journals.head(), _enough_decided()  # under the lock: these are all up to there
        made = msgspec.structs.replace(_learned(decided, quiet, seed), id=writer.mint("spw"))
        writer.append(
            facts.SpamWeightsLearned(
                weights=made.id,
                base=made.base,
                signals=tuple(made.weights.items()),
                learned_from=made.learned_from,
                upheld=made.upheld,
                quiet=quiet,
                until=until,
                seed=seed,
                rules=_rules(),
            )
        )
    return made


def _enough_decided() -> list[Decided]:
    """What readers decided. Raises: Refused when it is too little to learn from."""
    decided = _decided()
    upheld = sum(outcome for _, outcome in decided)
    if len(decided) < LEAST_DECISIONS or min(upheld, len(decided) - upheld) < LEAST_EACH:
        raise Refused(
            Refusal(
                code="integrity.too-few-decisions",
                because=f"readers have decided {len(decided)} cases of spam, {upheld} of them upheld",
                hint=f"weights are learned from {LEAST_DECISIONS} on, with {LEAST_EACH} of either outcome",
            )
        )
    return decided


def _learned(decided: list[Decided], quiet: int, seed: int) -> Weights:
    try:
        return learn(decided, quiet, seed, "")
    except NothingToLearn as against:
        raise Refused(
            Refusal(
                code="integrity.nothing-to-learn",
                because=str(against),
                hint="look through the cases that were decided; the weights in force stay",
            )
        ) from against


def _decided() -> list[Decided]:
    """The signs of each decided case as its reader saw them, and whether it was upheld; while an appeal runs it is left out."""
    done = [case for case in _cases() if case.state in (CaseState.DECIDED, CaseState.CLOSED) and case.suspicion]
    return [
        ({sign.signal: sign.value for sign in case.suspicion.signs}, case.outcome is Outcome.UPHELD)
        for case in done
        if case.suspicion
    ]


def _cases() -> list[Case]:
    """The cases of spam, the latest first."""
    return sorted(queries.cases(SYSTEM, kind=CaseKind.SPAM), key=lambda case: (case.opened_at, case.id), reverse=True)


def _whose(tables: dict[str, pa.Table]) -> dict[str, str]:
    """Upload → its account."""
    uploads = tables["uploads"]
    return dict(zip(uploads["upload"].to_pylist(), uploads["account"].to_pylist(), strict=True))


def _rules() -> tuple[tuple[str, str], ...]:
    return tuple((name, rule(f"integrity/{name}").digest) for name in RULES)
