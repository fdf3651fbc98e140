"""Chapter 1: tunes and encodings with their terms, works by CWR 2.2, recordings by DDEX ERN 4.3.2, all read by the real intake."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import msgspec

from accord.catalog import actions as catalog
from accord.catalog import queries
from accord.catalog.ern import build_ern, read_ern
from accord.catalog.ern.records import AiUse
from accord.catalog.records import AssetKind, DeliveryReport
from accord.demo.corpus import build_corpus
from accord.demo.deliveries import write_deliveries
from accord.demo.records import DemoCorpus, Tune
from accord.demo.stage import ACTOR, Stage, day
from accord.integrity import actions as integrity
from accord.journal.actions import writing
from accord.studio.rendering import render
from accord.terms.refusal import BadInput


def deliver(stage: Stage) -> None:
    """Everything of the corpus goes in by the door it would come by. `kept`: corpus, missing_work."""
    with stage.working("reading and setting old tunes") as bar:
        corpus = build_corpus(bar)
    stage.kept["corpus"] = corpus
    encodings = _tunes(stage, corpus)
    with stage.working("rendering recordings, writing messages") as bar:
        written = write_deliveries(corpus, stage.home / "demo" / "deliveries", render, bar)
    _messages(stage, written.cwr, "2026-05-06")
    _messages(stage, written.ern, "2026-05-08")
    for folder in (stage.home / "demo" / "deliveries" / "ern").glob("**/resources"):
        shutil.rmtree(folder)  # the vault has the audio now; the messages stay to be looked at
    stage.say(
        f"{written.recordings} recordings of {written.seconds / 60:.0f} minutes in all, rendered track by track: {written.stems} stems"
    )
    _scores(stage, corpus, encodings)
    _fingerprint(stage)
    missing = queries.find("isrc", corpus.marked["missing_eighth"])
    stage.kept["missing_work"] = missing.id
    stage.kept["excluded"] = ()
    listed = stage.home / "demonstration.json"
    marked = json.loads(listed.read_text()) | {"missing_work_isrc": corpus.marked["missing_eighth"]}
    listed.write_text(json.dumps(marked, indent=2, ensure_ascii=False))
    _contradiction(stage, written.ern["meridian"][0])


def _tunes(stage: Stage, corpus: DemoCorpus) -> dict[str, str]:
    """Tunes (public domain, with evidence) and their encodings under their own terms. Returns tune key → encoding."""
    found: dict[str, str] = {}
    with (
        stage.working("registering tunes and encodings", len(corpus.tunes) + len(corpus.held)) as bar,
        writing(ACTOR, day("2026-05-04")),
    ):
        for number, tune in enumerate((*corpus.tunes, *corpus.held)):
            found[tune.key] = _tune(stage, tune)
            bar(number + 1)
    held = queries.assets(found.values())
    reasons = [(tune, held[found[tune.key]].intake_holds) for tune in corpus.held]
    stage.say(
        f"{len(corpus.tunes)} old tunes, public domain with their evidence, each with an encoding under its own terms"
    )
    stage.say(f"{sum(bool(holds) for _, holds in reasons)} more are held at intake, each with its reason:")
    for tune, holds in reasons[:4]:
        stage.say(f"  · {tune.title}: {holds[0] if holds else 'NOT HELD'}")
    return found


def _tune(stage: Stage, tune: Tune) -> str:
    at = day("2026-05-04")
    work = catalog.register_tune(tune.title, tune.evidence, at=at, actor=ACTOR)
    stage.kept.setdefault("tune", {})[tune.key] = work
    return catalog.register_encoding(work, tune.encoding, tune.score.to_midi(), tune.terms, at=at, actor=ACTOR)


def _messages(stage: Stage, sent: dict[str, tuple[Path, ...]], on: str) -> None:
    """Each message through the intake, with what it held; audio lies beside an ERN."""
    rows = []
    for sender, files in sent.items():
        reports = []
        with stage.working(f"reading {sender}'s messages", len(files)) as bar:
            for number, file in enumerate(files):
                reports.append(catalog.deliver(file, file.parent, at=day(on), actor=ACTOR, demonstration=True))
                bar(number + 1)
        rows.append(_row(stage, sender, reports))
    stage.table(["from", "messages", "held", "claims accepted", "noticed"], rows, {3})


def _row(stage: Stage, sender: str, reports: list[DeliveryReport]) -> list[str]:
    company = stage.kept["cast"].companies[sender]
    sums = Counter[str]()
    for report in reports:
        sums.update(report.counts)
    counts = ", ".join(f"{count:,} {name}" for name, count in sums.items() if count)
    findings = [finding for report in reports for finding in report.findings]
    noticed = f"{len(findings)}: {findings[0]}" if findings else "–"
    accepted = sum(report.claims_accepted for report in reports)
    kind = f"{len(reports)} {reports[0].kind.upper()}"
    return [f"{company.name} ({company.kind})", kind, counts, f"{accepted:,}", noticed]


def _scores(stage: Stage, corpus: DemoCorpus, encodings: dict[str, str]) -> None:
    """The settings' own scores: each made from its tune's encoding, whose terms it inherits."""
    found = queries.find_many(f"iswc:{work.iswc}" for work in corpus.works)
    at = day("2026-05-09")
    with stage.working("registering scores", len(corpus.works)) as bar, writing(ACTOR, at):
        for number, work in enumerate(corpus.works):
            asset = found[f"iswc:{work.iswc}"]
            catalog.match_arrangement(asset, stage.kept["tune"][work.tune], at=at, actor=ACTOR)
            catalog.register_score(
                asset, work.title, work.score.to_midi(), encodings[work.tune], at=at, actor=ACTOR, demonstration=True
            )
            bar(number + 1)


def _fingerprint(stage: Stage) -> None:
    """Every delivered recording is fingerprinted: protective, and needs no grant."""
    recordings = list(queries.assets(kind=AssetKind.RECORDING))
    with stage.working("fingerprinting", len(recordings)) as bar:
        integrity.index_recordings(recordings, day("2026-05-09"), ACTOR, bar)
    stats = queries.stats()
    stage.say(
        f"catalogue: {stats['works']} works, {stats['recordings']} recordings with {stats['stems']} stems, {stats['scores']} scores; "
        f"{stats['held at intake']} held"
    )


def _contradiction(stage: Stage, file: Path) -> None:
    """A message that says ContainsAI All with a contributor's None: the XSD lets it pass, the intake does not."""
    message = read_ern(file.read_bytes())
    first = message.resources[0]
    people = (msgspec.structs.replace(first.contributors[0], ai=AiUse.NONE), *first.contributors[1:])
    wrong = msgspec.structs.replace(first, contains_ai=AiUse.ALL, contributors=people)
    data = build_ern(msgspec.structs.replace(message, resources=(wrong, *message.resources[1:])))
    try:
        catalog.deliver(data, at=day("2026-05-10"), actor=ACTOR, metadata_only=True)
    except BadInput as bad:
        stage.say(f"a message that contradicts itself is refused, with nothing written: {bad}")
        return
    raise AssertionError("the demonstration expects this message to be refused")
