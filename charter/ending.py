"""A signature that is not what it says is put an end to: a borrowed name, a mandate that is none.

By whoever would decide of that mandate; of a person's own signature, by an administrator.

Who signed does not need it: her link withdraws (:mod:`charter.signing`).
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from charter.errors import SigningRefused
from charter.letters import tell
from charter.mandates import may_decide, near
from charter.models import HOLDS, LONGEST_STATEMENT, Mandate, Signature
from charter.signing import erase
from directory.errors import NotAllowed
from directory.locking import lock_with_listing
from directory.permissions import Action

ALONE = Q(mandate=Mandate.NONE)


def in_force(person: User, text: str = "") -> QuerySet[Signature]:
    """Those that this person may have to put an end to, of this name: ``may_decide`` is asked of each that is
    shown. Persons who are not named are nobody's business."""
    rows = Signature.objects.filter(HOLDS, renewed=None).exclude(email__iexact=person.email)
    rows = rows.filter(~ALONE | Q(listed=True)) if person.is_superuser else rows.filter(near(person))
    if text:
        of_structure = (
            f"{each}__name__unaccent__icontains" for each in ("initiative", "grouping", "territory")
        )
        own_name = ALONE & Q(name__unaccent__icontains=text)
        rows = rows.filter(reduce(or_, (Q(**{name: text}) for name in of_structure), own_name))
    places = ("initiative__commune", "initiative__departement", "grouping__perimeter", "territory", "commune")
    rows = rows.select_related("version", *places).defer(*(f"{each}__geometry" for each in places))
    return rows.defer("initiative__search").order_by("-confirmed_at", "-pk")


@transaction.atomic
def end(signature: Signature, by: User, answer: str) -> None:
    """As if it had been withdrawn; who signed is told why, then forgotten. NotAllowed; SigningRefused where
    nothing is said or it holds no more."""
    answer = answer.replace("\x00", "").strip()
    if not 1 <= len(answer) <= LONGEST_STATEMENT:
        raise SigningRefused(_("Dites pourquoi vous la retirez : la personne recevra votre réponse."))
    try:
        row = lock_with_listing(Signature.objects.all(), signature.pk)
    except Signature.DoesNotExist:
        raise SigningRefused(_("Cette signature est déjà retirée.")) from None
    if row.state != "held":
        raise SigningRefused(_("Cette signature est déjà retirée."))
    if not may_decide(by, row):
        raise NotAllowed(Action.DECIDE_MANDATE, row.structure)
    row.answer = answer
    tell(row, "ended", "")
    erase(row)
