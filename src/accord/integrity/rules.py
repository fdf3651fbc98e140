"""How a case goes: a state table, who may take which step, how long it takes, and what counts as a spree or another name. Pure.

open ─pass on→ open, for another reader; open ─decide→ decided ─appeal→ appealed ─decide again→ closed;  decided ─lapse→ closed.
No road from open leads to closed without a reader, none from appealed without a second one who is not the first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from accord.integrity.records import CATALOGUE_KINDS, Case, CaseState, Cluster, Match, Outcome, Pace, Relation
from accord.terms.refusal import Refusal

READ_WITHIN = timedelta(days=3)
APPEAL_WITHIN = timedelta(days=14)
READ_AGAIN_WITHIN = timedelta(days=7)

SPREE_UPLOADS = 20
SPREE_WINDOW = timedelta(hours=24)
PRINTS_MOST = 5  # of one person: speaking, singing, in several languages
DUPLICATE_PART = 0.8  # of an upload's length that matches one recording: it is that recording

STEPS = {
    (CaseState.OPEN, "decide"): CaseState.DECIDED,
    (CaseState.OPEN, "pass on"): CaseState.OPEN,
    (CaseState.DECIDED, "appeal"): CaseState.APPEALED,
    (CaseState.DECIDED, "lapse"): CaseState.CLOSED,
    (CaseState.APPEALED, "decide again"): CaseState.CLOSED,
}


def after(case: Case, step: str) -> CaseState | Refusal:
    """The state that a step leads to, or why it cannot be taken now."""
    if case.kind in CATALOGUE_KINDS:
        return _no(
            case,
            "integrity.catalogue-decides",
            f"`{case.id}` is about claims, which the catalogue decides",
            "accept, reject or evidence the claims; the case closes by itself",
        )
    state = STEPS.get((case.state, step))
    if state is None:
        can = sorted(s for (at, s) in STEPS if at == case.state)
        return _no(
            case,
            "integrity.case-state",
            f"`{case.id}` is {case.state}: it cannot {step}",
            f"it can {' or '.join(can)}" if can else "it is over",
        )
    return state


def may_decide(case: Case, reader: str, acts_for: frozenset[str] = frozenset()) -> CaseState | Refusal:
    """Whether this reader may decide now: first anybody but those concerned, then anybody but those and the first.

    `acts_for` are the parties that the reader's account acts for: its own case is theirs too.
    """
    step = "decide again" if case.state is CaseState.APPEALED else "decide"
    state = after(case, step)
    if isinstance(state, Refusal):
        return state
    if {reader, *acts_for} & {case.maker, case.appealed_by, *case.also}:
        return _no(case, "integrity.own-case", "nobody reads a case of their own", "another reader decides")
    if reader in {*(past.reader for past in case.readings), *(past.reader for past in case.passed)}:
        return _no(case, "integrity.second-reader", f"`{reader}` read this case before", "a second reader decides")
    return state


def may_pass_on(case: Case, reader: str, acts_for: frozenset[str] = frozenset()) -> CaseState | Refusal:
    """Whether this reader may leave a first reading to another: whoever could decide it, and once only."""
    may = may_decide(case, reader, acts_for)
    state = may if isinstance(may, Refusal) else after(case, "pass on")
    if not isinstance(state, Refusal) and case.passed:
        return _no(
            case, "integrity.passed-on", "it was passed on once", "a second reader decides; an appeal is open then"
        )
    return state


def may_appeal(case: Case, parties: frozenset[str], at: datetime) -> CaseState | Refusal:
    """Whether somebody acting for these parties may appeal: those whom the decision went against, in time."""
    state = after(case, "appeal")
    if isinstance(state, Refusal):
        return state
    if not parties & concerned(case):
        return _no(case, "integrity.not-concerned", "only whom the decision went against may appeal")
    if case.appeal_until is not None and at >= case.appeal_until:
        return _no(
            case, "integrity.appeal-late", f"the time for an appeal ended at {case.appeal_until:%Y-%m-%d %H:%M} UTC"
        )
    return state


def concerned(case: Case) -> frozenset[str]:
    """Whom the last decision went against: the maker when it was upheld, the recordings' side when it was dismissed."""
    return frozenset({case.maker}) if case.outcome is Outcome.UPHELD else frozenset(case.also)


def may_lapse(case: Case, at: datetime) -> bool:
    """Whether the time for an appeal is over."""
    return case.state is CaseState.DECIDED and case.appeal_until is not None and at >= case.appeal_until


def may_protect(person: str, in_person: bool, kept: int) -> Refusal | None:
    """Why no print of a voice is taken: it is not the person who asks, or they have PRINTS_MOST already."""
    if not in_person:
        return Refusal(
            code="integrity.not-the-person",
            because=f"this is not said from a verified account of `{person}`",
            hint="only the person registers their voice; verify the account first",
            subject=person,
        )
    if kept >= PRINTS_MOST:
        return Refusal(
            code="integrity.enough-prints",
            because=f"`{person}` has {kept} prints, which is as many as are kept",
            hint="withdraw one first",
            subject=person,
        )
    return None


def spree(times: Sequence[datetime], at: datetime) -> int:
    """How many of these uploads lie in the window before `at`, if that is a spree; else 0."""
    recent = sum(1 for t in times if at - SPREE_WINDOW < t <= at)
    return recent if recent >= SPREE_UPLOADS else 0


def duplicate_of(matches: Sequence[Match], duration_s: float) -> Match | None:
    """The recording that an upload is nearly all of, if there is one."""
    whole = [m for m in matches if m.seconds >= DUPLICATE_PART * duration_s]
    return max(whole, key=lambda m: m.evidence.nats, default=None)


def age(recording: str) -> tuple[int, str]:
    """What recordings are ordered by: ids are numbered as they come, so the lowest was there first."""
    return len(recording), recording


def from_others(cluster: Cluster, senders: Mapping[str, str]) -> dict[str, tuple[Match, ...]]:
    """Recording → its matches to recordings that *another* party had brought before, longest first; parts do not count.

    `senders` says who delivered each. Where that is not known of both, nothing is said.
    """
    found: dict[str, list[Match]] = {}
    for likeness in cluster.likenesses:
        before, subject = sorted((likeness.one, likeness.other), key=age)
        known = senders.get(before) and senders.get(subject)
        if known and senders[before] != senders[subject] and likeness.relation is not Relation.PART:
            found.setdefault(subject, []).append(likeness.seen_from(subject))
    return {subject: tuple(sorted(found[subject], key=lambda m: -m.seconds)) for subject in sorted(found, key=age)}


def same_sound(subject: str, evidence: Sequence[Match]) -> str:
    """The because of a case about a recording that another party had delivered before."""
    first, more = evidence[0], f", and {len(evidence) - 1} more" if len(evidence) > 1 else ""
    how = change_of(first)
    return f"`{subject}` sounds as `{first.recording}` {how}, which another party had delivered before{more}"


def change_of(match: Match) -> str:
    """How a match differs from its recording, in words: pitch and tempo, as far as anybody would hear it."""
    pitch, tempo = round(match.semitones, 1), round(100 * (match.tempo_factor - 1), 1)
    said = [f"{abs(pitch):g} semitones {'higher' if pitch > 0 else 'lower'}"] if abs(pitch) >= 0.1 else []
    said += [f"{abs(tempo):g} % {'faster' if tempo > 0 else 'slower'}"] if abs(tempo) >= 0.5 else []
    return " and ".join(said) or "at its own pitch and tempo"


def same_title(one: str, other: str) -> bool:
    """Whether two titles are the same but for case, spacing and punctuation."""
    return _plain(one) == _plain(other)


def _plain(title: str) -> str:
    folded = unicodedata.normalize("NFKD", title).casefold()
    return "".join(c for c in folded if c.isalnum())


def pace(took_s: Sequence[float]) -> Pace | None:
    """Median and ninth decile of what decided cases took, between neighbours where it falls there; None of none."""
    if not took_s:
        return None
    median, ninth = np.quantile(took_s, (0.5, 0.9))
    return Pace(n=len(took_s), median_s=float(median), ninth_decile_s=float(ninth))


def next_to_read(cases: Iterable[Case], reader: str, acts_for: frozenset[str] = frozenset()) -> Case | None:
    """The first of these that this reader may decide, in their order."""
    return next((case for case in cases if not isinstance(may_decide(case, reader, acts_for), Refusal)), None)


def _no(case: Case, code: str, because: str, hint: str = "") -> Refusal:
    return Refusal(code=code, because=because, hint=hint, subject=case.id)
