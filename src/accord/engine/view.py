"""A table by a rule: what an engine reads through SQL of a room each time, without holding it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from accord.engine.dialect import Dialect, Rule, render


@dataclass(frozen=True)
class View:
    """A table that is read through a rule each time it is asked for, and is never whole anywhere.

    `inputs` are what the rule reads, each under a slot of its name.
    """

    rule: Rule
    inputs: Mapping[str, Any]

    def text(self, dialect: Dialect, known_as: Callable[[str, Any], str]) -> str:
        """Its SQL, each input by the name under which an engine makes it known."""
        return render(self.rule, dialect, {slot: known_as(slot, given) for slot, given in self.inputs.items()})
