"""Getting ready before anybody asks: what cannot be made ready is said in the server's output, and keeps nothing else waiting."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from accord.studio import warming
from accord.terms.refusal import BadInput, NotThere, Refusal, Refused

REFUSAL = Refusal(code="training.not-live", because="it is not live")


@pytest.mark.parametrize(("wrong", "lines"), [(BadInput("no weights"), 1), (NotThere("no seal"), 1), (OSError("no disk"), 1),
                                              (Refused(REFUSAL), 0)])  # fmt: skip
def test_a_feature_that_cannot_be_made_ready_keeps_no_other_waiting(monkeypatch, caplog, wrong, lines):
    """The next feature is made ready too; all but a refusal, which whoever asks is told, stands in one line of the output."""
    asked = []

    def model_for(feature, *rest):  # type: ignore[no-untyped-def]
        asked.append(feature)
        raise wrong

    monkeypatch.setattr(warming.permission, "model_for", model_for)
    monkeypatch.setattr(warming.connections, "close_all", lambda: None)
    live = {name: SimpleNamespace(id=name, live=True) for name in ("b", "a")}
    monkeypatch.setattr(warming.governance, "features", lambda: live)
    warming.warm(datetime(2026, 6, 1, tzinfo=UTC))
    assert asked == ["a", "b"] and len(caplog.records) == 2 * lines
