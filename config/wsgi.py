"""WSGI entry point of Maillage: refuses to serve when it is misconfigured."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.checks import refuse_misconfiguration  # noqa: E402  # needs the apps

refuse_misconfiguration()
