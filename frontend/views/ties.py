"""Links and memberships in the name of an initiative: declared, answered, ended."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.pace import too_often
from directory import belonging, linking
from directory.belonging import Side
from directory.errors import TieRefused
from directory.models import Grouping, Initiative, Link, Membership, RoleKind
from directory.permissions import Action, may, require
from frontend.guarded import later
from frontend.role_targets import groupings as groupings_named
from frontend.role_targets import initiatives as initiatives_named
from frontend.tie_forms import JoinForm, LinkForm, TieAnswerForm
from frontend.ties_shown import END, REMOVE, WITHDRAW, Shown, of_link, of_membership, sorted_out
from frontend.views.roles import LONGEST_QUERY, person_of

# What each of ``agree``, ``decline``, ``end`` does with a reason.
Verbs = dict[str, Callable[[str], object]]
ENDING = (END, WITHDRAW, REMOVE)
MOST = 60  # declarations in an hour from one connection: each may write to others


@never_cache
@require_safe
@login_required
def ties(request: HttpRequest) -> HttpResponse:
    """What waits for one's answer, then the initiatives and groupings that one speaks for."""
    held = person_of(request).roles.held()
    owned = list(Initiative.objects.filter(roles__in=held.filter(kind=RoleKind.OWNER)).order_by("name_sort"))
    run = list(Grouping.objects.filter(roles__in=held.filter(kind=RoleKind.COORDINATOR)).order_by("name"))
    waiting = [of_link(link, asked_of(link)) for link in linking.to_answer(owned)]
    asked = belonging.waiting()
    waiting += [
        of_membership(row, Side.MEMBER) for row in asked.filter(initiative__in=owned, member_agreed_at=None)
    ]
    waiting += [
        of_membership(row, Side.GROUPING) for row in asked.filter(grouping__in=run, grouping_agreed_at=None)
    ]
    context = {"waiting": waiting, "owned": owned, "groupings": run}
    return render(request, "frontend/account/ties.html", context)


@never_cache
@require_safe
@login_required
def of_initiative(request: HttpRequest, slug: str) -> HttpResponse:
    found = kept_by(request, slug)
    links = Link.objects.filter(Q(origin=found) | Q(target=found)).select_related("origin", "target")
    rows = found.memberships.select_related("grouping", "initiative").order_by("grouping__name", "pk")
    context = {
        "initiative": found,
        "links": sorted_out(of_link(each, found) for each in links.order_by("kind", "pk")),
        "memberships": sorted_out(of_membership(each, Side.MEMBER) for each in rows),
        "may_join": may(person_of(request), Action.AGREE_AS_MEMBER, found),
    }
    return render(request, "frontend/account/tie_initiative.html", context)


@never_cache
@require_safe
@login_required
def find_other(request: HttpRequest, slug: str) -> HttpResponse:
    """With whom: the first of two steps, a search by name."""
    found, text = kept_by(request, slug), typed(request)
    rows = [
        (each, reverse("people:tie_add", args=[found.slug, each.key]))
        for each in (initiatives_named(text) if text else [])
        if each.key != found.slug
    ]
    context = {"initiative": found, "text": text, "rows": rows, "joining": False}
    return render(request, "frontend/account/tie_find.html", context)


@never_cache
@require_safe
@login_required
def find_grouping(request: HttpRequest, slug: str) -> HttpResponse:
    found, text = kept_by(request, slug, Action.AGREE_AS_MEMBER), typed(request)
    rows = [
        (each, reverse("people:tie_join", args=[found.slug, each.key]))
        for each in (groupings_named(text) if text else [])
    ]
    context = {"initiative": found, "text": text, "rows": rows, "joining": True}
    return render(request, "frontend/account/tie_find.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class AddLink(View):
    """Which sentence is true: the second step."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str, other: str) -> HttpResponse:
        found, there = kept_by(request, slug), published(other)
        return self.page(request, found, there, LinkForm(here=found.name, other=there.name))

    def post(self, request: HttpRequest, slug: str, other: str) -> HttpResponse:
        found, there = kept_by(request, slug), published(other)
        form = LinkForm(request.POST, here=found.name, other=there.name)
        if too_many(request, form):
            return later(self.page(request, found, there, form, status=429))
        if form.is_valid():
            try:
                link = linking.assert_link(person_of(request), found, there, **form.told())
            except TieRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, said(of_link(link, found)))
                return redirect("people:tie_initiative", found.slug)
        return self.page(request, found, there, form)

    def page(
        self, request: HttpRequest, found: Initiative, there: Initiative, form: LinkForm, **options: Any
    ) -> HttpResponse:
        context = {"initiative": found, "other": there.name, "form": form, "joining": False}
        return render(request, "frontend/account/tie_add.html", context, **options)


@method_decorator([never_cache, login_required], name="dispatch")
class Join(View):
    """Say that an initiative belongs to a network or a PTCE."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
        return self.page(
            request, kept_by(request, slug, Action.AGREE_AS_MEMBER), grouping_or_404(uuid), JoinForm()
        )

    def post(self, request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
        found, grouping = kept_by(request, slug, Action.AGREE_AS_MEMBER), grouping_or_404(uuid)
        form = JoinForm(request.POST)
        if too_many(request, form):
            return later(self.page(request, found, grouping, form, status=429))
        if form.is_valid():
            try:
                made = belonging.assert_membership(
                    person_of(request), grouping, found, Side.MEMBER, **form.told()
                )
            except TieRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, said(of_membership(made, Side.MEMBER)))
                return redirect("people:tie_initiative", found.slug)
        return self.page(request, found, grouping, form)

    def page(
        self, request: HttpRequest, found: Initiative, grouping: Grouping, form: JoinForm, **options: Any
    ) -> HttpResponse:
        context = {"initiative": found, "other": grouping.name, "form": form, "joining": True}
        return render(request, "frontend/account/tie_add.html", context, **options)


@method_decorator([never_cache, login_required], name="dispatch")
class Answer(ABC, View):
    """One tie, what is known of it, and the buttons of what can be done."""

    http_method_names = ["get", "head", "post"]

    @abstractmethod
    def read(self, request: HttpRequest, **where: Any) -> tuple[Shown, Verbs, str]:
        """As it is shown, what can be done, where to go on."""

    def get(self, request: HttpRequest, **where: Any) -> HttpResponse:
        shown, _verbs, back = self.read(request, **where)
        return self.page(request, shown, back, TieAnswerForm())

    def post(self, request: HttpRequest, **where: Any) -> HttpResponse:
        shown, verbs, back = self.read(request, **where)
        form, do = TieAnswerForm(request.POST), request.POST.get("do", "")
        if do not in shown.does:
            form.add_error(None, _("Choisissez un des boutons : ce lien a peut-être changé depuis."))
        elif form.is_valid():
            try:
                verbs["end" if do in ENDING else do](form.cleaned_data["reason"])
            except TieRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, DONE[do]())
                return redirect(back)
        return self.page(request, shown, back, form, status=409)

    def page(
        self, request: HttpRequest, shown: Shown, back: str, form: TieAnswerForm, **options: Any
    ) -> HttpResponse:
        context = {"tie": shown, "form": form, "back": back}
        return render(request, "frontend/account/tie_answer.html", context, **options)


class AnswerLink(Answer):
    def read(self, request: HttpRequest, **where: Any) -> tuple[Shown, Verbs, str]:
        found, person = kept_by(request, where["slug"]), person_of(request)
        rows = Link.objects.filter(Q(origin=found) | Q(target=found)).select_related("origin", "target")
        link = get_object_or_404(rows, pk=where["pk"])
        verbs: Verbs = {
            "agree": lambda _reason: linking.agree(link, person, found),
            "decline": lambda reason: linking.decline(link, person, found, reason),
            "end": lambda reason: linking.end(link, person, found, reason),
        }
        return of_link(link, found), verbs, reverse("people:tie_initiative", args=[found.slug])


class AnswerMembership(Answer):
    def read(self, request: HttpRequest, **where: Any) -> tuple[Shown, Verbs, str]:
        found = kept_by(request, where["slug"], Action.AGREE_AS_MEMBER)
        rows = found.memberships.select_related("grouping", "initiative")
        row = get_object_or_404(rows, pk=where["pk"])
        verbs = membership_verbs(row, person_of(request), Side.MEMBER)
        return of_membership(row, Side.MEMBER), verbs, reverse("people:tie_initiative", args=[found.slug])


def membership_verbs(row: Membership, person: User, side: Side) -> Verbs:
    return {
        "agree": lambda _reason: belonging.agree(row, person, side),
        "decline": lambda reason: belonging.decline(row, person, side, reason),
        "end": lambda reason: belonging.end(row, person, side, reason),
    }


DONE: dict[str, Callable[[], str]] = {
    "agree": lambda: _("C’est accepté : les deux pages le montrent quand les deux côtés l’ont dit."),
    "decline": lambda: _("C’est refusé : aucune page ne le montre."),
    "end": lambda: _("C’est terminé, à la date d’aujourd’hui."),
    "withdraw": lambda: _("Votre déclaration est retirée."),
    "remove": lambda: _("C’est enlevé des deux pages. L’historique le garde."),
}


def said(tie: Shown) -> str:
    if tie.state == "confirmed":
        return _("C’est confirmé des deux côtés.")
    return _("C’est déclaré. L’autre côté peut maintenant l’accepter ou le refuser.")


def too_many(request: HttpRequest, form: Form) -> bool:
    """Count this declaration; True, and the form says so, where its connection sent too many."""
    if not too_often(request, "ties", MOST):
        return False
    form.add_error(
        None, _("Beaucoup de déclarations sont déjà venues de votre connexion. Revenez dans une heure.")
    )
    return True


def typed(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]


def kept_by(request: HttpRequest, slug: str, action: Action = Action.LINK_INITIATIVE) -> Initiative:
    """The initiative of this name, which this person may speak for. 404, or NotAllowed."""
    if "\x00" in slug:
        raise Http404
    found = get_object_or_404(Initiative.objects.defer("search"), slug=slug)
    require(person_of(request), action, found)
    return found


def asked_of(link: Link) -> Initiative:
    """The side that has not answered yet."""
    return link.side(linking.opposite(link.asserted_by))


def published(slug: str) -> Initiative:
    if "\x00" in slug:
        raise Http404
    return get_object_or_404(Initiative.objects.published().defer("search"), slug=slug)


def grouping_or_404(uuid: UUID) -> Grouping:
    return get_object_or_404(Grouping, uuid=uuid, published=True)
