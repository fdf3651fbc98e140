"""Chapter 5: the decision with its because, for one asset and for the whole catalogue."""

from __future__ import annotations

from accord.catalog import queries as catalog
from accord.catalog.records import AssetKind
from accord.clearance import queries as clearance
from accord.demo.stage import Stage, day
from accord.terms.use import Use

AT = day("2026-06-26")


def one(stage: Stage) -> None:
    """The work with the missing eighth, and one that is clear."""
    for title, use, feature in (
        (stage.kept["missing_work"], Use.TRAIN, "compose"),
        (stage.kept["kept_back"], Use.REMIX, "blend"),
    ):
        answer = clearance.decide(title, use, feature, AT)
        asset = catalog.asset(title)
        stage.say(f"may “{asset.title}” be used for `{use}` in {feature}? in {answer.cleared.named()}")
        for line in clearance.bound((short.because for short in answer.shortfalls[:3]), answer):
            stage.say(f"  · no: {line}")


def all_of_it(stage: Stage) -> None:
    """Every work, score and recording, with the reasons counted."""
    rows = []
    totals = {"cleared": 0, "refused": 0}
    reasons: dict[str, int] = {}
    asked = ((Use.TRAIN, "compose", AssetKind.SCORE), (Use.REMIX, "blend", AssetKind.RECORDING))
    for use, feature, kind in asked:
        answer = clearance.decide_all(use, feature, AT, kind)
        somewhere = int(answer.somewhere().sum())
        totals["cleared"] += somewhere
        totals["refused"] += len(answer.assets) - somewhere
        for code, count in answer.reasons.items():
            reasons[code] = reasons.get(code, 0) + count
        top = ", ".join(f"{code.removeprefix('clearance.')} {count}" for code, count in answer.reasons.most_common(3))
        rows.append([f"{use} in {feature}", f"{len(answer.assets)} {kind}s", str(somewhere), top])
    stage.table(["use", "asked of", "cleared somewhere", "reasons that keep assets out somewhere"], rows, {2})
    stage.kept |= {"cleared": totals, "reasons": reasons}
