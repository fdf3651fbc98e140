"""Whether programs that are not ours come to the same answer about an instance's journal, releases and payments.

    .venv/bin/python eval/outside.py [HOME] [--json FILE]

HOME is an instance in which something was released (default: ACCORD_HOME, else `var`, where `make demo` walks). The journal's
signed checkpoint, its tiles, each of its leaves, the proof inside each released file and the payment proofs in HOME/proofs are
checked by `outside.go`, with Go's own packages for signed notes and transparency logs (golang.org/x/mod/sumdb) and none of
Accord's code; the proofs are taken out of the files by c2pa-python. Then one bit of one leaf is changed in a copy, and one digit
of a statement, and the same program has to say no to both.

Needs Go with x/mod: on Debian `apt-get install golang-go golang-golang-x-mod-dev`. Without it nothing is checked, exit 3.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import c2pa

DEBIAN = "/usr/share/gocode"
PROGRAM = Path(__file__).with_name("outside.go")


def proofs(released: Path, into: Path) -> list[Path]:
    """The `org.accord.proof` assertion of every released file, a JSON file each."""
    found = []
    for file in sorted(released.iterdir()):
        manifests = json.loads(c2pa.Reader(str(file)).json())
        assertions = manifests["manifests"][manifests["active_manifest"]]["assertions"]
        proof = next(one["data"] for one in assertions if one["label"] == "org.accord.proof")
        found.append(into / f"{file.name}.json")
        found[-1].write_text(json.dumps(proof))
    return found


def build(into: Path) -> Path | None:
    """The verifier, compiled; None where there is no Go to compile it."""
    if not shutil.which("go"):
        return None
    env = {**os.environ, "GO111MODULE": "off", "GOPATH": DEBIAN, "GOCACHE": str(into / "cache")}
    made = subprocess.run(
        ["go", "build", "-o", str(into / "outside"), str(PROGRAM)], env=env, capture_output=True, text=True, check=False
    )
    if made.returncode:
        print(made.stderr, file=sys.stderr)
        return None
    return into / "outside"


def changed(log: Path, into: Path) -> Path:
    """A copy of the log in which one bit of the first bundle's second leaf is another."""
    copy = into / "changed"
    shutil.copytree(log, copy)
    bundle = next(path for path in sorted((copy / "tile" / "entries").rglob("*")) if path.is_file())
    data = bytearray(bundle.read_bytes())
    data[40] ^= 1
    bundle.write_bytes(data)
    return copy


def overstated(proof: Path, into: Path) -> Path:
    """A copy of a payment proof whose statement says that one more micro is payable."""
    told = json.loads(proof.read_bytes())
    statement = json.loads(told["statement"])
    statement["summary"]["payable_micros"] = str(int(statement["summary"]["payable_micros"]) + 1)
    told["statement"] = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    copy = into / f"overstated-{proof.name}"
    copy.write_text(json.dumps(told))
    return copy


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("home", nargs="?", type=Path, default=Path(os.environ.get("ACCORD_HOME", "var")))
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    trust, log, released = given.home / "trust.json", given.home / "log", given.home / "released"
    for needed in (trust, log / "checkpoint", released):
        if not needed.exists():
            print(f"there is no `{needed}`: name the home of an instance that has released something", file=sys.stderr)
            return 2
    with tempfile.TemporaryDirectory(prefix="accord-outside-") as scratch:
        program = build(Path(scratch))
        if program is None:
            print(
                "not run: no Go with golang.org/x/mod (apt-get install golang-go golang-golang-x-mod-dev)",
                file=sys.stderr,
            )
            return 3
        payments = sorted((given.home / "proofs").glob("*.proof.json"))
        files = [*proofs(released, Path(scratch)), *payments]
        said = subprocess.run([program, trust, log, *files], capture_output=True, text=True, check=False)
        print(said.stdout, end="")
        lie = subprocess.run([program, trust, changed(log, Path(scratch))], capture_output=True, text=True, check=False)
        print(f"one bit of one leaf changed: {lie.stdout}", end="")
        lies = [overstated(one, Path(scratch)) for one in payments]
        caught = [
            subprocess.run([program, trust, log, one], capture_output=True, check=False).returncode for one in lies
        ]
        print(f"one micro more on a statement: {caught.count(1)} of {len(lies)} not proven")
    proven = said.stdout.count("proven: ") - said.stdout.count("not proven: ")
    figures = [
        {"figure": "released files and payments proven by Go's x/mod", "value": proven - 1, "unit": "files", "goal": len(files),
         "met": said.returncode == 0 and proven == 1 + len(files), "n": len(files)},
        {"figure": "a changed leaf refused by it", "value": int(lie.returncode == 1), "unit": "of 1", "goal": 1,
         "met": lie.returncode == 1, "n": 1},
        {"figure": "overstated statements refused by it", "value": caught.count(1), "unit": f"of {len(lies)}", "goal": len(lies),
         "met": caught == [1] * len(lies), "n": len(lies)},
    ]  # fmt: skip
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2))
    return 0 if all(figure["met"] for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
