"""Chapters 9 and 10: who is in each creation and how much; release with credits, label and signed credentials."""

from __future__ import annotations

import json

from accord.attribution import actions as attribution
from accord.attribution import gathering
from accord.attribution import queries as shares
from accord.attribution.records import LINEAGE
from accord.catalog import queries as catalog
from accord.demo.stage import ACTOR, Stage, day
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.provenance import actions as provenance
from accord.provenance import queries as releases
from accord.studio import actions as studio
from accord.studio import queries as studio_queries
from accord.studio.descent import models_of
from accord.studio.records import TakeState


def submit_and_attribute(stage: Stage) -> None:
    """Every take that is clear is submitted and attributed; shares sum to exactly one."""
    robin = stage.kept["account"]["robin"]
    made: dict[str, str] = {}
    takes = studio_queries.takes(stage.kept["takes"].values())
    with stage.working("attributing", len(takes)) as bar:
        for number, (title, take_id) in enumerate(stage.kept["takes"].items()):
            bar(number + 1)
            if takes[take_id].state is not TakeState.CLEAR:
                continue
            studio.choose(takes[take_id].session, take_id, day("2026-07-03", 10), robin)
            creation = studio.submit(take_id, day("2026-07-03", 11), robin, title)
            attribution.attribute(creation, day("2026-07-03", 12), ACTOR)
            made[title] = creation
    stage.kept["creations"] = made
    _show(stage, made)


def _show(stage: Stage, made: dict[str, str]) -> None:
    rows = []
    for title, creation in made.items():
        found = shares.attribution(creation)
        assets = catalog.assets(row.subject for row in found.rows)
        names = parties.names(row.subject for row in found.rows if row.subject not in assets)
        ranked = sorted(found.rows, key=lambda row: (-row.units, row.subject))
        first = ", ".join(
            f"{assets[r.subject].title if r.subject in assets else names.get(r.subject, r.subject)} {100 * r.units / found.total_units:.1f} %"
            for r in ranked[:3]
        )
        exact = sum(row.units for row in found.rows) == found.total_units
        rows.append([title, str(len(found.rows)), "exactly one" if exact else "NOT ONE", first])
    stage.table(["creation", "shares", "sum", "largest"], rows, {1})
    stage.say(
        "remixes by exact lineage (seconds × level); model pieces by sealed tokens, since the model is not calibrated:"
    )
    stage.say(
        "`accord attribution calibrate MODEL` measures against retraining how much may follow attribution instead"
    )
    _of_everything(stage, made)


def _of_everything(stage: Stage, made: dict[str, str]) -> None:
    """The creation in which a recording, a model's piece and the person's own phrase in that are heard: who has how much."""
    (mixed,) = [one for one in studio_queries.creations(made.values()) if one.lineage and models_of(one)]
    found = shares.attribution(mixed.id)
    parts = {"heard": 0, "learned": 0, "own": 0, "made": 0}
    for row in found.rows:
        of = {gathering.OWN_NOTES: "own", LINEAGE: "heard", gathering.AUTHOR: "made"}
        parts[of.get(row.method, "learned")] += row.units
    heard, learned, own, mixing = (f"{100 * units / found.total_units:.1f} %" for units in parts.values())
    stage.say(
        f"“{mixed.title}” holds all of it: a recording ({heard}), the works the model learned from ({learned}), notes of Robin's own "
        f"({own}), and Robin who made it ({mixing})"
    )


def release(stage: Stage) -> None:
    """Every creation is released; the trust file lies beside."""
    released: dict[str, str] = {}
    with stage.working("releasing", len(stage.kept["creations"])) as bar:
        for number, (title, creation) in enumerate(stage.kept["creations"].items()):
            released[title] = provenance.release(creation, day("2026-07-04", 8 + number), ACTOR).id
            bar(number + 1)
    stage.kept["released"] = released
    trust = stage.home / "trust.json"
    trust.write_text(json.dumps(releases.trust().document(), indent=2) + "\n")
    one = releases.release(next(iter(released.values())))
    stage.say(f"{len(released)} releases as WAV, FLAC and MP3 in {stage.home / 'released'}; trust file {trust}")
    stage.say(f"label: “{one.label}”; DDEX ContainsAI: {one.disclosure.contains_ai}")
    stage.say(f"try: accord verify {stage.home / 'released' / one.files[0].name} --trust {trust}")
    assert studio_queries.creation(SYSTEM, one.creation)
