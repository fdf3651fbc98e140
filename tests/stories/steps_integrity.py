"""Steps about prompts, copies and cases: a sample hidden in a stem, and readers who look at it."""

from __future__ import annotations

import numpy as np
from tests.stories.runner import World, step, then
from tests.stories.steps_clearance import ACTOR
from tests.unit.integrity.music import RATE_HZ, song, stretched, wav

from accord.catalog import actions as catalog
from accord.catalog import queries as catalogue
from accord.insights import queries as insights
from accord.insights.records import Figure, Group
from accord.integrity import actions, queries
from accord.integrity.models import PromptRow
from accord.integrity.prompts import keyed_hash
from accord.integrity.records import Case, CaseState
from accord.journal.queries import facts_of
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.studio import actions as studio
from accord.studio import queries as studio_queries
from accord.studio.records import RemixSource, TakeState
from accord.terms.refusal import NotThere, Refused
from accord.training.generator import Request
from accord.vault import actions as vault

TRUST = Viewer("acc_reviewer", frozenset(), frozenset({Role.TRUST}))
PIECE = Request(key="E minor", metre=(3, 4), tempo_bpm=120.0, instruments=(0,), bars=8, phrase=None, seed=1, mode="new")


def viewer(world: World, name: str) -> Viewer:
    """What somebody sees who acts for the party of this name."""
    return Viewer(f"acc_{name}", frozenset({world.id(name)}), frozenset({Role.CREATOR}))


# --- prompts


@step(r"Artist (\w+) goes by ([\w ]+)")
def _artist(world: World, name: str, known_as: str) -> None:
    world.call(name, parties.register_party("person", known_as, at=world.at, actor=ACTOR))


@step(r"Maker (\w+)")
def _maker(world: World, name: str) -> None:
    world.call(name, parties.register_party("person", f"{name} Story", at=world.at, actor=ACTOR))


@step(r"(\w+) sits down in (\w+)")
def _sits_down(world: World, name: str, feature: str) -> None:
    world.kept[f"session of {name}"] = studio.open_session(world.id(name), feature, world.at, ACTOR)


@step(r"Old prompts are forgotten")
def _forgotten(world: World) -> None:
    assert actions.forget_prompts(world.at, ACTOR) > 0


@then(r"(\w+)'s prompt \"(.+)\" is refused: (.+)")
def _refused(world: World, name: str, prompt: str, because: str) -> None:
    try:
        studio.make(world.kept[f"session of {name}"], PIECE, prompt, world.at, ACTOR)
    except Refused as no:
        assert no.refusal.because == because, no.refusal.because
        world.kept["refusal"] = no.refusal
    else:
        raise AssertionError(f"`{prompt}` went through")


@then(r"(\w+)'s prompt \"(.+)\" goes through")
def _goes_through(world: World, name: str, prompt: str) -> None:
    assert actions.check_prompt(prompt, "compose", world.id(name), world.at, ACTOR) == keyed_hash(prompt)


@then(r"it says that only ([\w ]+) could change that")
def _could_change(world: World, name: str) -> None:
    assert f"only {name} could change that" in world.kept["refusal"].hint


@then(r"nothing was made")
def _nothing_made(world: World) -> None:
    assert studio_queries.takes() == {} and list(facts_of("studio.take-made")) == []


@then(r"a keyed hash of \"(.+)\" and the refusal are on record, and none of its words")
def _hash_on_record(world: World, prompt: str) -> None:
    (entry,) = [e for e in facts_of("integrity.prompt-refused") if e.fact.refusal == world.kept["refusal"].subject]
    assert entry.fact.keyed_hash == keyed_hash(prompt) and entry.fact.code == world.kept["refusal"].code
    assert not [word for word in prompt.split() if len(word) > 3 and word.lower() in str(entry.fact).lower().split()]


@then(r"its text is kept encrypted, for (\w+) and the reviewers alone")
def _text_kept(world: World, name: str) -> None:
    refusal = world.kept["refusal"].subject
    for seen in (TRUST, viewer(world, name)):
        assert [p.id for p in queries.refused_prompts(seen) if p.text] == [refusal]
    assert queries.refused_prompts(viewer(world, "N")) == []


@then(r"the hash of \"(.+)\" is still on record, its text is gone")
def _text_gone(world: World, prompt: str) -> None:
    rows = PromptRow.objects.filter(keyed_hash=keyed_hash(prompt))
    assert rows and [p.text for p in queries.refused_prompts(TRUST) if p.id in {row.id for row in rows}] == [
        None
    ] * len(rows)


# --- copies


@step(r"Recording (\w+) on label (\w+) sounds for (\d+) s and is fingerprinted")
def _sounds(world: World, name: str, label: str, seconds: str) -> None:
    sound = song(9, float(seconds))
    world.kept[f"sound of {name}"] = sound
    made = catalog.register_recording(
        f"Recording {name}",
        label=world.id(label),
        audio=vault.put(wav(sound)),
        duration_s=float(seconds),
        at=world.at,
        actor=ACTOR,
    )
    actions.index_recording(world.call(name, made), world.at, ACTOR)


@step(r"Stem (\w+) of (\w+) holds (\d+) s of (\w+) from its second (\d+), two semitones up, after (\d+) s and before (\d+) s "
      r"of something else")  # fmt: skip
def _hidden(
    world: World, name: str, recording: str, seconds: str, copied: str, start: str, before: str, after: str
) -> None:
    first = int(start) * RATE_HZ
    piece = stretched(world.kept[f"sound of {copied}"], semitones=2.0)[first : first + int(seconds) * RATE_HZ]
    sound = np.concatenate([song(60, float(before)), piece, song(61, float(after))])
    (stem,) = catalog.register_stems(
        world.id(recording), [(name, vault.put(wav(sound)), len(sound) / RATE_HZ)], at=world.at, actor=ACTOR
    )
    world.call(name, stem)


def _take(world: World, fan: str, source: str) -> str:
    session = studio.open_session(world.id(fan), "blend", world.at, ACTOR)
    return studio.remix(session, (RemixSource(asset=world.id(source)),), world.at, ACTOR)


@step(r"(\w+) makes a creation (\w+) of (\w+)")
def _creation(world: World, fan: str, name: str, source: str) -> None:
    world.call(name, studio.submit(_take(world, fan, source), world.at, ACTOR, "An air"))


@step(r"(\w+) makes a take (\w+) of (\w+)")
def _make_take(world: World, fan: str, name: str, source: str) -> None:
    world.call(name, _take(world, fan, source))


def case_of(world: World, take: str) -> Case:
    """The case about a take."""
    return queries.case(TRUST, str(studio_queries.take(SYSTEM, world.id(take)).case))


@step(r"(\w+) (upholds|dismisses) (\w+)'s case: (.+)")
def _decides(world: World, reader: str, how: str, take: str, because: str) -> None:
    case = case_of(world, take)
    door = actions.decide_second if case.state is CaseState.APPEALED else actions.decide
    door(case.id, "upheld" if how == "upholds" else "dismissed", because, f"acc_{reader}", world.at, f"acc_{reader}")
    world.kept[f"decision of {reader}"] = world.at


@step(r"(\w+) appeals (\w+)'s case: (.+)")
def _appeals(world: World, who: str, take: str, statement: str) -> None:
    actions.appeal(case_of(world, take).id, statement, world.id(who), world.at, f"acc_{who}")


@then(r"(\w+) is held: (\w+) cannot hear it and cannot submit it")
def _held(world: World, take: str, fan: str) -> None:
    for door in (
        lambda: studio_queries.listen(viewer(world, fan), world.id(take)),
        lambda: studio.submit(world.id(take), world.at, ACTOR, "Mine"),
    ):
        try:
            door()
        except Refused:
            continue
        raise AssertionError("the take got out")
    assert studio_queries.take(SYSTEM, world.id(take)).state is TakeState.HELD


@then(r"a reviewer can hear it")
def _reviewer_hears(world: World) -> None:
    (held,) = [t for t in studio_queries.takes().values() if t.state is TakeState.HELD]
    assert studio_queries.listen(TRUST, held.id)


@then(r"(\w+)'s case is open, about (\w+), and due within 3 days")
def _open(world: World, take: str, fan: str) -> None:
    case = case_of(world, take)
    assert (case.state, case.maker, case.subject) == (CaseState.OPEN, world.id(fan), world.id(take))
    assert case.due is not None and 0 < (case.due - world.at).total_seconds() <= 3 * 86_400
    world.kept["case"] = case


@then(
    r"it shows (\d+) s of (\w+): from (\d+) to (\d+) s in (\w+), from (\d+) to (\d+) s in \2, 2 semitones up, at its own tempo"
)
def _spans(world: World, seconds: str, copied: str, start: str, end: str, _take: str, from_: str, to: str) -> None:
    (match,) = world.kept["case"].evidence
    found = (match.query_start_s, match.query_end_s, match.ref_start_s, match.ref_end_s)
    assert match.recording == world.id(copied)
    assert all(abs(a - float(b)) < 1.5 for a, b in zip(found, (start, end, from_, to), strict=True)), match
    assert abs(match.seconds - float(seconds)) < 2 and abs(match.semitones - 2) < 0.1
    assert abs(match.tempo_factor - 1) < 0.01


@then(r"it shows both waveforms")
def _waveforms(world: World) -> None:
    case: Case = world.kept["case"]
    other = catalogue.asset(case.evidence[0].recording).audio
    for digest in (case.audio, other):
        picture = queries.waveform(str(digest), 200)
        assert len(picture.high) == 200 and max(picture.high) > 0.1 and picture.duration_s > 20


@then(r"it is surer than 99 in 100")
def _sure(world: World) -> None:
    assert world.kept["case"].evidence[0].probability > 0.99, world.kept["case"].evidence


@then(r"(\w+) can see (\w+)'s case, and (\w+) cannot")
def _sees(world: World, side: str, take: str, stranger: str) -> None:
    case = case_of(world, take)
    assert queries.case(viewer(world, side), case.id) == case
    try:
        queries.case(viewer(world, stranger), case.id)
    except NotThere:
        return
    raise AssertionError("a stranger saw the case")


def safety(world: World, key: str) -> Figure:
    """One of the published figures of safety."""
    return next(f for f in insights.figures(SYSTEM, world.at, Group.SAFETY) if f.key == key)


@then(r"there are (\d+) violations per 1,000 creations, of (\d+) creations?")
def _violations(world: World, value: str, count: str) -> None:
    figure = safety(world, "violations")
    assert (figure.value, figure.n) == (float(value), int(count)), figure


@then(r"the time to remediation is the time from (\w+)'s case to (\w+)'s decision")
def _remediation(world: World, take: str, reader: str) -> None:
    taken = world.kept[f"decision of {reader}"] - case_of(world, take).opened_at
    figure = safety(world, "remediation_time")
    assert figure.n == 1 and figure.value is not None and abs(figure.value * 3600 - taken.total_seconds()) < 1


@then(r"(\w+) cannot decide (\w+)'s case(?: again)?")
def _cannot_decide(world: World, who: str, take: str) -> None:
    reader = world.ids.get(who, f"acc_{who}")
    try:
        actions.decide_second(case_of(world, take).id, "dismissed", "all fine", reader, world.at, reader)
    except Refused:
        return
    raise AssertionError(f"{who} decided")


@then(r"(\w+)'s case is closed after two readers")
def _closed(world: World, take: str) -> None:
    case = case_of(world, take)
    assert case.state is CaseState.CLOSED and len({reading.reader for reading in case.readings}) == 2
