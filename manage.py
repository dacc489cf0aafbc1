#!/usr/bin/env python3
"""Django's command line for Maillage. With no DATABASE_URL it finds the clone's own database."""

import os
import signal
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # Ended politely, a command still leaves the database in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    try:
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("maillage: Django is not there. Use .venv/bin/python manage.py; `make run` makes .venv.")

    from config.postgres import ClusterError

    try:
        settings.INSTALLED_APPS  # noqa: B018  # a bad value is told in one line, not in a traceback
        execute_from_command_line(sys.argv)
    except (ClusterError, ImproperlyConfigured) as error:
        sys.exit(f"maillage: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
