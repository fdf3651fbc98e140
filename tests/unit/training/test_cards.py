"""Cards and Croissant: what they must say, and that the library finds no fault."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace
from tests.unit.training.test_rules import model

from accord.terms.refusal import BadInput
from accord.terms.territory import TerritorySet
from accord.training import bom, cards, croissant, disclosure, manifest
from accord.training.records import Calibration, Excluded, Licence, Losses, Memorised, Method, Score, Seal, SealedItem

AT = datetime(2026, 6, 26, tzinfo=UTC)
LICENCES = {"dea_000009": "licensor pub_1, 2026-06-01 to 2028-06-01: clause 7: uses train; features compose"}

DEALS = (
    Licence(
        deal="dea_000009",
        licensor="pub_1",
        starts=date(2026, 6, 1),
        ends=date(2028, 6, 1),
        words=LICENCES["dea_000009"],
    ),
)


def seal() -> Seal:
    items = tuple(
        SealedItem(
            asset=f"sco_{i}",
            title=f"Tune {i}",
            kind="score",
            work=f"wrk_{i}",
            cluster=f"cluster:sco_{i % 2}",
            digest="sha256:" + "0" * 64,
            decision=f"dec_{i}",
            note_tokens=10 + i,
            deals=("dea_000009",),
            licence="free for non-commercial use",
        )
        for i in range(3)
    )
    left = Excluded(asset="sco_9", title="Late", code="clearance.refused", because="wri_1 said no to train in compose")
    return Seal(
        id="seal_000040",
        digest="sha256:" + "a" * 64,
        feature="compose",
        territories=TerritorySet.of("DE", "FR"),
        at=AT,
        known=40,
        items=items,
        excluded=(left,),
        licences=("dea_000009",),
    )


def calibrated() -> Calibration:
    """What a calibration of small figures found."""
    score = Score(0.5, 0.4, 0.6)
    return Calibration(
        retrained="a network like it", is_proxy=True, works=12, subsets=32, seeds=4, chosen_on=24, reported=24, checkpoints=1,
        damping=0.1, part_ppm=500_000, level=0.001, slope=0.001, methods=(Method("both", score, score),), over_likeness=score,
        agreement=0.4, ceiling=0.8, owners=2, money_error=score, money_error_pro_rata=score, best_ppm=300_000,
        weight_ppm=300_000, cpu_s=1.0,
    )  # fmt: skip


def test_the_model_card_says_what_a_reader_must_know() -> None:
    """Seal, territories, licences, counts, held-out loss and the reliability of attribution stand on it."""
    losses = Losses(ngram=1.2, network=1.1, mixture=1.0, clusters=12, tokens=3456)
    card = cards.model_card(replace(model(), losses=losses, territories=seal().territories), seal(), LICENCES)
    for said in (
        "seal_000040",
        "in DE+FR and nowhere else",
        LICENCES["dea_000009"],
        "3 items in 2 de-duplicated works, 33 notes; 1 left out (1 × `clearance.refused`)",
        "| 1.200 | 1.100 | 1.000 |",
        "12 clusters (3,456 tokens)",
        "**not calibrated, so its output is not attributable: all of it is paid by sealed tokens**",
        seal().digest,
    ):
        assert said in card


@pytest.mark.parametrize(
    ("held", "of", "said"), [(0, 4, "0 %|0 and 60 %"), (2, 4, "50 %|7 and 93 %"), (8, 8, "100 %|63 and 100 %")]
)
def test_the_rate_before_the_guard_is_said_with_its_interval(held: int, of: int, said: str) -> None:
    """What few pieces say of all that a model writes (Clopper and Pearson's table: 0 of 4 is 0 to 60 %)."""
    found = Memorised(pieces=of, notes=300, held=held, longest=7, bound=8)
    rate, between = said.split("|")
    assert f"{rate}, by so few pieces between {between}" in cards.model_card(
        replace(model(), memorised=found), seal(), {}
    )


def test_a_model_that_was_not_measured_says_so() -> None:
    """Without losses the card says that they were not measured, not a number."""
    assert "Not measured" in cards.model_card(model(), seal(), {})


def test_the_data_card_lists_every_exclusion_with_its_reason() -> None:
    """Each item with its decision, each left-out candidate with its because, each stated term with its count."""
    card = cards.data_card(seal(), LICENCES)
    assert "| sco_9 | Late | `clearance.refused` | wri_1 said no to train in compose |" in card
    assert all(f"| {item.asset} | {item.title} |" in card and item.decision in card for item in seal().items)
    assert "- 3 × free for non-commercial use" in card


def test_a_title_cannot_break_a_table() -> None:
    """A title with a bar and a line break stays one cell in one line."""
    held = seal()
    odd = replace(held.items[0], title="One | two\n| three")
    card = cards.data_card(replace(held, items=(odd,)), LICENCES)
    assert "| sco_0 | One \\| two \\| three | wrk_0 |" in card


def test_a_licence_in_words_names_clause_and_end() -> None:
    """Licensor, period and clause stand in one line."""
    conditions = {"credit_line": "By Pub", "label_text": None, "no_export": True, "non_commercial": False}
    clause = {"number": "7", "uses": ["train"], "territories": "WORLD", "conditions": conditions}
    words = cards.licence_words("pub_1", [clause], "2026-06-01", None)
    assert words == (
        "licensor pub_1, 2026-06-01 to no end: clause 7: uses train; territories WORLD; "
        "conditions credit line “By Pub”, no export"
    )


def test_the_croissant_is_valid_and_complete() -> None:
    """mlcroissant finds no fault in it, and each item of the set is a record with its decision and hash."""
    data = croissant.write(seal(), DEALS, AT)
    records = json.loads(data)["recordSet"][0]["data"]
    assert [r["items-1/asset"] for r in records] == [i.asset for i in seal().items]
    assert croissant.check(data) == data == croissant.write(seal(), DEALS, AT)


def test_each_part_of_a_set_is_offered_by_its_own_licensors() -> None:
    """Items without a deal are a part of their own: its offer names no licensor and no end; the other says both."""
    free = [replace(item, asset=f"free_{item.asset}", deals=()) for item in seal().items[:2]]
    parts = json.loads(croissant.write(replace(seal(), items=(*free, *seal().items)), DEALS, AT))["recordSet"]
    assert [len(part["data"]) for part in parts] == [2, 3]
    said = [json.dumps(part["usageInfo"]) for part in parts]
    assert all('"odrl:Offer"' in one and '"DE+FR"' in one and "odrl:gen-ai" in one for one in said)
    assert ["pub_1" in one and '"2028-06-01"' in one for one in said] == [False, True]


def test_the_bill_of_materials_holds_to_cyclonedx() -> None:
    """The schema that the library ships finds no fault; licensor, licensee and last day stand on the licence."""
    validation = pytest.importorskip("cyclonedx.validation.json", reason="cyclonedx-python-lib is not installed")
    from cyclonedx.schema import SchemaVersion

    losses = Losses(ngram=1.2, network=1.1, mixture=1.0, clusters=12, tokens=3456)
    trained = replace(model(), weights="sha256:" + "b" * 64, losses=losses)
    validator = validation.JsonStrictValidator(SchemaVersion.V1_6)
    measured = replace(trained, calibration=calibrated())
    assert validator.validate_str(bom.write(measured, seal(), DEALS).decode()) is None
    card = json.loads(bom.write(measured, seal(), DEALS))["metadata"]["component"]["modelCard"]
    (score,) = [
        m for m in card["quantitativeAnalysis"]["performanceMetrics"] if m["slice"] == "both" and "linear" in m["type"]
    ]
    assert score["value"] == "0.5000" and score["confidenceInterval"] == {
        "lowerBound": "0.4000",
        "upperBound": "0.6000",
    }
    assert any("30.0 % is paid by attribution" in said["value"] for said in card["properties"])
    for licences in (DEALS, (replace(DEALS[0], ends=None),), ()):
        assert validator.validate_str(bom.write(trained, seal(), licences).decode()) is None
    terms = json.loads(bom.write(trained, seal(), DEALS))["metadata"]["component"]["licenses"][0]["license"][
        "licensing"
    ]
    assert terms["licensor"]["organization"]["name"] == "pub_1" and terms["licensee"]["organization"]["name"]
    assert terms["expiration"] == "2028-06-01T00:00:00Z"


def test_the_texts_that_the_law_asks_for_are_filled_from_the_set() -> None:
    """California's twelve items in order; the European summary in three sections, with counts, deals and what was left out."""
    lines = disclosure.california(model(), seal(), DEALS).splitlines()[2:]
    assert [line.split(".")[0] for line in lines] == [str(n) for n in range(1, 13)]
    assert "pub_1" in lines[0] and "33" in lines[2] and "2026-06-26" in lines[9]
    told = disclosure.europe(model(), seal(), DEALS)
    assert all(f"## {n}. " in told for n in (1, 2, 3)) and all(f"2.{n} " in told for n in range(1, 7))
    assert "3 items, under 1 deals" in told and "1 × `clearance.refused`" in told


@pytest.mark.parametrize("data", [b"not json", b"{}", b'{"@type": "sc:Dataset", "name": "x"}'])
def test_what_is_no_croissant_is_bad_input(data: bytes) -> None:
    """Not JSON, nothing, or a data set without what Croissant asks for: one sentence each."""
    with pytest.raises(BadInput, match="Croissant"):
        croissant.check(data)


def test_a_manifest_is_the_same_for_the_same_set() -> None:
    """The order of items does not matter to the seal's hash, and what was written is read back."""
    held = seal()
    data = manifest.write(held.feature, held.territories, held.items, held.excluded)
    assert data == manifest.write(held.feature, held.territories, tuple(reversed(held.items)), held.excluded)
    assert manifest.read(data).items == held.items


@pytest.mark.parametrize("data", [b"{", b'{"format": "other"}'])
def test_what_is_no_manifest_is_bad_input(data: bytes) -> None:
    """A truncated or foreign file is refused."""
    with pytest.raises(BadInput, match="manifest"):
        manifest.read(data)


def test_the_model_cards_head_is_one_that_hugging_face_reads() -> None:
    """The YAML head parses as a Hugging Face model card with its data set and its held-out loss."""
    hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")
    losses = Losses(ngram=1.2, network=1.1, mixture=1.0, clusters=12, tokens=3456)
    data = hub.ModelCard(cards.model_card(replace(model(), losses=losses), seal(), LICENCES)).data
    assert data.license == "other" and data.datasets == ["seal_000040"]
    (result,) = data.eval_results
    assert (result.metric_type, result.metric_value, result.dataset_type) == ("loss", 1.0, "seal_000040")
    measured = replace(model(), losses=losses, calibration=calibrated())
    data = hub.ModelCard(cards.model_card(measured, seal(), LICENCES)).data
    assert [(one.metric_type, one.metric_value) for one in data.eval_results] == [("loss", 1.0), ("lds", 0.5)]
