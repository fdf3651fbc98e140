"""Django's own commands, for developers: `python -m accord.server.manage makemigrations`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Hand over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.server.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
