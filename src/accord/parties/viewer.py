"""Viewers: on whose behalf something is asked (pure)."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Role(StrEnum):
    """What an account may be here for. PUBLIC is everybody, signed in or not."""

    PUBLIC = "public"
    CREATOR = "creator"
    ARTIST = "artist"
    RIGHTSHOLDER = "rightsholder"
    LICENSING = "licensing"
    LEGAL = "legal"
    PRODUCT = "product"
    TRUST = "trust"
    COMMS = "comms"
    FINANCE = "finance"
    MACHINE = "machine"
    ADMIN = "admin"


#: The platform's own people, who see across parties what their office needs.
STAFF = frozenset({Role.LICENSING, Role.LEGAL, Role.PRODUCT, Role.TRUST, Role.COMMS, Role.FINANCE, Role.ADMIN})


class Viewer(msgspec.Struct, frozen=True):
    """Somebody who asks: the account, the parties it acts for, and its roles."""

    account: str | None = None
    parties: frozenset[str] = frozenset()
    roles: frozenset[Role] = frozenset({Role.PUBLIC})

    def acts_for(self, party: str) -> bool:
        """Whether this viewer may speak for `party`."""
        return party in self.parties

    def has(self, *roles: Role) -> bool:
        """Whether the viewer holds one of `roles`."""
        return bool(self.roles & set(roles))

    @property
    def staff(self) -> bool:
        """Whether the viewer works for the platform."""
        return bool(self.roles & STAFF)


#: In-process callers: everything of every party.
SYSTEM = Viewer("system", frozenset(), frozenset(Role))
ANYONE = Viewer()
