"""The PostGIS backend (config/reading) over the clone's own server, started when it is first needed.

Commands that need no database (``compilemessages``, ``help``, type checking) start nothing.
"""

from collections.abc import Iterable
from typing import Any

from django.db.backends.postgresql.client import DatabaseClient

from config.cluster import Cluster
from config.reading import base


class OwnClient(DatabaseClient):
    """``manage.py dbshell``."""

    def runshell(self, parameters: Iterable[str]) -> None:
        self.connection.get_connection_params()
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = OwnClient
    cluster: Cluster | None = None  # one for the process, whatever the number of connections

    def get_connection_params(self) -> dict[str, Any]:
        if DatabaseWrapper.cluster is None:
            DatabaseWrapper.cluster = Cluster.of_clone()
        self.settings_dict["HOST"] = str(DatabaseWrapper.cluster.join())
        parameters: dict[str, Any] = super().get_connection_params()
        return parameters
