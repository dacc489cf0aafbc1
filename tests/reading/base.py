"""The database backend of the tests: a GET writes nothing inside the transaction of a test either.

Such a test runs in one transaction that may write, which the backend of the site leaves as it began. Here a
request that only asks has a savepoint of its own, read-only, let go before the test goes on. It is said on
the driver's connection, so that no test counts it as a query.
"""

from __future__ import annotations

from django.db import InternalError
from psycopg.pq import TransactionStatus

from accounts.reading import reading
from config import environment

if environment.DATABASE_URL:
    from config.reading.base import DatabaseWrapper as Tested
else:
    from config.postgis.base import DatabaseWrapper as Tested

HOLD = "SAVEPOINT reading; SET TRANSACTION READ ONLY"
LET_GO = "RELEASE SAVEPOINT reading"
MEND = f"ROLLBACK TO SAVEPOINT reading; {LET_GO}"


class DatabaseWrapper(Tested):  # type: ignore[misc,valid-type]
    began_reading = False
    held: int | None = None  # how many savepoints there were before ours

    def _set_autocommit(self, autocommit: bool) -> None:
        self.began_reading, self.held = reading(), None
        super()._set_autocommit(autocommit)

    def settle(self) -> None:
        super().settle()
        link = self.connection
        if link is None or link.autocommit or self.began_reading:
            return
        status = link.pgconn.transaction_status
        if self.held is None:
            if reading() and status in (TransactionStatus.IDLE, TransactionStatus.INTRANS):
                self.held = len(self.savepoint_ids)
                link.execute(HOLD)
        elif not reading() and status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            if len(self.savepoint_ids) > self.held:
                raise InternalError("Too late to write: a transaction that only reads is under way.")
            self.held = None
            link.execute(LET_GO if status == TransactionStatus.INTRANS else MEND)
