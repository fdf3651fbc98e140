"""Asking an Accord server for a file by its sound: the one thing a verifier does over the network, and only when told to."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from uuid import uuid4

from accord.terms.refusal import BadInput

TIMEOUT_S = 60


def ask(server: str, name: str, data: bytes) -> list[dict[str, Any]]:
    """What the server at `server` finds for the file's sound. Raises: BadInput when it cannot be asked."""
    if not server.startswith(("http://", "https://")):
        raise BadInput(f"`{server}` is not a server's address", do="write it as https://…")
    boundary = uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="audio"\r\n\r\n'.encode()
    request = urllib.request.Request(  # noqa: S310 - http and https only, checked above
        server.rstrip("/") + "/v1/verify",
        data=head + data + f"\r\n--{boundary}--\r\n".encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            found = json.load(answer)
    except (urllib.error.URLError, TimeoutError, ValueError) as error:
        raise BadInput(f"the server `{server}` did not answer about `{name}`", why=str(error)) from None
    return list(found.get("found_by_sound") or [])
