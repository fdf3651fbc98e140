"""Steps about making, releasing and proving: remixes of recordings that really sound, and a stranger's own machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.stories.runner import World, step, then
from tests.stories.steps_clearance import ACTOR
from tests.unit.provenance.released_files import instance, one_sample_changed, released
from tests.unit.studio.scores import tune

from accord.attribution import actions as attribution
from accord.catalog import actions as catalog
from accord.integrity import actions as integrity
from accord.parties import actions as parties
from accord.provenance import actions as provenance
from accord.provenance import queries, trust
from accord.studio import actions as studio
from accord.studio.records import RemixSource
from accord.studio.rendering import decode, encode, render
from accord.terms.refusal import Refused
from accord.vault import actions as vault

#: What the stranger runs: the command with Django and sockets taken away.
STRANGER = """
import sys, socket
sys.modules["django"] = None
def refuse(*_, **__): raise OSError("no network here")
socket.socket.connect = socket.create_connection = refuse
from accord.cli.__main__ import run
sys.exit(run(sys.argv[1:]))
"""


@step(r"Fan (\w+)")
def _fan(world: World, name: str) -> None:
    world.call(name, parties.register_party("person", f"{name} Story", at=world.at, actor=ACTOR))


@step(r"Recording (\w+) of (\w+) by (\w+), on label (\w+), sounds at (\d+) beats a minute in (\w+ (?:major|minor))")
def _sounding(world: World, name: str, work: str, by: str, label: str, bpm: str, key: str) -> None:
    rendering = render(tune(float(bpm), key, int(bpm), bars=5))
    made = catalog.register_recording(
        f"Recording {name}",
        works=[world.id(work)],
        credits=[(world.id(by), "featured")],
        label=world.id(label),
        audio=vault.put(encode(rendering.mix)),
        duration_s=rendering.duration_s,
        at=world.at,
        actor=ACTOR,
    )
    world.call(name, made)
    integrity.index_recordings([made], world.at, ACTOR)


@step(
    r"(\w+) remixes (\w+) from (\d+) to (\d+) s with (\w+) from (\d+) to (\d+) s, coming in at (\d+) s at half its level, as (\w+)"
)
def _remix(world: World, fan: str, *told: str) -> None:
    first, a, b, second, c, d, offset, name = told
    session = studio.open_session(world.id(fan), "blend", world.at, ACTOR)
    sources = (
        RemixSource(asset=world.id(first), start_s=float(a), end_s=float(b)),
        RemixSource(asset=world.id(second), start_s=float(c), end_s=float(d), offset_s=float(offset), gain=0.5),
    )
    take = studio.remix(session, sources, world.at, ACTOR)
    world.call(name, studio.submit(take, world.at, ACTOR, "Two airs"))
    world.kept["fan's session"] = session


@step(r"(\w+) is attributed and released")
def _release(world: World, name: str) -> None:
    attribution.attribute(world.id(name), world.at, ACTOR)
    world.kept[f"release of {name}"] = provenance.release(world.id(name), world.at, ACTOR)


@step(r"(\w+)'s file travels with the trust file to a stranger, who has no account, no database and no network")
def _travels(world: World, name: str) -> None:
    desk = Path(tempfile.mkdtemp(prefix="stranger-"))
    for file in world.kept[f"release of {name}"].files:
        data = (queries.released_folder() / file.name).read_bytes()
        (desk / f"song.{file.form}").write_bytes(data)
    (desk / "trust.json").write_bytes(trust.dumps(queries.trust()))
    world.kept["desk"] = desk


def stranger(world: World, file: str, trust_file: str | None = "trust.json", *more: str) -> tuple[int, str]:
    """`accord verify` on the stranger's desk: its exit code and what it prints."""
    desk = world.kept["desk"]
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "DJANGO_", "DATABASE_"))
    }
    env["ACCORD_HOME"] = str(desk / "empty")
    told = ["verify", file, *(["--trust", trust_file] if trust_file else []), *more]
    command = [sys.executable, "-c", STRANGER, *told]
    done = subprocess.run(command, cwd=desk, env=env, capture_output=True, text=True, timeout=120)
    assert not (desk / "empty").exists()
    return done.returncode, done.stdout + done.stderr


@then(r"the stranger's verification says proven, exit 0")
def _proven(world: World) -> None:
    code, said = stranger(world, "song.wav")
    assert code == 0 and said.startswith("PROVEN"), said
    world.kept["said"] = world.named(said)
    world.kept["found"] = json.loads(stranger(world, "song.wav", "trust.json", "--json")[1])["verification"]


def shown(world: World, *parts: str) -> None:
    """Some line that the stranger saw holds all of these."""
    lines = world.kept["said"].splitlines()
    assert any(all(part in line for part in parts) for line in lines), world.kept["said"]


@then(r"it shows that (\w+) agreed to the master of (\w+), by its deal")
def _master(world: World, who: str, asset: str) -> None:
    shown(world, "agreed:", f"({who})", "master 100 % of", f"({asset})", world.kept[f"deal of {who}"])


@then(r"it shows that (\w+) agreed to the mechanical right in (\w+), by its deal")
def _mechanical(world: World, who: str, asset: str) -> None:
    shown(world, "agreed:", f"({who})", "mechanical 100 % of", f"({asset})", world.kept[f"deal of {who}"])


@then(r"it shows that (\w+) agreed as (featured|writer)(?: performer)? of (\w+), the person, verified")
def _person(world: World, who: str, role: str, asset: str) -> None:
    shown(
        world, "agreed:", f"({who})", f"{role} of", f"({asset})", world.kept[f"choice of {who}"], "the person, verified"
    )


@then(r"it shows that (\w+) licenses (\w+) in (\w+) everywhere since ([\d-]+), and no money")
def _deal(world: World, who: str, use: str, feature: str, since: str) -> None:
    shown(world, world.kept[f"deal of {who}"], f"licenses {use} in {feature} for WORLD from {since} to open end")
    told = json.dumps(world.kept["found"])
    assert not any(word in told for word in ("_ppm", "_micros", "rate", "advance"))


@then(r"it shows (\w+) from 0 to 7 s at gain 1, and (\w+) at gain 0.5")
def _sources(world: World, first: str, second: str) -> None:
    shown(world, "made of:", f"({first})", "0.00–7.00 s at gain 1")
    shown(world, "made of:", f"({second})", "at gain 0.5")


@then(r"it shows shares that sum to 100 %, 20 % of them (\w+)'s")
def _shares(world: World, fan: str) -> None:
    body = world.kept["found"]["release"]
    assert sum(share["units"] for share in body["shares"]) == body["total_units"]
    (own,) = [share["units"] for share in body["shares"] if share["kind"] == "cocreator"]
    assert own * 5 == body["total_units"]
    shown(world, "share: 20.00 % cocreator", f"({fan})")


@then(r"it shows the label, and that whether AI is in the sources was not declared")
def _label(world: World) -> None:
    shown(world, "label: A remix made by a person; whether its sources contain AI was not declared, in blend.")
    shown(world, "ContainsAI): undeclared")


@then(r"it names the checkpoint it is proven against")
def _checkpoint(world: World) -> None:
    found = world.kept["found"]
    assert found["checkpoint_size"] >= found["position"] > 0
    shown(world, f"proven as of checkpoint {found['checkpoint_size']} of {queries.trust().origin}")


@then(r"it says that a yes taken back later is not in it")
def _later(world: World) -> None:
    shown(world, "taken back later is not in it")


@then(r"(\w+)'s MP3 and FLAC files are proven as well")
def _others(world: World, name: str) -> None:
    assert [stranger(world, f"song.{form}")[0] for form in ("mp3", "flac")] == [0, 0]


@then(r"with one sample changed: not proven, exit 3")
def _changed(world: World) -> None:
    for form in ("wav", "mp3", "flac"):
        data = (world.kept["desk"] / f"song.{form}").read_bytes()
        (world.kept["desk"] / f"changed.{form}").write_bytes(one_sample_changed(data, form))
        code, said = stranger(world, f"changed.{form}")
        assert code == 3 and said.startswith("NOT PROVEN") and "changed after it was signed" in said, said


@then(r"with another instance's trust file: not proven, exit 3")
def _others_trust(world: World) -> None:
    (world.kept["desk"] / "other.json").write_bytes(trust.dumps(instance("accord/other").trust))
    code, said = stranger(world, "song.wav", "other.json")
    assert code == 3 and said.startswith("NOT PROVEN"), said


@then(r"a file of another instance: not proven, exit 3")
def _others_file(world: World) -> None:
    (world.kept["desk"] / "other.wav").write_bytes(released(instance("accord/other")))
    code, said = stranger(world, "other.wav")
    assert code == 3 and said.startswith("NOT PROVEN"), said


@then(r"without a trust file: intact, signer unknown, exit 3")
def _no_trust(world: World) -> None:
    code, said = stranger(world, "song.wav", None)
    assert code == 3 and said.startswith("INTACT, SIGNER UNKNOWN"), said


@then(r"re-encoded, it carries no credentials: not proven, exit 3")
def _stripped(world: World) -> None:
    samples, rate = decode(world.kept["desk"] / "song.wav")
    (world.kept["desk"] / "stripped.mp3").write_bytes(encode(samples, rate, "mp3"))
    code, said = stranger(world, "stripped.mp3")
    assert code == 3 and said.startswith("NO CREDENTIALS"), said


@then(r"asked for the re-encoded file, the server finds (\w+) again by its sound")
def _found(world: World, name: str) -> None:
    data = (world.kept["desk"] / "stripped.mp3").read_bytes()
    answer = Client().post("/v1/verify", {"file": SimpleUploadedFile("stripped.mp3", data)}).json()
    assert [one["creation"] for one in answer["found_by_sound"]] == [world.id(name)]


@then(r"(\w+) cannot remix (\w+) any more")
def _no_more(world: World, fan: str, asset: str) -> None:
    try:
        studio.remix(world.kept["fan's session"], (RemixSource(asset=world.id(asset), end_s=5),), world.at, ACTOR)
    except Refused as no:
        assert no.refusal.code == "studio.source-not-cleared"
    else:
        raise AssertionError("it was made")
