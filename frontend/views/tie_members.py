"""The members of a network or a PTCE, kept by its coordination."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from directory import belonging
from directory.belonging import Side
from directory.errors import TieRefused
from directory.missing_links import ideas
from directory.models import Grouping, GroupingKind, Initiative
from directory.permissions import Action, require
from frontend.guarded import later
from frontend.role_targets import initiatives as initiatives_named
from frontend.tie_forms import JoinForm
from frontend.ties_shown import Shown, of_membership, sorted_out
from frontend.views.roles import person_of
from frontend.views.ties import Answer, Verbs, membership_verbs, published, said, too_many, typed

PER_PAGE = 100


@never_cache
@require_safe
@login_required
def members(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """What waits for an answer first; then the members, a page at a time."""
    found = coordinated(request, kind, slug)
    rows = found.memberships.select_related("grouping", "initiative")
    asking = rows.filter(until=None, declined_at=None, grouping_agreed_at=None)
    page = Paginator(rows.exclude(pk__in=asking).order_by("initiative__name_sort", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "grouping": found,
        "asking": [of_membership(each, Side.GROUPING) for each in asking.order_by("pk")],
        "page": page,
        "ties": sorted_out(of_membership(each, Side.GROUPING) for each in page),
    }
    return render(request, "frontend/account/tie_members.html", context)


@never_cache
@require_safe
@login_required
def missing(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Ideas of links between members and their neighbours."""
    found = coordinated(request, kind, slug)
    context = {"grouping": found, "ideas": ideas(found)}
    return render(request, "frontend/account/tie_missing.html", context)


@never_cache
@require_safe
@login_required
def find_member(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    found, text = coordinated(request, kind, slug), typed(request)
    rows = [
        (each, reverse("people:tie_member_add", args=[found.kind, found.slug, each.key]))
        for each in (initiatives_named(text) if text else [])
    ]
    context = {"grouping": found, "text": text, "rows": rows}
    return render(request, "frontend/account/tie_find.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class AddMember(View):
    """Say that an initiative is a member: its team confirms."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, kind: str, slug: str, initiative: str) -> HttpResponse:
        return self.page(request, coordinated(request, kind, slug), published(initiative), JoinForm())

    def post(self, request: HttpRequest, kind: str, slug: str, initiative: str) -> HttpResponse:
        found, member, form = coordinated(request, kind, slug), published(initiative), JoinForm(request.POST)
        if too_many(request, form):
            return later(self.page(request, found, member, form, status=429))
        if form.is_valid():
            try:
                made = belonging.assert_membership(
                    person_of(request), found, member, Side.GROUPING, **form.told()
                )
            except TieRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, said(of_membership(made, Side.GROUPING)))
                return redirect("people:tie_members", found.kind, found.slug)
        return self.page(request, found, member, form)

    def page(
        self, request: HttpRequest, found: Grouping, member: Initiative, form: JoinForm, **options: Any
    ) -> HttpResponse:
        context = {"grouping": found, "other": member.name, "form": form, "joining": True}
        return render(request, "frontend/account/tie_add.html", context, **options)


class AnswerMember(Answer):
    def read(self, request: HttpRequest, **where: Any) -> tuple[Shown, Verbs, str]:
        found = coordinated(request, where["kind"], where["slug"])
        row = get_object_or_404(found.memberships.select_related("grouping", "initiative"), pk=where["pk"])
        verbs = membership_verbs(row, person_of(request), Side.GROUPING)
        back = reverse("people:tie_members", args=[found.kind, found.slug])
        return of_membership(row, Side.GROUPING), verbs, back


def coordinated(request: HttpRequest, kind: str, slug: str) -> Grouping:
    """The grouping of this name, whose members this person may accept. 404, or NotAllowed."""
    if "\x00" in slug or kind not in GroupingKind.values:
        raise Http404
    found = get_object_or_404(Grouping, kind=kind, slug=slug)
    require(person_of(request), Action.EDIT_GROUPING, found)
    return found
