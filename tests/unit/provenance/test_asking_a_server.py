"""Verifying a file that lost its credentials, with a server that knows its sound."""

from __future__ import annotations

import pytest
from tests.unit.provenance.mixed import two_airs
from tests.unit.studio.world import ACTOR

from accord.cli.__main__ import run
from accord.provenance import actions, queries
from accord.studio.rendering import decode, encode


@pytest.mark.django_db(transaction=True)
def test_the_verifier_asks_a_server_when_it_is_told_to(live_server, tmp_path, capsys):
    """`accord verify FILE --server URL` finds a stripped file again, still exit 3; a server that is not there is bad input."""
    world = two_airs()
    released = actions.release(world["creation"], world.now(), ACTOR)
    samples, rate = decode(queries.file_of(released.id, "wav"))
    file = tmp_path / "stripped.flac"
    file.write_bytes(encode(samples, rate, "flac"))
    assert run(["verify", str(file), "--server", live_server.url]) == 3
    assert f"found by its sound on the server: release {released.id}" in capsys.readouterr().out
    assert run(["verify", str(file), "--server", "http://127.0.0.1:9"]) == 2
    assert run(["verify", str(file), "--server", "file:///etc"]) == 2
