"""The demonstration: one delivery of music in, paid statements and verifiable creations out. Read it top to bottom.

Everything goes through the rooms' own doors; every instant and seed is handed in; all parties are made up.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import Progress

from accord.demo.chapters import (
    agree,
    choose,
    clear,
    deliver,
    figures,
    make,
    money,
    others,
    people,
    prove,
    release,
)
from accord.demo.stage import Stage


def walk(home: Path, console: Console, progress: Callable[[], Progress]) -> Stage:
    """Walk the main job in an empty instance and print its transcript. Returns the stage with what it made."""
    stage = Stage(home, console, progress)
    console.print("[bold]Accord[/bold]: one delivery of music in, paid statements and verifiable creations out")
    console.print(
        "   a demonstration: people, companies and money are made up; the tunes are old and public domain", style="dim"
    )
    people.register(stage)
    with stage.chapter(1, "Deliver", "four rightsholders send DDEX ERN 4.3.2 with audio, two publishers CWR 2.2"):
        deliver.deliver(stage)
    with stage.chapter(2, "Agree", "licences as data, from intake to active"):
        agree.propose(stage)
        agree.sign_deals(stage)
    with stage.chapter(3, "Launch", "a feature that lacks something stays off"):
        agree.refused_launch(stage)
    with stage.chapter(4, "Choose", "each person decides per feature, use, place and recording"):
        choose.ask_and_choose(stage)
        agree.launch(stage)
    with stage.chapter(5, "Clear", "may this be used, so, here, now? with every because"):
        clear.one(stage)
        clear.all_of_it(stage)
    with stage.chapter(6, "Train", "a sealed set, and a small model that learned from nothing else"):
        make.train(stage)
    with stage.chapter(7, "Make", "new pieces, continuations, variations, remixes"):
        make.make(stage)
    with stage.chapter(8, "Check", "a copy is caught before anyone hears it"):
        make.copies(stage)
    with stage.chapter(9, "Attribute", "who is in it, and how much"):
        release.submit_and_attribute(stage)
    with stage.chapter(10, "Release", "credits, label and content credentials inside the files"):
        release.release(stage)
    with stage.chapter(7, "Make, again", "what somebody else released, with its maker's yes"):
        others.remix_of_a_remix(stage)
    with stage.chapter(4, "Choose, again", "half-way, two of them take a yes back"):
        choose.take_back(stage)
        make.after_revocation(stage)
    with stage.chapter(11, "Meter", "three months of use, counted once"):
        money.dispute(stage)
        money.meter(stage)
    with stage.chapter(12, "Pay", "every cent explained"):
        money.pay(stage)
    with stage.chapter(13, "Figures", "what the industry asks for, from day one"):
        figures.show(stage)
    with stage.chapter(14, "Prove", "the journal verified, the tables made again from it"):
        prove.prove(stage)
    prove.last_lines(stage)
    console.print(f"   [dim]walked in {monotonic() - stage.started:.0f} s: " + _slowest(stage) + "[/dim]")
    return stage


def _slowest(stage: Stage) -> str:
    ranked = sorted(stage.seconds.items(), key=lambda pair: -pair[1])[:5]
    return ", ".join(f"{name} {seconds:.0f} s" for name, seconds in ranked)
