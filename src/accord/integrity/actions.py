"""The doors in: check a sound, a prompt, an upload; open, decide and appeal cases. Each under the writer's lock."""

from __future__ import annotations

from pathlib import Path

from accord.catalog import audio
from accord.clearance import actions as clearance
from accord.clearance import queries as clearances
from accord.integrity import facts, queries, rules, voices
from accord.integrity.checking import check, copy_sentence, hold
from accord.integrity.duplicates import open_cases, search_duplicates
from accord.integrity.fingerprinting import index_missing, index_recording, index_recordings, merge_index, withdraw
from accord.integrity.identify import identify
from accord.integrity.models import PromptRow, UploadRow
from accord.integrity.peaks import RATE_HZ
from accord.integrity.prompts import check_prompt, forget_prompts
from accord.integrity.records import HOLDS, OUTSIDE, Case, CaseKind, CaseState, Match, Outcome, Upload, VoiceMatch
from accord.integrity.references import index_files
from accord.integrity.serving import lay_out, shard_index
from accord.integrity.voices import protect_voice, withdraw_voice
from accord.integrity.works import lay_out_melodies, want_melody, withdraw_melody
from accord.journal.actions import Writer, writing
from accord.parties import accounts
from accord.parties.viewer import SYSTEM
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere, Refusal, Refused
from accord.vault import actions as vault
from accord.vault import private

__all__ = [
    "appeal",
    "appeal_prompt",
    "check",
    "check_prompt",
    "decide",
    "decide_second",
    "forget_prompts",
    "index_files",
    "index_missing",
    "index_recording",
    "index_recordings",
    "lapse",
    "lay_out",
    "lay_out_melodies",
    "merge_index",
    "open_case",
    "open_cases",
    "pass_on",
    "protect_voice",
    "receive_upload",
    "search_duplicates",
    "shard_index",
    "want_melody",
    "withdraw",
    "withdraw_melody",
    "withdraw_voice",
]


def open_case(
    kind: CaseKind | str,
    subject: str,
    maker: str,
    because: str,
    at: Instant,
    actor: str,
    *,
    audio_digest: str | None = None,
    evidence: tuple[Match, ...] = (),
    also: tuple[str, ...] = (),
) -> str:
    """Open a case by hand, with a hold on its subject; returns its id, or that of the open one about the same."""
    with writing(actor=actor, at=at) as journal:
        return hold(journal, CaseKind(kind), subject, maker, audio_digest, because, evidence, also)


def decide(case_id: str, outcome: Outcome | str, because: str, reader: str, at: Instant, actor: str) -> Case:
    """Read a case and decide it; the second reading after an appeal is final. `reader` is an account.

    Upheld: the hold stays or is placed again. Dismissed: it is lifted at once.
    Raises: NotThere, BadInput without a because, Refused when the case is not to be read now, or not by this reader.
    """
    if not because.strip():
        raise BadInput("a decision needs its because", do="say in a sentence what you saw")
    with writing(actor=actor, at=at) as journal:
        case = queries.case(SYSTEM, case_id)
        state = rules.may_decide(case, reader, accounts.acts_for(reader))
        if isinstance(state, Refusal):
            raise Refused(state)
        final = state is CaseState.CLOSED
        journal.append(
            facts.CaseDecided(
                case=case_id,
                reader=reader,
                reading=len(case.readings) + 1,
                outcome=Outcome(outcome),
                because=because.strip(),
                appeal_until=None if final else at + rules.APPEAL_WITHIN,
            )
        )
        _follow(case, Outcome(outcome), because, at, actor)
        return queries.case(SYSTEM, case_id)


def pass_on(case_id: str, because: str, reader: str, at: Instant, actor: str) -> Case:
    """Leave a hard case to another reader, who has the whole time to read it; what it holds stays held.

    Raises: NotThere, BadInput without a because, Refused when it was passed on before or this reader may not read it.
    """
    if not because.strip():
        raise BadInput("a case is passed on with a because", do="say in a sentence what is unclear")
    with writing(actor=actor, at=at) as journal:
        state = rules.may_pass_on(queries.case(SYSTEM, case_id), reader, accounts.acts_for(reader))
        if isinstance(state, Refusal):
            raise Refused(state)
        due = at + rules.READ_WITHIN
        journal.append(facts.CasePassedOn(case=case_id, reader=reader, because=because.strip(), due=due))
        return queries.case(SYSTEM, case_id)


def decide_second(case_id: str, outcome: Outcome | str, because: str, reader: str, at: Instant, actor: str) -> Case:
    """Decide an appealed case. Raises: Refused when it was not appealed, or this reader read it before."""
    case = queries.case(SYSTEM, case_id)
    if case.state is not CaseState.APPEALED:
        raise Refused(
            Refusal(
                code="integrity.case-state",
                because=f"`{case_id}` is {case.state}: no second reading is due",
                hint="it is read again after an appeal",
                subject=case_id,
            )
        )
    return decide(case_id, outcome, because, reader, at, actor)


def _follow(case: Case, outcome: Outcome, because: str, at: Instant, actor: str) -> None:
    """What a decision does to the hold."""
    if case.kind not in HOLDS or outcome is case.outcome:
        return
    if outcome is Outcome.DISMISSED:
        for hold in clearances.holds():
            if hold.case == case.id:
                clearance.lift_hold(hold.id, because, at=at, actor=actor)
    elif case.outcome is Outcome.DISMISSED:
        clearance.place_hold(case.subject, case.because, case.id, at=at, actor=actor)


def appeal(case_id: str, statement: str, by: str, at: Instant, actor: str) -> Case:
    """Ask for a second reading, for the party `by` that the decision went against. Raises: NotThere, Refused."""
    with writing(actor=actor, at=at) as journal:
        case = queries.case(SYSTEM, case_id)
        state = rules.may_appeal(case, frozenset({by}), at)
        if isinstance(state, Refusal):
            raise Refused(state)
        kept = private.put(by, "appeal", {"statement": statement, "case": case_id})
        journal.append(facts.CaseAppealed(case=case_id, by=by, statement=kept, due=at + rules.READ_AGAIN_WITHIN))
        return queries.case(SYSTEM, case_id)


def appeal_prompt(refusal: str, by: str, at: Instant, actor: str) -> str:
    """Ask for a reader of a refused prompt; opens a case and returns its id. Raises: NotThere, Refused when too late."""
    with writing(actor=actor, at=at) as journal:
        row = PromptRow.objects.filter(id=refusal, maker=by).first()
        if row is None:
            raise NotThere(f"there is no refused prompt `{refusal}`")
        if at >= row.keep_until:
            raise Refused(
                Refusal(
                    code="integrity.appeal-late",
                    because=f"the time for an appeal ended at {row.keep_until:%Y-%m-%d}",
                    subject=refusal,
                )
            )
        case = journal.mint("case")
        journal.append(
            facts.CaseOpened(
                case=case,
                kind=CaseKind.PROMPT,
                subject=refusal,
                maker=by,
                audio=None,
                evidence=(),
                also=(row.person,),
                because=f"the maker says that the prompt does not ask for {row.use} of `{row.person}`",
                due=at + rules.READ_WITHIN,
            )
        )
        return case


def lapse(at: Instant, actor: str) -> int:
    """Close the decided cases whose time for an appeal is over; returns how many."""
    with writing(actor=actor, at=at) as journal:
        over = [c for c in queries.cases(SYSTEM, state=CaseState.DECIDED) if rules.may_lapse(c, at)]
        for case in over:
            journal.append(facts.CaseLapsed(case=case.id))
    return len(over)


def receive_upload(
    account: str, sound: Path | bytes, title: str, at: Instant, actor: str, *, artist: str = ""
) -> Upload:
    """Take in an upload: it is compared with the catalogue, counted against a spree, and held if there is a case.

    Nearly all of it being one catalogue recording is a duplicate, under another name when the titles differ; holding less
    of one is a copy; a protected voice that is not the uploader's own is a case; SPREE_UPLOADS in SPREE_WINDOW by one
    account are a spree. Raises: BadInput, and nothing is kept.
    """
    if not title.strip():
        raise BadInput("the upload has no title", do="give it one")
    samples = audio.read_mono(sound, RATE_HZ, title)
    duration_s = len(samples) / RATE_HZ
    matches = tuple(identify(samples, RATE_HZ, queries.index()))
    compared = voices.compared(samples, RATE_HZ)
    digest = vault.put(sound)
    with writing(actor=actor, at=at) as journal:
        upload = journal.mint("upl")
        kept = private.put(account, "upload", {"artist": artist, "title": title})
        journal.append(
            facts.UploadReceived(
                upload=upload,
                account=account,
                audio=digest,
                title=title.strip(),
                metadata=kept,
                duration_s=round(duration_s, 3),
            )
        )
        _copies(journal, upload, account, digest, title, duration_s, matches)
        _voices(journal, upload, account, digest, voices.standing(compared), at)
        _spree(journal, account, at)
        return queries.upload(SYSTEM, upload)


def _copies(
    journal: Writer, upload: str, account: str, digest: str, title: str, duration_s: float, matches: tuple[Match, ...]
) -> None:
    whole = rules.duplicate_of(matches, duration_s)
    if whole is not None:
        known = queries.titles([whole.recording])[whole.recording]
        named = "under its own title" if rules.same_title(title, known) else f"under another name (`{known}`)"
        what = "outside" if whole.recording.startswith(OUTSIDE) else "catalogue"
        hold(
            journal,
            CaseKind.DUPLICATE,
            upload,
            account,
            digest,
            f"it is the {what} recording `{whole.recording}` {named}",
            matches,
        )
    elif matches:
        hold(journal, CaseKind.COPY, upload, account, digest, copy_sentence(matches), matches)


def _voices(
    journal: Writer, upload: str, account: str, digest: str, heard: tuple[VoiceMatch, ...], at: Instant
) -> None:
    known = voices.explained(heard, account, frozenset(), None, at)
    alike = tuple(m for m in heard if m.person not in known)
    if alike:
        said, people = voices.sentence(alike), voices.people(alike)
        hold(journal, CaseKind.VOICE_LIKENESS, upload, account, digest, said, (), people, voices=alike)


def _spree(journal: Writer, account: str, at: Instant) -> None:
    rows = list(
        UploadRow.objects.filter(account=account, at__gt=at - rules.SPREE_WINDOW, at__lte=at).order_by("position")
    )
    count = rules.spree([row.at for row in rows], at)
    if not count:
        return
    hours = round(rules.SPREE_WINDOW.total_seconds() / 3600)
    hold(
        journal,
        CaseKind.SPREE,
        f"{account}/uploads",
        account,
        None,
        f"{count} uploads by one account within {hours} hours, from {rules.SPREE_UPLOADS} on somebody looks",
        (),
        tuple(row.id for row in rows),
    )
