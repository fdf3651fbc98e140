"""The choices page: a grid of features × uses in plain words, and single recordings. A yes is one click to take back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from accord.catalog import queries as catalog
from accord.catalog.records import Asset
from accord.governance import queries as governance
from accord.participation import actions, queries
from accord.participation.records import GRADE_WORDS, Cell, Choice, Source
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.records import PartyKind
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import NotThere
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

CSV_COLUMNS = ("id", "what", "answer", "use", "feature", "territories", "said_by", "since")
#: What each use means to the person it concerns, in their words.
PLAIN: dict[Use, str] = {
    Use.TRAIN: "learn from my music to make new pieces",
    Use.ANALYSE: "study my music (tempo, key, mood) without making anything from it",
    Use.STYLE: "make something in my style, by name",
    Use.REMIX: "mix my music with other people’s",
    Use.COVER: "make a new version of my songs",
    Use.VOICE: "sing with my voice",
    Use.LIKENESS: "show my name, face or image",
    Use.LISTEN: "let people hear what is made with my music",
    Use.SHARE: "let people pass on what is made with my music",
    Use.EXPORT: "let people take away what is made with my music as a file",
    Use.SYNC: "put what is made with my music to pictures (film, games, advertising)",
}


@audience(Role.ARTIST)
def grid(request: HttpRequest) -> HttpResponse:
    """The grid of the person the viewer acts for (or, with several, of the one asked for); what stands also as CSV."""
    viewer = viewer_of(request)
    people = _people(viewer)
    person = request.GET.get("person") or next(iter(people), "")
    if person not in people:
        raise NotThere(
            f"there is no person `{person}`" if person else "your account acts for no person who could choose"
        )
    if request.method == "POST":
        return _answer(request, viewer, person)
    names = {feature.id: feature.name for feature in governance.features().values()}
    titles = {a.id: a for a in catalog.assets(catalog.credited(person)).values()}
    cells, asked = queries.grid(viewer, person), request.GET.get("feature", "")
    standing = [c for c in queries.standing(viewer, person) if asked in ("", c.feature)]
    if request.GET.get("format") == "csv":
        return as_csv("choices", CSV_COLUMNS, (_csv_row(c, titles) for c in standing))
    rows = [_row(use, cells) for use in dict.fromkeys(cell.use for cell in cells)]
    states = [box["state"] for row in rows for box in row["boxes"] if box]
    context = {
        "person": person,
        "people": people,
        "columns": {cell.feature: names[cell.feature] for cell in cells},
        "rows": rows,
        "assets": sorted(
            (a for a in titles.values() if a.kind in ("recording", "work")), key=lambda a: (a.kind, a.title)
        ),
        "singles": _singles(cells, names),
        "features": names,
        "asked": asked,
        "plain": {str(use): words for use, words in PLAIN.items()},
        "waiting": states.count("none"),
        "questions": len(states),
        "yeses": states.count("yes"),
        "standing": [{"choice": c, "grade": GRADE_WORDS[c.grade]} for c in standing],
        "titles": {a.id: a.title for a in titles.values()},
    }
    return render(request, "participation/choices.html", context)


def _row(use: Use, cells: list[Cell]) -> dict[str, Any]:
    """One use across the features, in the columns' order; nothing where a feature does not ask for it."""
    here = {cell.feature: cell for cell in cells if cell.use == use}
    columns = dict.fromkeys(cell.feature for cell in cells)
    return {"use": use, "plain": PLAIN.get(use, use), "boxes": [_box(here[f]) if f in here else None for f in columns]}


def _box(cell: Cell) -> dict[str, Any]:
    """An answer as it counts: a no beats a yes wherever both stand."""
    yes = cell.yes - cell.no
    state = "yes" if yes else "no" if cell.no else "none"
    return {
        "cell": cell,
        "state": state,
        "where": (yes or cell.no).named() if state != "none" else "",
        "everywhere": yes.named() == "everywhere",
    }


def _csv_row(choice: Choice, titles: dict[str, Asset]) -> list[Any]:
    what = titles[choice.asset].title if choice.asset in titles else choice.asset or "everything"
    where, said_by = choice.territories.text(), GRADE_WORDS[choice.grade]
    return [choice.id, what, choice.answer, choice.use, choice.feature, where, said_by, choice.at]


def _singles(cells: list[Cell], names: dict[str, str]) -> list[tuple[str, str]]:
    """(feature and use, in words) of every question there is, for one recording at a time."""
    return [(f"{c.feature}/{c.use}", f"{names[c.feature]}: {PLAIN.get(c.use, c.use)}") for c in cells]


def _people(viewer: Viewer) -> dict[str, str]:
    """Those the viewer may choose for: itself, and people whose mandate one of its parties holds."""
    own = {p.id for p in parties.parties(viewer.parties).values() if p.kind is PartyKind.PERSON}
    held = {m.person for m in parties.mandates() if m.representative in viewer.parties}
    return dict(sorted(parties.names(own | held).items(), key=lambda pair: pair[1]))


def representative(viewer: Viewer, person: str) -> str:
    """The viewer's party that holds a mandate of the person. Raises: NotThere."""
    held = (m.representative for m in parties.mandates() if m.person == person and m.representative in viewer.parties)
    found = next(held, None)
    if found is None:
        raise NotThere(f"there is no person `{person}`")
    return found


def _answer(request: HttpRequest, viewer: Viewer, person: str) -> HttpResponse:
    asked = {key: request.POST.get(key, "") for key in ("use", "feature", "territories", "asset", "answer")}
    if "/" in request.POST.get("question", ""):
        asked["feature"], _, asked["use"] = request.POST["question"].partition("/")
    if request.POST.get("but") and asked["territories"] == "WORLD":
        asked["territories"] = "WORLD-" + "-".join(request.POST["but"].upper().replace(",", " ").split())
    territories = TerritorySet.parse(asked["territories"] or "WORLD")
    standing = queries.choices([person], feature=asked["feature"])
    takes_back = any(c.answer == "yes" and c.use == asked["use"] and c.territories & territories for c in standing)
    if asked["answer"] == "no" and takes_back:
        return HttpResponseRedirect("/revocation?" + urlencode({"person": person, **asked}))
    own = viewer.acts_for(person)
    spoken_by = person if own else _representative(viewer, person, asked["use"])
    actions.choose(
        person,
        spoken_by,
        asked["use"],
        asked["feature"],
        territories,
        asked["asset"] or None,
        "yes" if asked["answer"] == "yes" else "no",
        Source.PERSON if own else Source.REPRESENTATIVE,
        at=datetime.now(UTC),
        actor=viewer.account or "",
    )
    messages.success(request, f"The {asked['answer']} counts from now on.", extra_tags="yes")
    return HttpResponseRedirect(f"/choices?person={person}")


def _representative(viewer: Viewer, person: str, use: str) -> str:
    """Which of the viewer's parties speaks for a person: one whose mandate names the use, where there is one."""
    held = [m for m in parties.mandates(people=[person]) if m.representative in viewer.parties]
    return max(held, key=lambda mandate: use in mandate.uses).representative


urlpatterns = [path("choices", grid, name="choices")]
