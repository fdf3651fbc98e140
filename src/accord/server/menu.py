"""The menu: which pages stand in it for whom (paths are the rooms' own)."""

from __future__ import annotations

from accord.parties.viewer import STAFF, Role, Viewer

EVERYBODY = frozenset(Role)
ENTRIES: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("Choices", "/choices", frozenset({Role.ARTIST})),
    ("Studio", "/studio", frozenset({Role.CREATOR})),
    (
        "Catalogue",
        "/catalog",
        frozenset({Role.RIGHTSHOLDER, Role.ARTIST, Role.LICENSING, Role.LEGAL, Role.TRUST, Role.PRODUCT}),
    ),
    ("Deals", "/deals", frozenset({Role.RIGHTSHOLDER, Role.LICENSING, Role.LEGAL, Role.PRODUCT})),
    ("Worklist", "/worklist", frozenset({Role.LICENSING, Role.LEGAL, Role.PRODUCT})),
    ("Features", "/features", EVERYBODY),
    ("Models", "/models", STAFF),
    ("Creations", "/creations", EVERYBODY),
    ("Cases", "/cases", frozenset({Role.TRUST, Role.CREATOR, Role.ARTIST, Role.RIGHTSHOLDER})),
    ("Statements", "/statements", frozenset({Role.ARTIST, Role.RIGHTSHOLDER, Role.FINANCE, Role.CREATOR})),
    ("Figures", "/figures", EVERYBODY),
    ("Verify", "/verify", EVERYBODY),
)


def entries(viewer: Viewer, path: str) -> list[dict[str, object]]:
    """The entries this viewer sees, the one of the current page marked."""
    return [
        {"label": label, "path": at, "here": path == at or path.startswith(f"{at}/")}
        for label, at, roles in ENTRIES
        if roles & viewer.roles
    ]
