"""Chapters 2 and 3: features are proposed, licences go from intake to active, one launch is refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from accord.clearance import actions as clearance
from accord.deals import actions as deals
from accord.deals.records import Clause, Conditions, Remuneration, Revocation, Selection, Terms
from accord.demo.stage import ACTOR, Stage, day
from accord.governance import actions as governance
from accord.terms.money import MICROS
from accord.terms.refusal import Refused
from accord.terms.right import Right
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

MASTER = (Right.MASTER,)
WORKS = (Right.MR, Right.PR, Right.SR)
CREDIT = "With music licensed by {}"
LABELS = {
    "compose": "Everyone it learned from is credited.",
    "blend": "Everyone heard in it is credited.",
    "duet": "The singer agreed to this use of the voice.",
}
STARTS, ENDS = date(2026, 6, 1), date(2028, 6, 1)


def propose(stage: Stage) -> None:
    """The three features of the demonstration, with policy and split, and their controls opened to choose."""
    at = day("2026-05-18")
    rows = [
        (
            "compose",
            "Compose",
            {Use.TRAIN, Use.REMIX},
            "new pieces, continuations and variations from a model of consenting writers, alone or mixed with recordings",
            40,
            0,
        ),
        ("blend", "Blend", {Use.REMIX}, "remixes of two recordings whose people said yes", 0, 20),
        ("duet", "Duet", {Use.VOICE, Use.REMIX}, "a new song in a real singer's voice", 0, 30),
    ]
    for feature, name, uses, purpose, works, recordings in rows:
        governance.propose_feature(
            feature, name, uses, WORLD, at, ACTOR,
            purpose=purpose, commercial=False, needs_works=works, needs_recordings=recordings,
        )  # fmt: skip
        governance.publish_policy(
            feature, at, ACTOR,
            release_label=LABELS[feature],
            participation="nobody is in it without a yes to this feature; a yes can be taken back at any time",
            prompt_boundaries=("no artist's name without that artist's yes to style or voice",),
            review="every creation is compared with the catalogue before anyone hears it",
            export=False,
        )  # fmt: skip
        # what a model made is attributed to the works it learned from: they are its sources, the model itself earns nothing
        governance.publish_split(feature, 800_000, 0, 200_000, at, ACTOR)
    for feature in ("compose", "blend"):
        governance.open_controls(feature, day("2026-05-20"), ACTOR)


def sign_deals(stage: Stage) -> None:
    """Six licences from first talk to active; `kept["deal"]`: licensor's key → deal id."""
    party = stage.kept["party"]
    made: dict[str, str] = {}
    rows = []
    for key, terms in _terms(stage):
        deal = deals.open_deal(party[key], terms.title, day("2026-05-11"), ACTOR)
        deals.negotiate(deal, terms, day("2026-05-21"), ACTOR)
        deals.approve(deal, "legal", day("2026-06-02"), stage.kept["account"]["legal"])
        deals.approve(deal, "product", day("2026-06-03"), stage.kept["account"]["product"])
        deals.sign(deal, "licensor", day("2026-06-05"), stage.kept["account"][key])
        deals.sign(deal, "platform", day("2026-06-08"), stage.kept["account"]["licensing"])
        ratchets = deals.activate(deal, day("2026-06-10"), ACTOR)
        made[key] = deal
        pay = terms.remuneration
        money = f"{pay.rate_ppm / 10_000:g} %"
        extras = ", ".join(_extras(pay)) or "–"
        rows.append(
            [terms.title, money, extras, terms.clauses[0].territories.named(), str(len(ratchets)) if ratchets else "–"]
        )
    stage.kept["deal"] = made
    stage.table(["licence", "rate", "and", "where", "favoured clauses touched"], rows)
    stage.say("each went intake → negotiation → legal and product approval → two signatures → active")


def _extras(pay: Remuneration) -> Iterable[str]:
    if pay.advance_micros:
        yield f"advance {pay.advance_micros // MICROS:,} EUR"
    if pay.minimum_guarantee_micros:
        yield f"guarantee {pay.minimum_guarantee_micros // MICROS:,} EUR a {pay.guarantee_per}"
    if pay.threshold_micros:
        yield f"paid from {pay.threshold_micros // MICROS:,} EUR"
    if pay.featured_artist_ppm:
        yield f"{pay.featured_artist_ppm / 10_000:g} % to featured artists direct"
    if pay.most_favoured:
        yield "most favoured"


def _terms(stage: Stage) -> list[tuple[str, Terms]]:
    """The licences as data, by the key of the licensor."""
    labels = stage.kept["cast"].companies["commonhall"].members
    members = Selection(kind="label", ids=tuple(stage.kept["party"][key] for key in labels))
    return [
        ("aurelia", _licence(stage, "aurelia", MASTER, advance_micros=60 * MICROS, featured_artist_ppm=150_000)),
        ("meridian", _licence(stage, "meridian", MASTER, minimum_guarantee_micros=120 * MICROS, guarantee_per="quarter",
                              excluded=stage.kept.get("excluded", ()))),
        ("commonhall", _licence(stage, "commonhall", MASTER, selection=members, opt_in=True, most_favoured=True)),
        ("openhand", _licence(stage, "openhand", MASTER, rate_ppm=750_000, threshold_micros=15 * MICROS)),
        ("larkspur", _licence(stage, "larkspur", WORKS, uses=(Use.TRAIN, Use.REMIX))),
        ("stonebridge", _licence(stage, "stonebridge", WORKS, territories=WORLD - TerritorySet.of("BR"), threshold_micros=10 * MICROS)),
    ]  # fmt: skip


def _licence(
    stage: Stage,
    key: str,
    rights: tuple[Right, ...],
    *,
    uses: tuple[Use, ...] = (Use.TRAIN, Use.REMIX),
    territories: TerritorySet = WORLD,
    selection: Selection | None = None,
    excluded: tuple[str, ...] = (),
    opt_in: bool = False,
    rate_ppm: int = 700_000,
    **pay: object,
) -> Terms:
    name = stage.kept["cast"].companies[key].name
    conditions = Conditions(
        credit_line=CREDIT.format(name), no_export=True, non_commercial=True, model_version_bound=True
    )
    clauses = tuple(
        Clause(
            number=str(number),
            uses=(use,),
            features=(feature,),
            territories=territories,
            rights=rights,
            selection=selection or Selection(),
            exclusions=excluded,
            conditions=conditions,
            member_opt_in=opt_in,
        )
        for number, (use, feature) in enumerate(
            ((Use.TRAIN, "compose"), (Use.REMIX, "blend"), (Use.REMIX, "compose")), 1
        )
        if use in uses
    )
    return Terms(
        licensor=stage.kept["party"][key],
        title=f"{name}: generative features",
        starts=STARTS,
        ends=ENDS,
        clauses=clauses,
        remuneration=Remuneration(rate_ppm=rate_ppm, parity=True, floor_sources_ppm=None, **pay),  # type: ignore[arg-type]
        revocation=Revocation(retire_within_days=30 if key == "larkspur" else 60),
    )


def refused_launch(stage: Stage) -> None:
    """`duet` asks to launch and is told everything that is missing."""
    try:
        clearance.launch("duet", day("2026-06-12"), ACTOR)
    except Refused as no:
        stage.say(f"duet: {no.refusal.because}")
        for line in no.refusal.details:
            stage.say(f"  · {line}")
        return
    raise AssertionError("the demonstration expects this launch to be refused")


def launch(stage: Stage) -> None:
    """`compose` and `blend` go live: signed off by four offices, with enough that is cleared."""
    for feature in ("compose", "blend"):
        for number, office in enumerate(("legal", "product", "trust", "comms")):
            account = {"trust": "reviewer"}.get(office, office)
            governance.sign_off(feature, office, day("2026-06-22", 9 + number), stage.kept["account"][account])
        clearance.launch(feature, day("2026-06-25"), ACTOR)
        works, recordings = clearance.cleared_counts(feature, day("2026-06-25", 13))
        stage.say(
            f"{feature}: live since 25 June 2026, with {works} works and {recordings} recordings cleared somewhere"
        )
