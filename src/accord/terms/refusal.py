"""Refusals: the only shapes of "no".

- `Refusal` is a value: a rule's no, with its because, kept as a record.
- `Refused` carries one to the door (exit 3, HTTP 403).
- `BadInput` says that what came in cannot be read (exit 2, HTTP 400).
- `NotThere` says that it does not exist, or is not yours, which look the same from outside (exit 2, HTTP 404).
- `NotNow` says that it cannot be answered safely at this moment (HTTP 503 with Retry-After).
- `Gone` says that it cannot be told any more from where one stands (exit 2, HTTP 410).

Error sentences: lower case, no full stop, the user's input in backticks, what to do kept apart as the hint.
"""

from __future__ import annotations

import msgspec


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A rule's no. `code` is stable and dotted (`clearance.no-claim`); `because` is a sentence; `hint` says what would change it."""

    code: str
    because: str
    hint: str = ""
    subject: str = ""
    details: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The because, its details and the hint in one line of plain text."""
        said = self.because
        if self.details:
            said += ": " + "; ".join(self.details)
        return f"{said} ({self.hint})" if self.hint else said


class Refused(Exception):
    """A rule said no; the refusal says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence())
        self.refusal = refusal


class BadInput(Exception):
    """What came in cannot be read: what, where, why, and what to do."""

    def __init__(self, what: str, where: str = "", why: str = "", do: str = "") -> None:
        self.what, self.where, self.why, self.do = what, where, why, do
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """One line: `what, at where: why (do)`."""
        line = self.what
        if self.where:
            line += f", at {self.where}"
        if self.why:
            line += f": {self.why}"
        if self.do:
            line += f" ({self.do})"
        return line


class NotThere(Exception):
    """It does not exist, or it is not yours to see."""

    def __init__(self, what: str, do: str = "") -> None:
        super().__init__(f"{what} ({do})" if do else what)
        self.what, self.do = what, do


class NotNow(Exception):
    """It cannot be answered safely at this moment; ask again after so many seconds."""

    def __init__(self, what: str, after_s: int) -> None:
        super().__init__(what)
        self.what, self.after_s = what, after_s


class Gone(NotThere):
    """It was kept once, or could have been, and cannot be told from here: ask for it anew and whole."""
