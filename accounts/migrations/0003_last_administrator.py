"""There is always an active administrator once there was one, whatever the road of the change.

Judged when the transaction ends, so that one can hand over to another within it. The lock makes two
transactions that each remove one of the last two wait for each other: READ COMMITTED alone would let both.
Rows that never were administrators do not ask. Emptying the whole table (TRUNCATE, a test's flush) is no
departure.
"""

from typing import ClassVar

from django.db import migrations

FUNCTION = """
CREATE FUNCTION accounts_keep_an_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('accounts_keep_an_administrator'));
    IF NOT EXISTS (SELECT FROM public.accounts_user WHERE is_superuser AND is_active) THEN
        RAISE EXCEPTION 'The last administrator cannot leave.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_user_an_administrator';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER accounts_user_an_administrator
    AFTER DELETE ON accounts_user DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.is_superuser AND OLD.is_active)
    EXECUTE FUNCTION accounts_keep_an_administrator();
CREATE CONSTRAINT TRIGGER accounts_user_still_an_administrator
    AFTER UPDATE OF is_superuser, is_active ON accounts_user DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.is_superuser AND OLD.is_active AND NOT (NEW.is_superuser AND NEW.is_active))
    EXECUTE FUNCTION accounts_keep_an_administrator();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0002_links_and_limits")]

    operations: ClassVar = [
        migrations.RunSQL(
            FUNCTION,
            "DROP TRIGGER accounts_user_an_administrator ON accounts_user;"
            " DROP TRIGGER accounts_user_still_an_administrator ON accounts_user;"
            " DROP FUNCTION accounts_keep_an_administrator();",
        )
    ]
