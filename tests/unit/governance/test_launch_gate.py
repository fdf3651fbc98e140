"""A feature goes live only when everything its launch needs stands there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accord.governance import actions, queries
from accord.governance.records import FeatureState, Office
from accord.journal.actions import rebuild
from accord.journal.queries import head, table_digest
from accord.parties import actions as parties
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVERYWHERE = TerritorySet.parse("DE+FR+JP")


def person(name: str) -> str:
    """Somebody who may sit on a council."""
    return parties.register_party("person", name, at=AT, actor="acc_1")


def proposed(feature: str = "compose") -> str:
    """A feature on the board that needs two works and one recording."""
    return actions.propose_feature(
        feature, "Compose", [Use.TRAIN], EVERYWHERE, AT, "acc_1", needs_works=2, needs_recordings=1
    )


def published(feature: str = "compose") -> str:
    """A feature with policy and split, controls closed."""
    proposed(feature)
    actions.publish_policy(
        feature, AT, "acc_1", release_label="Made with AI, with consenting artists", participation="per feature, opt-in"
    )
    actions.publish_split(feature, 600_000, 200_000, 200_000, AT, "acc_1")
    return feature


def ready(feature: str = "compose") -> str:
    """A feature that lacks nothing but catalogue."""
    published(feature)
    actions.open_controls(feature, AT, "acc_1")
    for office in Office:
        actions.sign_off(feature, office, AT + timedelta(days=1), f"acc_{office}")
    return feature


def later(days: int) -> datetime:
    """So many days after the proposal."""
    return AT + timedelta(days=days)


def test_a_refused_launch_names_everything_that_is_missing() -> None:
    """A launch of a bare proposal names controls, policy, split, four sign-offs, works and recordings: nine lines."""
    with pytest.raises(Refused) as no:
        actions.launch(proposed(), 1, 0, later(1), "acc_1")
    lines = no.value.refusal.details
    assert len(lines) == 9
    assert "1 works are cleared, 2 are needed" in lines
    assert [
        office
        for office in ("legal", "product", "trust & safety", "comms")
        if any(line.startswith(office) for line in lines)
    ]


def test_a_refused_launch_is_kept() -> None:
    """The attempt stands on the board with what it lacked."""
    with pytest.raises(Refused):
        actions.launch(ready(), 2, 0, later(2), "acc_1")
    [attempt] = queries.attempts("compose")
    assert (attempt.launched, attempt.missing) == (False, ("0 recordings are cleared, 1 are needed",))
    assert queries.feature("compose").state is FeatureState.CONTROLS_OPEN


def test_a_launch_with_everything_goes_live() -> None:
    """With all four sign-offs and enough cleared catalogue the feature is live from that instant."""
    actions.launch(ready(), 2, 1, later(2), "acc_1")
    feature = queries.feature("compose")
    assert feature.live
    assert feature.state_at(later(1)) is FeatureState.CONTROLS_OPEN
    assert feature.state_at(later(3)) is FeatureState.LIVE
    assert feature.state_at(AT - timedelta(days=1)) is None


def test_a_changed_split_voids_the_sign_offs() -> None:
    """Publishing another split makes all four sign-offs count no longer, and the refusal says why."""
    actions.publish_split(ready(), 700_000, 100_000, 200_000, later(2), "acc_1")
    with pytest.raises(Refused) as no:
        actions.launch("compose", 2, 1, later(3), "acc_1")
    assert len(no.value.refusal.details) == 4
    assert all("no longer counts" in line for line in no.value.refusal.details)


def test_an_office_signs_once_per_version() -> None:
    """A second sign-off of the same office for the same versions is refused; for new versions it counts."""
    ready()
    with pytest.raises(Refused, match="legal has signed off policy 1 and split 1"):
        actions.sign_off("compose", "legal", later(2), "acc_9")
    actions.publish_policy("compose", later(2), "acc_1", release_label="AI", participation="opt-in")
    actions.sign_off("compose", "legal", later(3), "acc_9")
    assert queries.feature("compose").sign_offs[-1].policy_version == 2


def test_controls_open_before_the_launch() -> None:
    """Controls that open at the very instant of the launch gave nobody time to choose."""
    actions.open_controls(published(), AT, "acc_1")
    with pytest.raises(Refused, match="did not open before"):
        actions.launch("compose", 2, 1, AT, "acc_1")


def test_nothing_is_done_in_hindsight() -> None:
    """A sign-off, a policy or a suspension dated before the feature's last step is bad input."""
    actions.launch(ready(), 2, 1, later(2), "acc_1")
    with pytest.raises(BadInput, match="had its last step on 2026-06-03 12:00 UTC"):
        actions.suspend("compose", "why", later(1), "acc_1")
    assert queries.feature("compose").live


def test_controls_need_something_to_read() -> None:
    """Participation controls stay closed until policy and split are published."""
    proposed()
    with pytest.raises(Refused, match="no policy is published"):
        actions.open_controls("compose", AT, "acc_1")


def test_what_is_live_does_not_change_under_people() -> None:
    """A split cannot be published while the feature is live, only after a suspension, and resuming needs new sign-offs."""
    actions.launch(ready(), 2, 1, later(2), "acc_1")
    with pytest.raises(Refused, match="cannot change while it is live"):
        actions.publish_split("compose", 1_000_000, 0, 0, later(3), "acc_1")
    actions.suspend("compose", "new split", later(4), "acc_1")
    assert queries.suspension_reason("compose") == "new split"
    actions.publish_split("compose", 1_000_000, 0, 0, later(5), "acc_1")
    with pytest.raises(Refused, match="cannot resume: 4 things are missing"):
        actions.resume("compose", "done", later(6), "acc_1")
    for office in Office:
        actions.sign_off("compose", office, later(7), "acc_1")
    actions.resume("compose", "done", later(8), "acc_1")
    assert queries.feature("compose").live
    assert queries.split_at("compose", later(3)).version == 1
    assert queries.split_at("compose", later(9)).version == 2


def test_an_objecting_council_stands_in_the_way() -> None:
    """A council's objection blocks a launch until the same council no longer objects."""
    ready()
    council = actions.form_council("Artists", [person("Nina"), person("Walt")], AT, "acc_1")
    actions.consult(council, "compose", "is the split fair?", "sources get too little", "object", later(2), "acc_1")
    with pytest.raises(Refused, match="objects: sources get too little"):
        actions.launch("compose", 2, 1, later(3), "acc_1")
    actions.consult(council, "compose", "and now?", "we can live with it", "concern", later(4), "acc_1")
    actions.launch("compose", 2, 1, later(5), "acc_1")
    assert queries.feature("compose").live


def test_a_council_is_formed_of_people_who_exist() -> None:
    """A member nobody registered is said to be none, and no council is formed."""
    nina, before = person("Nina"), head()
    with pytest.raises(NotThere, match="par_9"):
        actions.form_council("Artists", [nina, "par_9"], AT, "acc_1")
    assert head() == before


def test_the_past_is_as_it_was_known() -> None:
    """A feature as of an earlier journal position has the split and state it had there."""
    published()
    position = table_positions()
    actions.publish_split("compose", 1_000_000, 0, 0, later(1), "acc_1")
    then, now = queries.features(known=position)["compose"], queries.features()["compose"]
    assert (then.split_version, now.split_version) == (1, 2)
    assert queries.features(known=0) == {}


def table_positions() -> int:
    """The journal's head."""
    from accord.journal.queries import head

    return head()


@pytest.mark.parametrize(
    ("uses", "territories", "least", "sentence"),
    [
        ([], "DE", {}, "at least one use"),
        (["train"], "NONE", {}, "at least one territory"),
        (["listen"], "DE", {}, "is a use of creations, and there are none"),
        (["sing"], "DE", {}, "`sing` is not a use"),
        (["train"], "DE", {"voice": 4}, "does not use"),
        (["train"], "DE", {"train": 5}, "is not a grade"),
    ],
)
def test_a_bad_proposal_is_named(uses: list[str], territories: str, least: dict[str, int], sentence: str) -> None:
    """Each fault of a proposal is one sentence and nothing is written."""
    with pytest.raises(BadInput, match=sentence):
        actions.propose_feature("x", "X", uses, TerritorySet.parse(territories), AT, "acc_1", minimum_grade=least)
    assert queries.features() == {}


@pytest.mark.parametrize("parts", [(600_000, 200_000, 100_000), (1_100_000, -100_000, 0)])
def test_a_split_is_a_whole(parts: tuple[int, int, int]) -> None:
    """A split that does not sum to the whole, or has a negative part, is refused."""
    proposed()
    with pytest.raises(BadInput, match="sum"):
        actions.publish_split("compose", *parts, AT, "acc_1")


def test_voice_never_falls_below_a_mandate() -> None:
    """Whatever a feature publishes, a yes to voice comes from the person or a mandate that names it (law 3)."""
    actions.propose_feature("duet", "Duet", ["voice"], EVERYWHERE, AT, "acc_1", minimum_grade={"voice": 1})
    assert queries.feature("duet").grade_needed(Use.VOICE) == 3


def test_an_unknown_feature_is_not_there() -> None:
    """Asking for a feature that does not exist names those that do."""
    proposed()
    with pytest.raises(NotThere, match="features: compose"):
        queries.feature("blend")


def test_rebuilt_features_are_the_same() -> None:
    """Dropping the tables and replaying the journal gives the same rows (law 6)."""
    test_what_is_live_does_not_change_under_people()
    before = table_digest()
    rebuild()
    assert table_digest() == before
