"""Chapter 7 again: what Robin released is remixed by somebody else, once Robin says yes; both are its makers."""

from __future__ import annotations

from fractions import Fraction

from accord.attribution import actions as attribution
from accord.attribution import queries as shares
from accord.attribution.records import ShareKind
from accord.catalog import queries as catalog
from accord.demo.chapters.make import SERVED, cleared
from accord.demo.stage import ACTOR, Stage, day, named
from accord.parties import queries as parties
from accord.provenance import actions as provenance
from accord.provenance import remixes
from accord.studio import actions as studio
from accord.studio import queries as studio_queries
from accord.studio.records import Creation, RemixSource
from accord.terms.refusal import Refused


def remix_of_a_remix(stage: Stage) -> None:
    """Tove lays fifteen seconds of a remix of Robin's before a recording: refused without Robin's yes, made and released with it."""
    remixed = [one for one in studio_queries.creations(stage.kept["creations"].values()) if one.feature == "blend"]
    theirs = remixed[1]  # whose recordings stay cleared to the end, so that visitors may remix it too
    session = studio.open_session(
        stage.kept["party"]["tove"], "blend", day("2026-07-05"), stage.kept["account"]["tove"]
    )
    sources = _sources(theirs)
    _refused(stage, session, sources)
    remixes.say(theirs.id, "blend", "yes", day("2026-07-05", 13), stage.kept["account"]["robin"])
    stage.say(f"Robin says yes to remixes of “{theirs.title}” in blend")
    with stage.working("remixing a remix"):
        made = _made(stage, session, sources, f"{theirs.title}, Tove's Way")
    stage.kept["creations"][made.title] = made.id
    _show(stage, made)


def _sources(theirs: Creation) -> tuple[RemixSource, ...]:
    """Its first fifteen seconds, in which both of its recordings are heard, then ten of one that a third company delivered."""
    inside = catalog.assets(span.asset for span in theirs.lineage)
    companies = {recording.delivered_by for recording in inside.values()}
    other = next(found for found in cleared(day("2026-07-05")) if found.delivered_by not in companies)
    return (
        RemixSource(asset=theirs.id, start_s=0, end_s=15),
        RemixSource(asset=other.id, start_s=0, end_s=10, offset_s=15),
    )


def _refused(stage: Stage, session: str, sources: tuple[RemixSource, ...]) -> None:
    try:
        studio.remix(session, sources, day("2026-07-05"), stage.kept["account"]["tove"], territories=SERVED)
    except Refused as no:
        stage.say(named("Tove's remix of it is refused: " + no.refusal.sentence()))
        return
    raise AssertionError("the demonstration expects a remix without its maker's yes to be refused")


def _made(stage: Stage, session: str, sources: tuple[RemixSource, ...], title: str) -> Creation:
    tove = stage.kept["account"]["tove"]
    take = studio.remix(session, sources, day("2026-07-05", 14), tove, territories=SERVED)
    studio.choose(session, take, day("2026-07-05", 15), tove)
    creation = studio.submit(take, day("2026-07-05", 15), tove, title)
    attribution.attribute(creation, day("2026-07-05", 16), ACTOR)
    provenance.release(creation, day("2026-07-06"), ACTOR)
    return studio_queries.creations([creation])[0]


def _show(stage: Stage, made: Creation) -> None:
    found = shares.attribution(made.id)
    makers = {row.subject for row in found.rows if row.kind is ShareKind.COCREATOR}
    names, titles = parties.names(makers), catalog.assets(row.subject for row in found.rows)
    told = {
        subject: names.get(subject) or titles[subject].title for subject in dict.fromkeys(r.subject for r in found.rows)
    }
    parts = ", ".join(f"{name} {float(100 * found.share(subject)):.1f} %" for subject, name in told.items())
    whole = sum((found.share(subject) for subject in told), Fraction(0)) == 1
    stage.say(f"“{made.title}” is {parts}: {'exactly one' if whole else 'NOT ONE'}")
