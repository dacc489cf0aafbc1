"""What the rooms above may hear from this one."""

from django.dispatch import Signal

# Sent after territories were written, inside the same transaction, so that copies of their codes
# can follow. Arguments: sender, the Territory class; vanished, a dict from the id of each territory
# that is about to be deleted to the id of its successor, or None where nothing succeeds it.
territories_loaded = Signal()
