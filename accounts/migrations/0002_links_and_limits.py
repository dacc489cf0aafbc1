"""Links of connection used, and the table of counts of attempts (accounts/limits.py)."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            "user",
            "links_used",
            models.PositiveIntegerField(default=0, editable=False, verbose_name="liens de connexion utilisés"),
        ),
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE accounts_limits (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX accounts_limits_expires ON accounts_limits (expires);
            """,
            "DROP TABLE accounts_limits",
        ),
    ]
