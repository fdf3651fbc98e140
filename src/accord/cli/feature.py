"""Features on the launch board: propose, publish policy and split, sign off, launch, suspend."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import Annotated, Any

import typer

from accord.cli.console import console, now, out_json
from accord.governance import actions, api, queries, rules
from accord.terms.instant import parse
from accord.terms.refusal import BadInput
from accord.terms.territory import TerritorySet

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Actor = Annotated[str, typer.Option(help="the account in whose name this is done")]
At = Annotated[str, typer.Option(help="the instant, 2026-06-25T09:00:00Z; default: now")]


@app.command("list")
def list_features(json: Json = False) -> None:
    """Every feature and where it stands."""
    found = queries.features().values()
    if json:
        out_json([api.shown(feature) for feature in found])
        return
    for feature in found:
        uses = ", ".join(sorted(feature.uses))
        console.print(
            f"{feature.id:<16} {feature.state.value:<14} {uses:<16} {feature.territories.text()}", markup=False
        )


@app.command()
def show(feature: str, json: Json = False) -> None:
    """One feature: policy, split, sign-offs, launches asked for."""
    found = queries.feature(feature)
    if json:
        out_json({**api.shown(found), "attempts": api.plain(queries.attempts(feature))})
        return
    console.print(f"{found.name} (`{found.id}`): {found.state.value}", markup=False)
    console.print(f"uses {', '.join(sorted(found.uses))} in {found.territories.text()}", markup=False)
    if found.policy:
        console.print(f"policy {found.policy_version}: {found.policy.participation}", markup=False)
    if found.split:
        parts = (found.split.sources_ppm, found.split.model_ppm, found.split.cocreator_ppm)
        words = " / ".join(f"{part / 10_000:g} %" for part in parts)
        console.print(f"split {found.split_version}: {words} to sources / model / co-creator", markup=False)
        console.print(f"its pools are {found.split.model.name}: {found.split.model.words}", markup=False)
    console.print("signed off: " + (", ".join(sorted(rules.signed(found))) or "by nobody"), markup=False)
    for heard in queries.consultations(feature):
        console.print(f"council `{heard.council}`: {heard.stance}: {heard.answer}", markup=False)
    for since, state in found.states:
        console.print(f"  {since:%Y-%m-%d %H:%M} {state.value}", markup=False)
    for attempt in queries.attempts(feature):
        for line in attempt.missing:
            console.print(f"  {attempt.at:%Y-%m-%d %H:%M} refused: {line}", markup=False)


@app.command()
def propose(
    feature: str,
    uses: Annotated[str, typer.Option(help="uses of sources, comma-separated: train,remix")],
    territories: Annotated[str, typer.Option(help="WORLD, or codes such as DE+FR")] = "WORLD",
    name: str = "",
    purpose: str = "",
    commercial: bool = False,
    needs_works: int = 0,
    needs_recordings: int = 0,
    least_grade: Annotated[
        list[str] | None, typer.Option(help="the least grade of a yes for a use, 1 to 4: voice=4; may be repeated")
    ] = None,
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Put a feature on the board."""
    actions.propose_feature(
        feature,
        name,
        [use.strip() for use in uses.split(",") if use.strip()],
        TerritorySet.parse(territories),
        parse(at) if at else now(),
        actor,
        purpose=purpose,
        commercial=commercial,
        minimum_grade=dict(_grade(text) for text in least_grade or ()),
        needs_works=needs_works,
        needs_recordings=needs_recordings,
    )
    console.print(f"`{feature}` is proposed", markup=False)


@app.command()
def publish(feature: str, file: Path, actor: Actor = "cli", at: At = "") -> None:
    """Publish policy and split from a JSON file: {"policy": {…}, "split": {"sources_ppm": …}}; either may be left out."""
    body = _read(file)
    when = parse(at) if at else now()
    unknown = sorted(set(body) - {"policy", "split"})
    if unknown or not body:
        raise BadInput(
            f"`{unknown[0]}` is not published here" if unknown else "nothing to publish",
            str(file),
            do="give policy or split",
        )
    for part, schema in (("policy", api.PolicyIn), ("split", api.SplitIn)):
        if part in body:
            try:
                read = schema(**body[part])
                given = read.given() if isinstance(read, api.SplitIn) else read.dict()
            except (TypeError, ValueError) as fault:
                raise BadInput(f"the {part} cannot be read", str(file), str(fault).splitlines()[-1].strip()) from None
            door = actions.publish_policy if part == "policy" else actions.publish_split
            version = door(feature, at=when, actor=actor, **given).version  # type: ignore[operator]
            console.print(f"{part} {version} of `{feature}` is published", markup=False)


@app.command("open-controls")
def open_controls(feature: str, actor: Actor = "cli", at: At = "") -> None:
    """Let artists and songwriters choose."""
    actions.open_controls(feature, parse(at) if at else now(), actor)
    console.print(f"participation controls of `{feature}` are open", markup=False)


@app.command("sign-off")
def sign_off(feature: str, office: str, actor: Actor = "cli", at: At = "") -> None:
    """Sign off as legal, product, trust or comms."""
    actions.sign_off(feature, office, parse(at) if at else now(), actor)
    console.print(f"{office} has signed off `{feature}`", markup=False)


@app.command()
def launch(feature: str, actor: Actor = "cli", at: At = "") -> None:
    """Take a feature live; refused with everything that is missing, exit 3."""
    from accord.clearance import actions as clearance

    clearance.launch(feature, parse(at) if at else now(), actor)
    console.print(f"`{feature}` is live", markup=False)


@app.command()
def suspend(feature: str, reason: str, actor: Actor = "cli", at: At = "") -> None:
    """Take a live feature off, with the reason."""
    actions.suspend(feature, reason, parse(at) if at else now(), actor)
    console.print(f"`{feature}` is suspended", markup=False)


@app.command()
def resume(feature: str, reason: str, actor: Actor = "cli", at: At = "") -> None:
    """Take a suspended feature live again."""
    actions.resume(feature, reason, parse(at) if at else now(), actor)
    console.print(f"`{feature}` is live", markup=False)


@app.command("form-council")
def form_council(
    name: str,
    members: Annotated[str, typer.Option(help="party ids, comma-separated")],
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Form a council of artists, songwriters or listeners that is heard before launches."""
    sitting = [member.strip() for member in members.split(",") if member.strip()]
    council = actions.form_council(name, sitting, parse(at) if at else now(), actor)
    console.print(f"`{council}` is formed", markup=False)


@app.command()
def consult(
    feature: str,
    council: str,
    answer: str,
    stance: Annotated[str, typer.Option(help="support, concern or object; an objection blocks a launch")] = "support",
    question: str = "",
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Record what a council was asked about a feature and said."""
    actions.consult(council, feature, question, answer, stance, parse(at) if at else now(), actor)
    console.print(f"what `{council}` said about `{feature}` is recorded", markup=False)


def _grade(text: str) -> tuple[str, int]:
    use, _, grade = text.partition("=")
    if grade not in ("1", "2", "3", "4"):
        raise BadInput(
            f"`{text}` is not a least grade", do="write it as voice=4: 1 blanket, 2 clause, 3 mandate, 4 person"
        )
    return use.strip(), int(grade)


def _read(file: Path) -> dict[str, Any]:
    try:
        body = json_text.loads(file.read_text())
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInput(f"`{file}` cannot be read", why=str(fault)) from None
    except ValueError as fault:
        raise BadInput("this is not JSON", str(file), str(fault)) from None
    if not isinstance(body, dict):
        raise BadInput("this is not a JSON object", str(file))
    return body
