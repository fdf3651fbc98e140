"""CISAC Common Works Registration 2.1 and 2.2: `read_cwr` and `build_cwr`.

Reads bytes of a CWR file. Writes bytes of one (2.2). Holds its layout, its records and what they claim where.
"""

from __future__ import annotations

from accord.catalog.cwr.builder import build_cwr
from accord.catalog.cwr.claims import WorkClaim, claims
from accord.catalog.cwr.reader import read_cwr
from accord.catalog.cwr.records import CwrTransmission

__all__ = ["CwrTransmission", "WorkClaim", "build_cwr", "claims", "read_cwr"]
