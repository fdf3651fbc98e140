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
from accord.governance import queries as governance
from accord.participation import actions, queries
from accord.participation.records import GRADE_WORDS, Cell, Source
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.records import PartyKind
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import NotThere
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

#: What each use means to the person it concerns, in their words.
PLAIN: dict[Use, str] = {
    Use.TRAIN: "learn from my music to make new pieces",
    Use.ANALYSE: "study my music (tempo, key, mood) without making anything from it",
    Use.STYLE: "make something in my style, by name",
    Use.REMIX: "mix my recordings with others",
    Use.COVER: "make a new version of my songs",
    Use.VOICE: "sing with my voice",
    Use.LIKENESS: "show my name, face or image",
}


@audience(Role.ARTIST)
def grid(request: HttpRequest) -> HttpResponse:
    """The grid of the person the viewer acts for (or, with several, of the one asked for)."""
    viewer = viewer_of(request)
    people = _people(viewer)
    person = request.GET.get("person") or next(iter(people), "")
    if person not in people:
        raise NotThere(f"there is no person `{person}`")
    if request.method == "POST":
        return _answer(request, viewer, person)
    features = governance.features()
    cells = queries.grid(viewer, person)
    mine = list(catalog.assets(catalog.credited(person)).values())
    names = {feature.id: feature.name for feature in features.values()}
    context = {
        "person": person,
        "people": people,
        "rows": [_row(cell, features[cell.feature].name) for cell in cells],
        "assets": sorted((a for a in mine if a.kind in ("recording", "work")), key=lambda a: (a.kind, a.title)),
        "singles": _singles(cells, names),
        "features": names,
        "plain": {str(use): words for use, words in PLAIN.items()},
        "waiting": sum(not (cell.yes or cell.no) for cell in cells),
        "standing": [{"choice": c, "grade": GRADE_WORDS[c.grade]} for c in queries.standing(viewer, person)],
        "yeses": sum(bool(cell.yes) for cell in cells),
        "titles": {a.id: a.title for a in mine},
    }
    return render(request, "participation/choices.html", context)


def _row(cell: Cell, name: str) -> dict[str, Any]:
    state = "no" if cell.no and not cell.yes else "yes" if cell.yes else "none"
    where = (cell.yes - cell.no).named() if cell.yes and cell.no else (cell.yes or cell.no).named()
    return {
        "cell": cell,
        "feature": name,
        "plain": PLAIN.get(cell.use, cell.use),
        "state": state,
        "where": where if state != "none" else "",
    }


def _singles(cells: list[Cell], names: dict[str, str]) -> list[tuple[str, str]]:
    """(feature and use, in words) of every question there is, for one recording at a time."""
    return [(f"{c.feature}/{c.use}", f"{names[c.feature]}: {PLAIN.get(c.use, c.use)}") for c in cells]


def _people(viewer: Viewer) -> dict[str, str]:
    """Those the viewer may choose for: itself, and people whose mandate one of its parties holds."""
    own = {p.id for p in parties.parties(viewer.parties).values() if p.kind is PartyKind.PERSON}
    held = {m.person for m in parties.mandates() if m.representative in viewer.parties}
    return dict(sorted(parties.names(own | held).items(), key=lambda pair: pair[1]))


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
