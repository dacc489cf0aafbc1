"""The profiles of an initiative: tied to it by its owner, shown to whom the owner chooses, year on year.

A profile is private until its owner says otherwise. Once shared, or read by others, it is fixed: its link of
return serves no more, and another year gives another profile. What was shared can be taken back at any time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from directory.models import EFFECTIVE, Grouping, Initiative, RoleKind
from directory.permissions import Action, may, require
from questionnaires.answering import renew
from questionnaires.content import Text
from questionnaires.errors import ResponseRefused
from questionnaires.gathered import keep
from questionnaires.models import Response, Sharing

FIRST_YEAR = 2000
# Who reads a profile that is shared so, beside its owner.
PUBLIC = (Sharing.PUBLIC,)
NETWORKS = (Sharing.NETWORKS, Sharing.PUBLIC)


@transaction.atomic
def tie(response: Response, initiative: Initiative, by: User) -> Response:
    """Make finished answers the profile of an initiative. ResponseRefused where they are another's, or not
    finished; NotAllowed where it is not one's own initiative."""
    require(by, Action.ASSESS_INITIATIVE, initiative)
    row = _locked(response)
    if row.initiative_id == initiative.pk:
        return row
    if row.initiative_id:
        raise ResponseRefused(_("Cette auto-évaluation est déjà celle d’une autre initiative."))
    if not row.finished_at:
        raise ResponseRefused(_("Terminez d’abord l’auto-évaluation : elle sera ensuite figée."))
    row.initiative, row.account = initiative, by
    row.save(update_fields=["initiative", "account", "updated_at"])
    return row


@transaction.atomic
def share(
    response: Response, by: User, sharing: str, *, citable: bool = False, year: int | None = None
) -> Response:
    """Choose who sees a profile. ``citable``: it may be named as inspiring to others, where it is public."""
    row = _own(response, by)
    if not row.finished_at:
        raise ResponseRefused(_("Terminez d’abord l’auto-évaluation : elle sera ensuite figée."))
    this_year = timezone.localdate().year
    if sharing not in Sharing.values or not FIRST_YEAR <= (year or row.year) <= this_year:
        raise ResponseRefused(
            _("Choisissez qui voit ce profil, et une année entre {first} et {last}.").format(
                first=FIRST_YEAR, last=this_year
            )
        )
    row.sharing, row.citable = sharing, citable and sharing == Sharing.PUBLIC
    row.year = year or row.year
    fix(row)
    row.save(update_fields=["sharing", "citable", "year", "updated_at"])
    return row


@transaction.atomic
def resume(response: Response, by: User) -> str:
    """A new link of return, for who lost the first one: its key. That of before opens nothing any more.
    ResponseRefused where the profile is fixed."""
    row = _own(response, by)
    if row.key_digest is None:
        raise ResponseRefused(_("Ce profil est figé : ses réponses ne changent plus."))
    return renew(row)


@transaction.atomic
def discard(response: Response, by: User) -> None:
    """Erase a profile, and whatever was said of it by who read it. Figures of the session that it was
    answered in stay as they were, where it is over."""
    row = _own(response, by)
    if row.group_id:
        keep(row.group_id)
    row.delete()


def of_account(person: User) -> QuerySet[Response]:
    """The profiles of the initiatives of which this person is the owner, the latest first."""
    held = person.roles.held().filter(kind=RoleKind.OWNER).order_by().values("initiative")
    rows = Response.objects.select_related("initiative", "version").defer("initiative__search")
    return rows.filter(initiative__in=held).order_by("initiative__name", "-year", "-finished_at", "-pk")


def own_initiatives(person: User) -> QuerySet[Initiative]:
    """Those that this person may assess, by name."""
    held = person.roles.held().filter(kind=RoleKind.OWNER).order_by().values("initiative")
    return Initiative.objects.filter(pk__in=held).defer("search").order_by("name", "pk")


# -- Read by others -----------------------------------------------------------------------------------


def shared(initiative: Initiative, audience: Iterable[str] = PUBLIC) -> list[list[Response]]:
    """The profiles of an initiative that this audience sees, those of each questionnaire apart, for their
    scores do not compare: the last of each year, the latest year first."""
    return yearly(initiative.responses.filter(sharing__in=list(audience)))


def yearly(rows: QuerySet[Response]) -> list[list[Response]]:
    """Of the profiles of one initiative, by questionnaire, the last of each year, the latest year first."""
    of = "version__questionnaire_id"
    last = rows.filter(finished_at__isnull=False).order_by(of, "-year", "-finished_at", "-pk")
    found = last.distinct(of, "year").select_related("version", "version__questionnaire")
    return [list(each) for _pk, each in groupby(found, lambda row: row.version.questionnaire_id)]


def of_grouping(grouping: Grouping) -> QuerySet[Response]:
    """The last profile by each questionnaire that each member shares with its networks, both sides having
    agreed that it is one."""
    members = grouping.memberships.filter(EFFECTIVE).order_by().values("initiative")
    rows = Response.objects.filter(initiative__in=members, sharing__in=NETWORKS, finished_at__isnull=False)
    each = ("initiative_id", "version__questionnaire_id")
    last = rows.order_by(*each, "-year", "-finished_at", "-pk").distinct(*each)
    found = Response.objects.filter(pk__in=last.values("pk")).select_related("initiative", "version")
    return found.defer("initiative__search").order_by("initiative__name", "version__questionnaire_id", "pk")


def audience(person: User, initiative: Initiative) -> tuple[str, ...]:
    """The sharings of an initiative's profiles that this person reads on their own pages: all for its owner;
    for who coordinates a network of it, what is shared so; what is public for who may lead an interview."""
    if may(person, Action.ASSESS_INITIATIVE, initiative):
        return tuple(Sharing.values)
    if may(person, Action.READ_ASSESSMENTS, initiative):
        return NETWORKS
    return PUBLIC if may(person, Action.INTERVIEW_INITIATIVE, initiative) else ()


def readable(person: User, response: Response) -> bool:
    """Whether this person reads a profile on their own pages."""
    return response.initiative is not None and response.sharing in audience(person, response.initiative)


@dataclass(frozen=True, slots=True)
class Progress:
    """A dimension year after year: (year, score), None where it has none then."""

    slug: str
    label: Text
    dated: list[tuple[int, int | None]]

    @property
    def change(self) -> int | None:
        """From the last year but one to the last, where both have a score."""
        scores = [score for _year, score in self.dated[-2:]]
        return None if None in scores or len(scores) < 2 else scores[1] - scores[0]  # type: ignore[operator]

    @property
    def fall(self) -> int:
        """How much it fell, without a sign."""
        return max(0, -(self.change or 0))


def compare(profiles: list[Response]) -> list[Progress]:
    """Dimensions of the latest of these profiles (the latest year first), and what they were before. A
    dimension that was not asked then has no score."""
    if not profiles:
        return []
    oldest_first = profiles[::-1]
    return [
        Progress(each.slug, each.label, [(one.year, one.scores.get(each.slug)) for one in oldest_first])
        for each in profiles[0].version.parsed.dimensions
    ]


def fix(row: Response) -> None:
    """From now on the answers stay as they are: whoever has the link of return changes them no more."""
    row.key_digest = None
    row.save(update_fields=["key_digest", "updated_at"])


def _own(response: Response, by: User) -> Response:
    """The row, held, which must be the profile of an initiative of one's own."""
    row = _locked(response)
    require(by, Action.ASSESS_INITIATIVE, row.initiative)  # nobody's initiative is nobody's to assess
    return row


def _locked(response: Response) -> Response:
    rows = Response.objects.select_for_update(of=("self",)).select_related("initiative")
    return rows.get(pk=response.pk)
