"""What statements say of how far the money of a model's pieces followed attribution."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from reportlab.platypus import Paragraph
from tests.unit.payouts.house import ACTOR, AT, CLOSING, story_6
from tests.unit.payouts.test_statement_forms import read_back

from accord.attribution.facts import CreationAttributed
from accord.attribution.records import BY_TOKENS, LINEAGE, Attribution, ShareKind, ShareRow
from accord.cli.__main__ import run
from accord.journal.actions import writing
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, bound, handing, paper, queries, sheet
from accord.payouts.following import OUTSIDE, followed, said, unnamed
from accord.training.facts import ModelCalibrated
from accord.training.records import Calibration, Method, Score

BY_BOTH = "40.0 % by influence and likeness, 60.0 % by sealed tokens"


def calibration(weight_ppm: int) -> Calibration:
    score = Score(0.85, 0.77, 0.88)
    return Calibration(
        retrained="a network like it", is_proxy=True, works=134, subsets=32, seeds=4, chosen_on=24, reported=24, checkpoints=1,
        damping=0.1, part_ppm=500_000, level=0.001, slope=0.001, methods=(Method("both", score, score),), over_likeness=score,
        agreement=0.4, ceiling=0.8, owners=2, money_error=score, money_error_pro_rata=score, best_ppm=weight_ppm,
        weight_ppm=weight_ppm, cpu_s=1.0,
    )  # fmt: skip


def shares(method: str, kind: ShareKind = ShareKind.SOURCE, at: int = 10, model: str = "mod_1") -> Attribution:
    """Those of a creation of a model, at a journal position."""
    rows = [ShareRow(subject="rec_1", kind=kind, units=8, method=method, because="")]
    rows += [ShareRow(subject=model, kind=ShareKind.MODEL, units=2, method="", because="")] if model else []
    return Attribution(
        creation="cre_1", feature="f", total_units=10, rows=tuple(rows), version="1", split_version=1, evidence=None, at=AT,
        known_from=at,
    )  # fmt: skip


def said_of(
    one: Attribution, weights: dict[int, int], written: dict[str, tuple[str, ...]] | None = None
) -> dict[str, Any]:
    measured = {"mod_1": [(position, calibration(weight)) for position, weight in weights.items()]}
    return followed([one], written or {}, measured)


@pytest.mark.parametrize(
    ("method", "weights", "ppm", "words"),
    [
        (BY_BOTH, {5: 400_000}, 400_000, "40.0 % by attribution and 60.0 % by sealed tokens: measured on 24 pieces"),
        (BY_BOTH, {5: 400_000, 11: 900_000}, 400_000, "40.0 % by attribution"),
        (BY_TOKENS, {}, 0, "by sealed tokens alone: how right attribution is had not been measured"),
        (BY_TOKENS, {11: 400_000}, 0, "had not been measured for it, so it is not attributable"),
        (BY_TOKENS, {5: 0}, 0, "which is too little to pay by, so it is not attributable"),
        (BY_TOKENS, {5: 400_000}, 0, "since no work was found to have an effect on them"),
    ],
)
def test_what_is_said_is_what_was_paid_by_and_what_was_known_then(
    method: str, weights: dict[int, int], ppm: int, words: str
) -> None:
    """A calibration counts for the shares that were computed after it; what was paid by tokens is not said to follow more."""
    (one,) = said_of(shares(method), weights)["cre_1"]
    assert (one.model, one.followed_ppm) == ("mod_1", ppm) and words in one.said


def test_what_no_model_wrote_says_nothing_and_an_outside_model_is_not_attributable() -> None:
    """A remix and a piece that is all its maker's say nothing; a model without a part of its own is asked of the studio."""
    assert not said_of(shares(LINEAGE, model=""), {}) and not said_of(shares(BY_TOKENS, ShareKind.COCREATOR), {})
    elsewhere = ShareRow(subject="omd_1", kind=ShareKind.OUTSIDE, units=10, method="", because="")
    assert [one.said for one in said_of(structs.replace(shares(""), rows=(elsewhere,)), {})["cre_1"]] == [OUTSIDE]
    assert not said_of(shares(BY_TOKENS, model=""), {})
    assert [one.model for one in said_of(shares(BY_TOKENS, model=""), {}, {"cre_1": ("mod_9",)})["cre_1"]] == ["mod_9"]


def test_of_a_mix_each_model_is_said_and_recordings_in_it_change_nothing() -> None:
    """What is heard was paid by seconds: of the works that a model learned from alone is it said how they were paid."""
    heard = ShareRow(subject="rec_2", kind=ShareKind.SOURCE, units=5, method=LINEAGE, because="")
    elsewhere = ShareRow(subject="omd_1", kind=ShareKind.OUTSIDE, units=5, method="", because="")
    for method, ppm in ((BY_TOKENS, 0), (BY_BOTH, 400_000)):
        alone = shares(method)
        mix = structs.replace(alone, rows=(*alone.rows, heard, elsewhere), total_units=20)
        ours, other = sorted(said_of(mix, {5: 400_000})["cre_1"], key=lambda one: one.model)
        assert (ours,) == said_of(alone, {5: 400_000})["cre_1"] and ours.followed_ppm == ppm
        assert (other.model, other.said) == ("omd_1", OUTSIDE)
    unsplit = structs.replace(shares(BY_TOKENS, model=""), rows=(*shares(BY_TOKENS, model="").rows, elsewhere))
    assert unnamed([unsplit]) == ["cre_1"]
    both = said_of(unsplit, {}, {"cre_1": ("mod_9", "omd_1")})["cre_1"]
    assert {one.model for one in both} == {"mod_9", "omd_1"}


def test_of_two_models_in_one_creation_each_is_told_by_its_own_part() -> None:
    """One was followed, in the other's set no work had an effect: that one was paid by tokens alone, and both were told as followed."""
    rows = [
        ShareRow(
            subject="rec_1",
            kind=ShareKind.SOURCE,
            units=4,
            method=method,
            because=f"9 of 9 sealed tokens in {seal}, as x",
        )
        for method, seal in ((BY_BOTH, "seal_000001"), (BY_TOKENS, "seal_000011"))
    ]
    rows += [ShareRow(subject=m, kind=ShareKind.MODEL, units=1, method="", because="") for m in ("mod_1", "mod_2")]
    one = structs.replace(shares(""), rows=tuple(rows))
    measured = {model: [(5, calibration(400_000))] for model in ("mod_1", "mod_2")}
    seals = {"mod_1": "seal_000001", "mod_2": "seal_000011"}
    found = {told.model: told for told in followed([one], {}, measured, seals)["cre_1"]}
    assert [found[model].followed_ppm for model in seals] == [400_000, 0]
    assert "since no work was found to have an effect on them" in found["mod_2"].said
    assert [told.followed_ppm for told in followed([one], {}, measured)["cre_1"]] == [
        400_000,
        400_000,
    ]  # until version 10


@given(st.integers(1, 999_999))
def test_the_parts_that_are_said_are_a_whole(ppm: int) -> None:
    """By attribution and by tokens, as they are printed, make 100."""
    parts = [float(word) for word in said(calibration(ppm), ppm).split(":")[0].split() if word[0].isdigit()]
    assert round(sum(parts), 1) in (99.9, 100.0, 100.1) and len(parts) == 2


@pytest.mark.django_db
def test_every_form_of_a_statement_says_it_and_says_it_again(tmp_path: Any, capsys: Any) -> None:
    """From a real close: the page's words, PDF, CSV, DSR and the command line; closed again to the same bytes after a later
    calibration.
    """
    ids = story_6()
    parties.register_party("platform", "P", [("dpid", "PADPIDA2014111801Y")], at=CLOSING, actor=ACTOR)
    rows = {ids["X"]: ShareKind.SOURCE, "mod_1": ShareKind.MODEL}
    told = tuple(ShareRow(subject=s, kind=k, units=1, method=BY_BOTH, because="") for s, k in rows.items())
    with writing(ACTOR, AT) as journal:
        journal.append(ModelCalibrated(model="mod_1", calibration=calibration(400_000), factors="sha256:0"))
        journal.append(
            CreationAttributed(
                creation="cre_2", feature="blend", total_units=2, rows=told, method_version="3", split_version=1
            )
        )
    actions.close("2026-Q3", CLOSING, ACTOR)
    (head,) = queries.statements(SYSTEM, "2026-Q3", ids["L1"])
    document = queries.statement(SYSTEM, head.id)
    (one,) = document["attribution"]
    assert (one["feature"], one["model"], one["creations"], one["followed_ppm"]) == ("blend", "mod_1", 1, 400_000)
    assert "0.85 [0.77, 0.88]" in one["said"]
    printed = bound.printed(document, b"", CLOSING)
    words = [part.getPlainText() for part in paper._came_from(printed) if isinstance(part, Paragraph)]
    assert words == [f"Blend: {one['said']}."]
    assert sheet.attribution(document, {"mod_1": "Ours"}) == [("blend", one["said"].replace("mod_1", "Ours"))]
    comments = [row for row in handing.dsr(SYSTEM, head.id)[1].decode().splitlines() if ".ATTRIBUTION\t" in row]
    assert len(comments) == 1 and comments[0].endswith(one["said"]) and read_back(handing.dsr(SYSTEM, head.id)[1])
    assert run(["pay", "statement", ids["L1"], "2026-Q3", "--csv"]) == 0
    lines = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert lines and {line["attribution"] for line in lines} == {one["said"]}
    assert run(["pay", "statement", ids["L1"], "2026-Q3"]) == 0
    assert one["said"][:60] in capsys.readouterr().out.replace("\n", "")
    with writing(ACTOR, CLOSING) as journal:
        journal.append(ModelCalibrated(model="mod_1", calibration=calibration(900_000), factors="sha256:0"))
    assert queries.reproduce("2026-Q3").same
