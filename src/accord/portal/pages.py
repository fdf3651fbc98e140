"""Where each role starts, what a revocation will touch, and what would unlock most."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import mark_safe

from accord.governance import queries as governance
from accord.governance.records import Feature, FeatureState
from accord.participation import actions as participation
from accord.participation.pages import PLAIN, representative
from accord.participation.records import Source
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role
from accord.portal import queries, starting
from accord.portal import worklist as worklists
from accord.provenance import queries as provenance
from accord.provenance.picture import matching_bars, picture
from accord.studio import queries as studio
from accord.studio.descent import recordings
from accord.studio.picture import titles
from accord.terms.refusal import BadInput
from accord.terms.territory import EMPTY, NAMES, TerritorySet
from accord.terms.use import Use
from accord.training import queries as training

LOOKED_THROUGH = 24  # releases, for one in which people are heard


@audience(Role.PUBLIC)
def start(request: HttpRequest) -> HttpResponse:
    """The start page: for somebody signed in, what waits for them; for everybody, what this is and one piece to hear."""
    viewer = viewer_of(request)
    cards = starting.start(viewer)
    context = {
        "cards": cards,
        "names": parties.names(sorted(viewer.parties)),
        "everybody": starting.everybody(),
        "roles": sorted(viewer.roles - {Role.PUBLIC}),
        "newest": None if cards else _newest(),
    }
    return render(request, "portal/start.html", context)


def _newest() -> dict[str, object] | None:
    """The newest of the last LOOKED_THROUGH released creations in which people are heard, else the newest, with its
    credited waveform."""
    released = {release.creation: release for release in provenance.newest(LOOKED_THROUGH)}
    creations = studio.creations(released)
    if not creations:
        return None
    creation = next((one for one in reversed(creations) if recordings(one.lineage)), creations[-1])
    drawn = picture(creation, matching_bars(creation.id))
    names = parties.names([creation.creator])
    told = {"creation": creation, "release": released[creation.id], "picture": drawn, "by": names}
    return told | {"people": bool(recordings(creation.lineage))}


@audience(Role.ARTIST)
def revocation(request: HttpRequest) -> HttpResponse:
    """Before a yes is taken back: the sets, models, features, creations and money it touches. Then: take it back."""
    viewer = viewer_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    person, feature, asset = asked.get("person", ""), asked.get("feature", ""), asked.get("asset") or None
    use, territories = _use(asked.get("use", "")), TerritorySet.parse(asked.get("territories") or "WORLD")
    at = datetime.now(UTC)
    touched = queries.blast_radius(viewer, person, use, feature, at, asset, territories)
    if request.method == "POST":
        own = viewer.acts_for(person)
        spoken_by = person if own else representative(viewer, person)
        source = Source.PERSON if own else Source.REPRESENTATIVE
        participation.revoke(
            person, spoken_by, use, feature, territories, asset, source, at=at, actor=viewer.account or ""
        )
        messages.success(request, "Taken back. From now on nobody gets a yes on it.", extra_tags="yes")
        return HttpResponseRedirect(f"/choices?person={person}")
    context = {
        "touched": touched,
        "asked": {
            "person": person,
            "feature": feature,
            "asset": asset or "",
            "use": use,
            "territories": territories.text(),
        },
        "name": parties.names([person])[person],
        "titles": titles([asset] if asset else []),
        "coming_out": sorted(titles(touched.assets).items(), key=lambda pair: pair[1].casefold()),
        "plain": PLAIN.get(use, use),
        "feature": governance.feature(feature).name,
        "made": studio.creations(touched.creations),
        "models": training_words(touched.sets, touched.models),
        "where": territories.named(),
    }
    return render(request, "portal/revocation.html", context)


def training_words(sets: tuple[str, ...], models: tuple[str, ...]) -> dict[str, str]:
    """A training set or model as a person can place it: when it was sealed or trained."""
    sealed = {key: training.seal(key).at for key in sets}
    trained = {key: training.model(key).at for key in models}
    return {key: f"of {at:%-d %B %Y}" for key, at in (sealed | trained).items()}


def _use(word: str) -> Use:
    if word not in set(Use):
        raise BadInput(f"`{word}` is not a use", do="uses: " + ", ".join(Use))
    return Use(word)


@audience(Role.LICENSING, Role.LEGAL, Role.PRODUCT)
def worklist(request: HttpRequest) -> HttpResponse:
    """What would unlock most, by territory, with a map; `?format=csv` for a spreadsheet."""
    asked = {(feature.id, use): feature for feature in features() for use in Use if use in feature.uses}
    if not asked:
        return render(request, "portal/worklist.html", {"asked": asked})
    feature, _, use = request.GET.get("question", "").partition(":")
    if not feature:
        feature, use = next(iter(asked))
    territory = request.GET.get("territory", "").strip()
    csv = request.GET.get("format") == "csv"
    where = TerritorySet.parse(territory) if territory else None
    at = datetime.now(UTC)
    found = worklists.worklist(use, feature, at, where, worklists.MOST if csv else worklists.SHOWN)
    if csv:
        return as_csv("worklist", worklists.COLUMNS, worklists.rows(found))
    question = f"{feature}:{use}"
    everywhere = worklists.worklist(use, feature, at, None, 1) if territory else found  # the map stays whole
    context = {
        "asked": asked,
        "question": question,
        "feature": asked[feature, found.use],
        "territory": territory,
        "found": found,
        "said": worklists.said(found),
        "in_order": worklists.in_order(found),
        "few": min(filter(None, everywhere.away.values()), default=0),
        "many": max(everywhere.away.values(), default=0),
        "places": [(code, NAMES[code], away, everywhere.cleared[code]) for code, away in everywhere.away.items()],
        # the map escapes every text it is given
        "map": mark_safe(worklists.drawn(everywhere, question, found.asked if territory else EMPTY)),  # noqa: S308
        "query": urlencode({"question": question, "territory": territory}),
    }
    return render(request, "portal/worklist.html", context)


def features() -> list[Feature]:
    """Every feature, those that are live first."""
    return sorted(governance.features().values(), key=lambda one: (one.state is not FeatureState.LIVE, one.id))


urlpatterns = [
    path("", start, name="start"),
    path("revocation", revocation, name="revocation"),
    path("worklist", worklist, name="worklist"),
]
