"""How long from the click to the sound: a piece of 16 bars, asked of a real server over HTTP and heard once in Chromium.

    .venv/bin/python bench/studio.py --home HOME [--scale small|full] [--beside CHECKOUT] [--json FILE]

`HOME` is one in which the demonstration has walked (`make demo` leaves one in `var`); it is copied, and left as it is. The
server is `accord serve`. A run signs in, opens a session, asks for the piece as the page does, reads the steps as they are
told and then the sound until its first sample above −60 dBFS: everything in between is waited for, the check against the
catalogue too. The parts are measured in a process of their own, one after another: on the clock, and as processor time.
With `--beside` only this: a server of this code and one of another checkout are asked for the same pieces in turn, each on a
copy of the home, and the ratio is told. Other figures and goals are in seconds: they hold on the machine they were measured
on, with the load that is told.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.append(str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench import serving

ROOT = Path(__file__).resolve().parents[1]
PIECES = {"small": 6, "full": 20}
GOAL_S = 3.0
WHO, PASSWORD = "robin@demo.example", "a-demonstration"
ASKED = {"kind": "new", "key": "C major", "metre": "4/4", "tempo": "100", "bars": "16"}
INSTRUMENTS = ("0", "42")
AUDIBLE = 32_768 // 1_000
BROWSERS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-sync", "--disable-component-update"),
]
#: Notes when a player of the page, whichever that is, has gone on.
HEARD = """() => document.addEventListener("timeupdate", (event) => {
  if (event.target.currentTime > 0) window.heard = true;
}, true)"""
PATIENCE_S = 60


def main() -> None:
    """Print the tables; write the JSON when asked to."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--home", type=Path, default=Path(os.environ.get("ACCORD_HOME", "var")))
    options.add_argument("--scale", choices=sorted(PIECES), default="small")
    options.add_argument("--json", type=Path)
    options.add_argument("--beside", type=Path)
    options.add_argument("--parts", type=int, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.parts:
        print(json.dumps(parts(asked.parts)))
        return
    if not (asked.home / "accord.sqlite3").exists():
        raise SystemExit(f"no demonstration has walked in `{asked.home}`: `make demo` first, or name another --home")
    with tempfile.TemporaryDirectory() as made:
        home, other = (_copy(asked.home, Path(made) / name) for name in ("home", "other"))
        pieces = PIECES[asked.scale]
        figures = [*(in_turn(home, other, asked.beside, pieces) if asked.beside else measured(home, pieces))]
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2))


def _copy(home: Path, to: Path) -> Path:
    return Path(shutil.copytree(home, to, ignore=shutil.ignore_patterns("tmp")))


def in_turn(home: Path, other: Path, checkout: Path, pieces: int) -> Iterator[dict[str, Any]]:
    """From click to sound by this code and by another checkout's, piece by piece, the first asked changing every time."""
    with server(home) as (port, process), server(other, checkout) as (beside, beside_process):
        visitors = Visitor(port), Visitor(beside)
        for visitor in visitors:
            visitor.piece(0)
        before = [serving.processor_s(one) for one in (process, beside_process)]
        runs: list[list[list[tuple[str, float]]]] = [[], []]
        for seed in range(1, pieces + 1):
            for which in (0, 1) if seed % 2 else (1, 0):
                runs[which].append(visitors[which].piece(seed))
        worked = [serving.processor_s(one) - was for one, was in zip((process, beside_process), before, strict=True)]
    for code, some in zip(("this code", "the other"), runs, strict=True):
        print(f"{code}: " + ", ".join(f"{said} {_spread(took)}" for said, took in _steps(some)))
    waited = [[run[-1][1] for run in some] for some in runs]
    yield told("click to sound over HTTP, median, this code", statistics.median(waited[0]), pieces, GOAL_S)
    yield told("the same, the other checkout", statistics.median(waited[1]), pieces, GOAL_S)
    ratios = [mine / theirs for mine, theirs in zip(*waited, strict=True)]
    print(f"of the same piece, this code over the other: {_spread(ratios)}; load {os.getloadavg()[0]:.1f}")
    yield told("processor time of the server for one, this code", worked[0] / pieces, pieces, None)
    yield told("the same, the other checkout", worked[1] / pieces, pieces, None)
    ratio = statistics.median(ratios)
    yield {
        "figure": "click to sound, this code over the other",
        "value": ratio,
        "unit": "",
        "goal": None,
        "met": None,
        "n": pieces,
    }


def measured(home: Path, pieces: int) -> Iterator[dict[str, Any]]:
    """Every figure, printed as it is measured."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {pieces} pieces of 16 bars, two voices")
    print(f"\n{'part, in a process that has made one before':<52}{'clock s':>18}{'processor s':>20}")
    for name, (clock, processor) in _apart(home, pieces).items():
        print(f"{name:<52}{_spread(clock):>18}{_spread(processor):>20}", flush=True)
        value = statistics.median(processor)
        yield {"figure": f"part: {name}", "value": value, "unit": "processor s", "goal": None, "met": None, "n": pieces}
    with server(home) as (port, process):
        visitor = Visitor(port)
        first = visitor.piece(0)
        print(f"\nthe first piece after the server began: {first[-1][1]:.2f} s")
        runs, began = [], serving.processor_s(process)
        for seed in range(1, pieces + 1):
            runs.append(visitor.piece(seed))
        worked = (serving.processor_s(process) - began) / pieces
        print(f"\n{'step, as the page is told it':<52}{'clock s':>18}")
        for said, took in _steps(runs):
            print(f"{said:<52}{_spread(took):>18}")
        waited = sorted(run[-1][1] for run in runs)
        chromium = heard_in_chromium(port, visitor)
    load = os.getloadavg()[0]
    yield told("the first piece after the server began", first[-1][1], 1, None)
    yield told("click to sound over HTTP, median", statistics.median(waited), pieces, GOAL_S)
    yield told("click to sound over HTTP, nine of ten", float(np.quantile(waited, 0.9)), pieces, GOAL_S)
    yield told("processor time of the server for one", worked, pieces, None)
    yield told("click to sound in Chromium", chromium, 1, GOAL_S)
    print(f"load {load:.1f} at the end")


def _steps(runs: Sequence[list[tuple[str, float]]]) -> Iterator[tuple[str, list[float]]]:
    """Each step, and the seconds that it took in every run."""
    for at, (said, _) in enumerate(runs[0]):
        yield said, [run[at][1] - (run[at - 1][1] if at else 0) for run in runs]


def told(figure: str, value: float, n: int, goal: float | None) -> dict[str, Any]:
    """A figure in seconds, printed."""
    met = None if goal is None else value <= goal
    print(
        f"{figure:<52}{value:>10.2f} s" + ("" if goal is None else f"   goal {goal:g}: {'met' if met else 'NOT met'}")
    )
    return {"figure": figure, "value": value, "unit": "s", "goal": goal, "met": met, "n": n}


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})"


@contextmanager
def server(home: Path, checkout: Path = ROOT) -> Iterator[tuple[int, int]]:
    """`accord serve` of a checkout's code on a home: (port, process id)."""
    port = serving.free_port()
    environment = {**os.environ, "ACCORD_HOME": str(home), "PYTHONPATH": str(checkout / "src")}
    command = [sys.executable, "-m", "accord.cli", "serve", "--port", str(port)]
    running = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        serving.until_it_answers(port)
        yield port, running.pid
    finally:
        running.terminate()
        running.wait()


class Visitor:
    """A creator at the pages: signed in, in a session of their own."""

    def __init__(self, port: int) -> None:
        from http.cookiejar import CookieJar
        from urllib.request import HTTPCookieProcessor, build_opener

        self.site, self.jar = f"http://127.0.0.1:{port}", CookieJar()
        self.door = build_opener(HTTPCookieProcessor(self.jar))
        self.post("/accounts/login/", {"login": WHO, "password": PASSWORD})
        self.session = self.post("/studio", {"feature": "compose"}).url.removeprefix(self.site)

    def post(self, path: str, form: dict[str, str]) -> Any:
        """The answer to a form, sent as its page would; the token is that of the page."""
        from urllib.request import Request

        page = self.door.open(self.site + path).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token, f"{path} has no form"
        fields = {**form, "csrfmiddlewaretoken": token[1]}
        return self.door.open(Request(self.site + path, urlencode(fields).encode(), {"Referer": self.site + path}))

    def piece(self, seed: int) -> list[tuple[str, float]]:
        """(step, seconds since the click when it had ended), the last one the first audible sample."""
        fields = [*ASKED.items(), ("seed", str(seed)), *(("instruments", one) for one in INSTRUMENTS)]
        request = self._ready(fields)
        began, steps, saying = time.perf_counter(), [], "asked"
        for line in self.door.open(request):
            kind, _, said = line.decode().strip().partition(" ")
            if kind == "no":
                raise SystemExit(f"the studio refused: {said}")
            steps.append((saying, time.perf_counter() - began))
            saying = said
        self._hear(saying.partition("#")[2])
        return [*steps, ("fetched and heard", time.perf_counter() - began)]

    def _ready(self, fields: list[tuple[str, str]]) -> Any:
        from urllib.request import Request

        page = self.door.open(self.site + self.session).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token, "the session's page has no form"
        told = {"Referer": self.site + self.session, "Accept": "text/event-stream"}
        body = urlencode([*fields, ("csrfmiddlewaretoken", token[1])]).encode()
        return Request(f"{self.site}{self.session}/make", body, told)

    def _hear(self, take: str) -> None:
        """Read a take's sound until something is heard."""
        with self.door.open(f"{self.site}/studio/takes/{take}/sound") as sound:
            sound.read(44)
            while (part := sound.read(1 << 14)) and np.abs(np.frombuffer(part, "<i2").astype(int)).max() < AUDIBLE:
                pass
        if not part:
            raise SystemExit("nothing is heard in the take")


def heard_in_chromium(port: int, visitor: Visitor) -> float:
    """Seconds from the click on *Make it* until a player on the page goes on, in Debian's Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        raise SystemExit(
            "playwright is not installed, which opens Chromium: `make test` installs it, `make demo` does not"
        ) from None

    cookies = [{"name": c.name, "value": c.value or "", "url": visitor.site} for c in visitor.jar]
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSERS)
        context = browser.new_context()
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(visitor.site + visitor.session)
        page.fill("#seed", "4711")
        page.evaluate(HEARD)
        began = time.perf_counter()
        page.click("text=Make it")
        while not page.evaluate("window.heard"):  # its own wait needs `eval`, which our pages do not let run
            if time.perf_counter() - began > PATIENCE_S:
                raise SystemExit(f"nothing was heard: {page.locator('form [role=status]').first.inner_text()}")
            time.sleep(0.01)
        took = time.perf_counter() - began
        browser.close()
    return took


def _apart(home: Path, pieces: int) -> dict[str, tuple[list[float], list[float]]]:
    """The parts, measured in a process that has this home."""
    command = [sys.executable, "-m", "bench.studio", "--parts", str(pieces)]
    environment = {**os.environ, "ACCORD_HOME": str(home)}
    said = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if said.returncode:
        raise SystemExit("the parts could not be measured")
    found: dict[str, tuple[list[float], list[float]]] = json.loads(said.stdout.splitlines()[-1])
    return found


def parts(pieces: int) -> dict[str, tuple[list[float], list[float]]]:
    """Name → (seconds on the clock, seconds of processor time), one for each piece; one is made before they count."""
    from bench import takes

    spent: dict[str, tuple[list[float], list[float]]] = {}
    for seed in range(pieces + 1):
        for name, clock, processor in takes.one(seed, datetime.now(UTC)):
            if seed:
                spent.setdefault(name, ([], []))[0].append(clock)
                spent[name][1].append(processor)
    return spent


if __name__ == "__main__":
    main()
