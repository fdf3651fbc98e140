"""A creation's credits, listener's label and DDEX AI disclosure."""

from __future__ import annotations

from accord.cli.console import console, out_json
from accord.cli.studio import Json
from accord.provenance import credits, queries
from accord.provenance.api import shown
from accord.terms.refusal import NotThere


def command(creation: str, json: Json = False) -> None:
    """Print credits with names as they are now, and, once released, the label and the DDEX AI disclosure."""
    found = queries.credits(creation)
    released = queries.releases(creation=creation)
    if json:
        first = released[0] if released else None
        out_json(
            {"credits": shown(found), "label": first and first.label, "disclosure": first and shown(first.disclosure)}
        )
        return
    for line in credits.texts(found):
        console.print(line, markup=False)
    if not released:
        raise NotThere(
            f"creation `{creation}` is not released, so it has no label yet", do="`accord release issue` releases it"
        )
    disclosure = released[0].disclosure
    console.print(f"label: {released[0].label}", markup=False)
    console.print(f"ContainsAI: {disclosure.contains_ai or 'undeclared'} ({disclosure.because})", markup=False)
    for one in disclosure.contributions:
        console.print(f"AiContribution: {one.role} {one.contributor}: {one.value or 'undeclared'}", markup=False)
