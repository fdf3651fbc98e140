"""DDEX Electronic Release Notification: `read_ern` (3.8, 4.1 to 4.3.2) and `build_ern` (4.3.2).

Reads bytes of a NewReleaseMessage. Writes bytes of one. Holds its records, its hardened parsing and its semantic checks.
"""

from __future__ import annotations

from accord.catalog.ern.builder import build_ern
from accord.catalog.ern.checks import Finding, findings
from accord.catalog.ern.reader import read_ern
from accord.catalog.ern.records import AiUse, ErnMessage

__all__ = ["AiUse", "ErnMessage", "Finding", "build_ern", "findings", "read_ern"]
