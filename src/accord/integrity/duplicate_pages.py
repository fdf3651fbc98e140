"""The page of duplicates in the catalogue, for reviewers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accord.catalog import queries as catalog
from accord.catalog.records import Asset
from accord.integrity import found_alike, queries, rules
from accord.integrity.records import CaseKind, Cluster, Relation
from accord.parties import queries as parties
from accord.parties.audience import audience
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role

SHOWN_PAIRS = 24
CLUSTER_COLUMNS = ("cluster", "one", "other", "relation", "part", "agreeing", "pitch_factor", "tempo_factor")
RELATIONS = {
    Relation.COPY: "the same sound",
    Relation.VERSION: "a version",
    Relation.PART: "a part in common",
}


@audience(Role.TRUST)
def duplicates(request: HttpRequest) -> HttpResponse:
    """Recordings that hold the same sound, in clusters (or the one that `with` is in): who delivered each, and how they are
    alike."""
    about, several = request.GET.get("with", ""), "several" in request.GET
    found = found_alike.clusters(about)
    known = catalog.assets([recording for cluster in found for recording in cluster.recordings])
    if several:
        found = [cluster for cluster in found if len(_senders(cluster, known)) > 1]
    if request.GET.get("format") == "csv":
        rows = (
            [c.id, one.one, one.other, one.relation, one.part, one.agreeing, one.match.pitch_factor,
             one.match.tempo_factor]
            for c in found
            for one in c.likenesses
        )  # fmt: skip
        return as_csv("duplicates", CLUSTER_COLUMNS, rows)
    shown = found[: found_alike.PAGE_CLUSTERS]
    context = {
        "clusters": _shown(shown, known),
        "found": len(found),
        "unshown": len(found) - len(shown),
        "several": several,
        "about": about,
        "last": found_alike.last_search(),
        "recordings": sum(len(cluster.recordings) for cluster in found),
    }
    return render(request, "integrity/duplicates.html", context)


def _shown(clusters: list[Cluster], known: dict[str, Asset]) -> list[dict[str, Any]]:
    """The clusters in words; what they need to know is asked once for all of them."""
    recordings = [recording for cluster in clusters for recording in cluster.recordings]
    assets = [known[recording] for recording in recordings if recording in known]
    names = parties.names(party for asset in assets for party in (asset.delivered_by, asset.label) if party)
    titles, cases = queries.titles(recordings), queries.cases_about(recordings, CaseKind.SAME_SOUND)
    return [_cluster(cluster, known, names, titles, cases) for cluster in clusters]


def _cluster(
    cluster: Cluster, known: dict[str, Asset], names: dict[str, str], titles: dict[str, str], cases: dict[str, str]
) -> dict[str, Any]:
    """A cluster in words: its recordings with who delivered them, and each pair's spans and factors."""
    assets = [known[recording] for recording in cluster.recordings if recording in known]
    return {
        "id": cluster.id,
        "others": len(cluster.recordings) - 1,
        "title": titles.get(cluster.id, cluster.id),
        "recordings": [(asset, names.get(asset.delivered_by or asset.label or "", "nobody known")) for asset in assets],
        "outside": [
            (recording, titles.get(recording, "")) for recording in cluster.recordings if recording not in known
        ],
        "parties": len(_senders(cluster, known)),
        "pairs": [
            {
                "likeness": one,
                "one": titles.get(one.one, one.one),
                "other": titles.get(one.other, one.other),
                "says": RELATIONS[one.relation],
                "match": (match := one.seen_from(one.other)),
                "differs": rules.change_of(match),
            }
            for one in cluster.likenesses[:SHOWN_PAIRS]
        ],
        "unshown": max(0, len(cluster.likenesses) - SHOWN_PAIRS),
        "cases": [cases[asset.id] for asset in assets if asset.id in cases],
    }


def _senders(cluster: Cluster, known: dict[str, Asset]) -> set[str]:
    """The parties that delivered the recordings of a cluster, where that is known."""
    assets = (known[recording] for recording in cluster.recordings if recording in known)
    return {sender for asset in assets if (sender := asset.delivered_by or asset.label)}


urlpatterns = [path("cases/duplicates", duplicates, name="duplicates")]
