"""Who is told of a report, who sees to it, and what its author is answered."""

from __future__ import annotations

import hashlib

from django.db.models import F, Q, QuerySet
from django.utils.translation import override

from accounts.models import User
from directory.letters import page
from directory.models import Initiative, Report, ReportReason, Role, RoleKind
from directory.permissions import Action, Person, may, moderated_q, places_of
from mail.posting import post

# So many people are told of a request for withdrawal at most; the others see it on their page.
TOLD = 20


def received(report: Report) -> None:
    """Tell its author that it came; a request for withdrawal is told at once to who can see to it."""
    if report.email:
        _write(report, report.email, report.language, "report_received", f"report-{report.reference}")
    if report.reason == ReportReason.WITHDRAWAL and report.initiative:
        for person in handlers(report.initiative):
            key = f"withdrawal-{report.reference}-{person.pk}"
            _write(report, person.email, person.language, "withdrawal_asked", key)


def answered(report: Report) -> None:
    """Send the answer to the author, once for each wording of it."""
    if report.email and report.answer:
        wording = hashlib.sha256(report.answer.encode()).hexdigest()[:16]
        key = f"report-{report.reference}-{wording}"
        _write(report, report.email, report.language, "report_answered", key)


def _write(report: Report, to: str, language: str, letter: str, key: str) -> None:
    with override(language):
        context = {
            "initiative": report.name,
            "reference": report.reference,
            "message": report.message,
            "answer": report.answer,
            "link": page("people:report", report.reference),
        }
    post(f"directory.{letter}", to, language, context, key=key)


def handlers(initiative: Initiative) -> list[User]:
    """Who may see to the reports of an initiative, TOLD at most: moderators of its places, administrators."""
    near = Role.objects.held().filter(kind=RoleKind.MODERATOR, territory__in=places_of(initiative))
    people = User.objects.filter(is_active=True).filter(
        Q(pk__in=near.order_by().values("person")) | Q(is_superuser=True)
    )
    found = people.order_by("is_superuser", "pk")[:TOLD]
    return [person for person in found if may(person, Action.HANDLE_REPORTS, initiative)]


def handled_by(person: User) -> QuerySet[Report]:
    """The reports that this person sees to, what waits first; ``permissions.may`` says the same of each."""
    reports = Report.objects.select_related("initiative", "handled_by").order_by(
        F("handled_at").desc(nulls_first=True), "-created_at", "-pk"
    )
    if person.is_superuser:
        return reports
    return reports.filter(moderated_q(person))


def sees_to_reports(person: Person) -> bool:
    """Whether there may be any for this person: an administrator, or the moderator of some territory."""
    if not isinstance(person, User):
        return False
    return person.is_superuser or person.roles.held().filter(kind=RoleKind.MODERATOR).exists()
