"""Law 3 at the prompt's door: a yes of too little grade lets nobody be named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accord.governance import actions as governance
from accord.integrity import actions as integrity
from accord.participation import actions as participation
from accord.participation.records import Source
from accord.parties import actions as parties
from accord.parties.viewer import Role
from accord.terms.refusal import Refused
from accord.terms.territory import WORLD
from accord.terms.use import Use

AT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_a_blanket_default_is_no_yes_to_a_style() -> None:
    """Law 3: a default yes does not let a prompt name an artist; the artist's own does."""
    artist = parties.register_party("person", "Orsolya Vandenbrandt", at=AT, actor="t")
    account = parties.open_account("o@example.org", "a long password of ours", [Role.ARTIST], [artist])
    parties.verify_identity(artist, account, "seen", "a document", at=AT, actor="t")
    governance.propose_feature("sketch", "Sketch", {Use.STYLE}, WORLD, AT, "t", purpose="to be tested")
    governance.publish_policy("sketch", AT, "t", release_label="made", participation="by choice")
    governance.publish_split("sketch", 800_000, 0, 200_000, AT, "t")
    governance.open_controls("sketch", AT, "t")
    prompt = "a waltz in the style of Orsolya Vandenbrandt"
    participation.choose(
        artist, artist, Use.STYLE, "sketch", WORLD, None, "yes", Source.BLANKET_DEFAULT, at=AT, actor="t"
    )
    with pytest.raises(Refused, match="has not agreed to style"):
        integrity.check_prompt(prompt, "sketch", "maker", AT, "t")
    participation.choose(artist, artist, Use.STYLE, "sketch", WORLD, None, "yes", at=AT, actor="t")
    assert integrity.check_prompt(prompt, "sketch", "maker", AT, "t").startswith("hmac-sha256:")
