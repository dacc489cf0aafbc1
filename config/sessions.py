"""Sessions in the database, kept and ended whatever the request: one that only asks may end a stale session,
give it another number, or note that a message was shown."""

from __future__ import annotations

from django.contrib.sessions.backends import db

from accounts.reading import SESSION, writing


class SessionStore(db.SessionStore):
    def save(self, must_create: bool = False) -> None:
        with writing(SESSION):
            super().save(must_create)

    def delete(self, session_key: str | None = None) -> None:
        with writing(SESSION):
            super().delete(session_key)
