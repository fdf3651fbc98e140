"""Chapter 4: artists and songwriters choose, per feature, use, territory and recording; on 15 August some take it back."""

from __future__ import annotations

from accord.catalog import queries as catalog
from accord.demo.stage import ACTOR, Stage, day
from accord.participation import actions as participation
from accord.participation.records import Source
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

QUESTIONS = ((Use.TRAIN, "compose"), (Use.REMIX, "blend"), (Use.REMIX, "compose"))
#: Who says no to what; who answers nothing; who says yes only in some places.
NOES = {
    ("piers-dunmore", "compose"),
    ("wendel-acheson", "compose"),
    ("wendel-acheson", "blend"),
    ("noa-sundqvist", "blend"),
}
SILENT = {"vesper-oduya", "yara-quill"}
ONLY_IN = {"ana-coracao-de-lima": TerritorySet.of("BR", "PT"), "niels-corvo": WORLD - TerritorySet.of("JP")}
LABEL_NOES = {("lowlight", "compose")}


def ask_and_choose(stage: Stage) -> None:
    """Everybody is asked on 25 May and answers in June."""
    people = stage.kept["cast"]
    everybody = [*people.performers, *people.writers, *people.companies["commonhall"].members]
    yes = no = silent = 0
    with stage.working("asking and choosing", len(everybody)) as bar:
        for number, key in enumerate(everybody):
            for use, feature in QUESTIONS:
                participation.ask(stage.kept["party"][key], feature, use, day("2026-05-25"), ACTOR)
                answer = _answer(stage, key, use, feature)
                yes, no, silent = yes + (answer == "yes"), no + (answer == "no"), silent + (answer == "")
            bar(number + 1)
    _one_recording(stage)
    stage.kept["asked"] = len(everybody) * len(QUESTIONS)
    stage.say(f"{len(everybody)} people and labels were asked {len(everybody) * len(QUESTIONS)} questions:")
    stage.say(f"{yes} yes, {no} no, {silent} without an answer, which is a no")


def _answer(stage: Stage, key: str, use: Use, feature: str) -> str:
    if key in SILENT:
        return ""
    answer = "no" if (key, feature) in NOES | LABEL_NOES else "yes"
    person = stage.kept["party"][key]
    spoken_by, source = person, Source.PERSON
    if key == "sable-harbour":  # their manager holds a mandate that names both uses
        spoken_by, source = stage.kept["party"]["manager"], Source.REPRESENTATIVE
    participation.choose(
        person,
        spoken_by,
        use,
        feature,
        ONLY_IN.get(key, WORLD),
        None,
        answer,
        source,
        at=day("2026-06-10"),
        actor=stage.kept["account"].get(key, ACTOR),
    )
    return answer


def _one_recording(stage: Stage) -> None:
    """Ilse Varga says yes to all, and no to one recording: a no for one beats a yes for all."""
    ilse = stage.kept["party"]["ilse-varga"]
    recordings = list(catalog.assets(catalog.credited(ilse, "featured"), kind="recording").values())
    kept_back = sorted(recordings, key=lambda a: a.id)[-1]
    participation.choose(
        ilse, ilse, Use.REMIX, "blend", WORLD, kept_back.id, "no",
        at=day("2026-06-11"), actor=stage.kept["account"]["ilse-varga"],
    )  # fmt: skip
    stage.kept["kept_back"] = kept_back.id
    stage.say(f"Ilse Varga said yes to remixes of her recordings, and no for one of them: “{kept_back.title}”")


def take_back(stage: Stage) -> None:
    """15 August: a songwriter takes back her yes to training, a quintet theirs to remixes."""
    at = day("2026-08-15")
    for key, use, feature in (("adela-fenwick", Use.TRAIN, "compose"), ("marlow-quintet", Use.REMIX, "blend")):
        person = stage.kept["party"][key]
        participation.revoke(person, person, use, feature, at=at, actor=stage.kept["account"][key])
        name = (stage.kept["cast"].writers | stage.kept["cast"].performers)[key].name
        stage.say(
            f"15 August: {name} takes back the yes to `{use}` in {feature}; from that answer on nobody gets a yes on it"
        )
