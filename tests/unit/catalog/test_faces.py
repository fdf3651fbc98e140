"""Whose colour an asset wears."""

from __future__ import annotations

import pytest
from tests.unit.catalog.messages import DOOR

from accord.catalog import actions
from accord.catalog.faces import faces
from accord.parties import actions as parties

pytestmark = pytest.mark.django_db


def test_an_asset_wears_the_colour_of_whom_one_hears_first() -> None:
    """A recording its featured performer's before its writer's; a stem its recording's; an uncredited one nobody's."""
    singer, writer = (parties.register_party("person", name, **DOOR) for name in ("Singer", "Writer"))
    sung = actions.register_recording("Sung", credits=[(writer, "writer"), (singer, "featured")], **DOOR)
    (stem,) = actions.register_stems(sung, [("voice", "sha256:" + "0" * 64, 1.0)], **DOOR)
    nobodys = actions.register_recording("Nobody's", **DOOR)
    assert faces([sung, stem, nobodys, "rec_999999"]) == {sung: singer, stem: singer}


def test_a_recording_without_performers_wears_its_writers_colour() -> None:
    """What names nobody itself looks up: to the work that it embodies."""
    writer = parties.register_party("person", "Writer", **DOOR)
    work = actions.register_work("A work", [writer], **DOOR)
    played = actions.register_recording("Played", works=[work], **DOOR)
    assert faces([work, played]) == {work: writer, played: writer}
