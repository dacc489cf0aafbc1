"""Pages by key, whatever the list: a condition for the rows that follow, and the cursor that says where.

A cursor is opaque and signed; it bears the mark of the list that it belongs to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.core import signing
from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from directory.errors import BadCursor

SALT = "directory.keyset"


def after_q(keys: Sequence[tuple[str, bool]], values: Sequence[Any]) -> Q:
    """Rows after the given values of (field, descending) keys.

    One comparison of rows, ``(a, b) > (x, y)``, where all keys go the same way: an index then begins at
    the right place, at the same cost at any depth. Written out otherwise.
    """
    if len({descending for _name, descending in keys}) == 1:
        compare = TupleLessThan if keys[0][1] else TupleGreaterThan
        return Q(compare(Tuple(*(F(name) for name, _descending in keys)), tuple(values)))
    condition, equal = Q(), Q()
    for (name, descending), value in zip(keys, values, strict=True):
        condition |= equal & Q(**{f"{name}__{'lt' if descending else 'gt'}": value})
        equal &= Q(**{name: value})
    return condition


def after_sql(keys: Sequence[tuple[str, bool]], values: Sequence[Any]) -> tuple[str, list[Any]]:
    """The same as SQL over columns of these names, and its parameters."""
    parts, params = [], []
    for place, ((name, descending), value) in enumerate(zip(keys, values, strict=True)):
        equal = [f"{before} = %s" for before, _descending in keys[:place]]
        parts.append(" AND ".join([*equal, f"{name} {'<' if descending else '>'} %s"]))
        params += [*values[:place], value]
    return "(" + " OR ".join(f"({part})" for part in parts) + ")", params


def mark_of(*parts: object) -> str:
    """A short mark of a list: what it holds and in which order."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def write_cursor(mark: str, values: Sequence[Any]) -> str:
    return signing.dumps([mark, list(values)], salt=SALT, compress=True)


def read_cursor(mark: str, cursor: str) -> list[Any]:
    """The values that a cursor of this list holds. BadCursor where it is altered or another list's."""
    try:
        given, values = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadCursor("This cursor was not given by this server, or was altered.") from None
    if given != mark:
        raise BadCursor("This cursor belongs to another list.")
    return list(values)
