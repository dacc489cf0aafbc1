"""What the rooms above may hear from this one."""

from django.dispatch import Signal

# Sent when two listings are about to become one, in the same transaction, so that what hangs on ``gone`` goes
# over to ``kept`` before ``gone`` is erased. Arguments: sender, the Initiative class; kept; gone; team, the
# accounts that keep ``kept`` from now on because they kept ``gone``.
initiatives_merged = Signal()

# Sent when a role has ended, in the same transaction. Arguments: sender, the Role class; role.
role_ended = Signal()
