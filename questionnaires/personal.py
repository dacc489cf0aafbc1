"""What questionnaires hold of a person who has an account. What was answered for an initiative is the
initiative's: it stays, without the account."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.personal import register
from questionnaires.models import GroupSession, QuestionnaireVersion, Response, Review
from questionnaires.sessions import erase


def responses(person: User) -> list[dict[str, Any]]:
    """What she answered while she was signed in."""
    rows = Response.objects.filter(account=person).select_related("version__questionnaire", "initiative")
    told = ("answers", "sharing", "citable", "credibility", "year", "created_at", "updated_at", "finished_at")
    return [
        {
            "questionnaire": each.version.questionnaire.slug,
            "version": each.version.number,
            "initiative": each.initiative.slug if each.initiative else None,
            **{name: getattr(each, name) for name in told},
        }
        for each in rows.order_by("created_at", "pk")
    ]


def forget_responses(person: User) -> None:
    Response.objects.filter(account=person, initiative=None).delete()


def published(person: User) -> list[dict[str, Any]]:
    """The versions of questionnaires that she published; they stay, without the account."""
    rows = QuestionnaireVersion.objects.filter(published_by=person).order_by("published_at", "pk")
    return [dict(each) for each in rows.values("questionnaire__slug", "number", "published_at")]


def sessions(person: User) -> list[dict[str, Any]]:
    """The sessions that she opened; what was answered in them is of nobody."""
    rows = GroupSession.objects.filter(opened_by=person).order_by("created_at", "pk")
    told = ("title", "code", "note", "circles", "grouping__name", "created_at", "closes_at", "ended_at")
    return [dict(each) for each in rows.values(*told)]


def forget_sessions(person: User) -> None:
    """Those of a network go on without her; her own go, with what was answered in them."""
    for each in GroupSession.objects.filter(opened_by=person, grouping=None):
        erase(each)  # whoever asks: an account that is no longer active holds nothing


def reviews(person: User) -> list[dict[str, Any]]:
    """The profiles that she read for others, or asked others to read, and those that she was invited to."""
    mine = Q(person=person) | Q(invited_by=person) | Q(email__iexact=person.email)
    rows = Review.objects.filter(mine).select_related("response__initiative").order_by("invited_at", "pk")
    return [
        {
            "initiative": each.response.initiative.slug if each.response.initiative else None,
            "year": each.response.year,
            "kind": each.kind,
            "asked": each.invited_at,
            "answered": each.answered_at,
            "agreed": each.agreed,
            "note": each.note if each.person_id == person.pk else None,
        }
        for each in rows
    ]


def forget_reviews(person: User) -> None:
    """What she said stays, in the name of her initiative, network or authority; invitations and words go."""
    Review.objects.filter(email__iexact=person.email).delete()
    Review.objects.filter(person=person).update(note="")


register("assessments", responses, forget_responses)
register("questionnaires_published", published)
register("group_sessions", sessions, forget_sessions)
register("reviews", reviews, forget_reviews)
