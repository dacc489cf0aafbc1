"""Roles: one's own, asking for one, answering those who ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.errors import LastAdministrator
from accounts.models import User
from directory import roles as verbs
from directory.errors import RoleRefused
from directory.models import LONGEST_REASON, Role, RoleKind
from directory.permissions import GRANTS, Action, in_words, may, require
from directory.permissions import TABLE as PERMISSIONS
from frontend.role_targets import FINDERS, GIVEN, Found, Target

LONGEST_QUERY = 100
PER_PAGE = 50

# What each role is for, in the words of whoever may want it.
PURPOSES = {
    RoleKind.OWNER: gettext_lazy("Vous faites partie d’une initiative et vous tenez sa page à jour."),
    RoleKind.COORDINATOR: gettext_lazy("Vous animez un réseau ou un PTCE : ses membres, ses contacts."),
    RoleKind.MODERATOR: gettext_lazy(
        "Vous relisez ce qui est proposé sur un territoire et dans tout ce qu’il comprend."
    ),
    RoleKind.OFFICER: gettext_lazy("Vous travaillez pour une collectivité et menez des diagnostics."),
    RoleKind.ADMINISTRATOR: gettext_lazy("Vous répondez de tout le site."),
}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi demandez-vous ce rôle ?"),
        help_text=gettext_lazy(
            "Dites qui vous êtes et ce que vous voulez faire : la personne qui décide ne vous connaît"
            " peut-être pas. Elle verra aussi votre nom et votre adresse."
        ),
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 5}),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Votre réponse"),
        help_text=gettext_lazy("Facultative pour accorder, nécessaire pour refuser. Elle est envoyée."),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


def person_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # login_required
    return request.user


@never_cache
@require_safe
@login_required
def roles(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    rows = list(person.roles.select_related("initiative", "grouping", "territory"))
    context = {
        "held": [role for role in rows if role.state == "held"],
        "waiting": [role for role in rows if role.state == "waiting"],
        "past": [role for role in rows if role.state in ("refused", "ended")],
        "requests": len(verbs.decidable(person)),
        "governs": verbs.governs(person),
        "installed": person.is_superuser and not any(
            role.kind == RoleKind.ADMINISTRATOR and role.state == "held" for role in rows
        ),
    }  # fmt: skip
    return render(request, "frontend/account/roles.html", context)


@never_cache
@require_safe
@login_required
def ask_role(request: HttpRequest) -> HttpResponse:
    """Which role: the first of three steps, each with its own address."""
    kinds = [(kind, kind.label, PURPOSES[kind]) for kind in RoleKind]
    return render(request, "frontend/account/role_kinds.html", {"kinds": kinds})


@never_cache
@require_safe
@login_required
def find_role_target(request: HttpRequest, kind: str) -> HttpResponse:
    """For what: the second step, a search by name. Administration has none."""
    if kind == RoleKind.ADMINISTRATOR:
        return redirect("people:role_reason", kind, "site")
    role_kind = kind_of(kind)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    found: list[Found] = FINDERS[role_kind](text) if text else []
    context = {"kind": role_kind, "purpose": PURPOSES[role_kind], "text": text, "found": found}
    return render(request, "frontend/account/role_target.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class RoleReason(View):
    """Why: the third step."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, kind: str, key: str) -> HttpResponse:
        return self.page(request, kind, target_of(kind, key), ReasonForm())

    def post(self, request: HttpRequest, kind: str, key: str) -> HttpResponse:
        target, form = target_of(kind, key), ReasonForm(request.POST)
        if form.is_valid():
            try:
                verbs.ask(person_of(request), kind, target, form.cleaned_data["reason"])
            except RoleRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Votre demande est envoyée à qui peut y répondre."))
                return redirect("people:roles")
        return self.page(request, kind, target, form)

    def page(self, request: HttpRequest, kind: str, target: Target | None, form: ReasonForm) -> HttpResponse:
        context = {"kind": kind_of(kind), "target": target, "form": form}
        return render(request, "frontend/account/role_reason.html", context)


@never_cache
@require_safe
@login_required
def role_requests(request: HttpRequest) -> HttpResponse:
    """What waits for this person's decision."""
    context = {"requests": verbs.decidable(person_of(request))}
    return render(request, "frontend/account/role_requests.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class RoleRequest(View):
    """One request: who asks, for what, why; to grant or to refuse."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(request, self.asked(request, pk), AnswerForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        role, form = self.asked(request, pk), AnswerForm(request.POST)
        decide = {"grant": verbs.grant, "refuse": verbs.refuse}.get(request.POST.get("decision", ""))
        if decide is None:
            form.add_error(None, _("Choisissez d’accorder ou de refuser."))
        elif form.is_valid():
            try:
                decide(role, person_of(request), form.cleaned_data["answer"])
            except RoleRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Votre réponse est envoyée."))
                return redirect("people:role_requests")
        return self.page(request, role, form)

    def asked(self, request: HttpRequest, pk: int) -> Role:
        role = role_or_404(pk)
        require(person_of(request), GRANTS[role.kind], role)
        return role

    def page(self, request: HttpRequest, role: Role, form: AnswerForm) -> HttpResponse:
        role.refresh_from_db()
        return render(request, "frontend/account/role_request.html", {"role": role, "form": form})


@never_cache
@require_safe
@login_required
def governed_roles(request: HttpRequest) -> HttpResponse:
    """The roles in force that this person may end, other people's."""
    rows = Paginator(verbs.governed(person_of(request)), PER_PAGE)
    return render(
        request, "frontend/account/governed_roles.html", {"page": rows.get_page(request.GET.get("page"))}
    )


@method_decorator([never_cache, login_required], name="dispatch")
class EndRole(View):
    """Leave a role, withdraw a request, or end somebody's role: a page that asks, then does."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(request, self.endable(request, pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        role, person = self.endable(request, pk), person_of(request)
        try:
            verbs.end(role, person)
        except RoleRefused as refusal:
            return self.page(request, role, str(refusal), status=409)
        except LastAdministrator:
            problem = _("Vous êtes la dernière personne à administrer le site : nommez d’abord quelqu’un.")
            return self.page(request, role, problem, status=409)
        own = role.person_id == person.pk
        done = _("C’est fait : vous n’avez plus ce rôle.") if own else _("Ce rôle a pris fin.")
        messages.success(request, done)
        return redirect("people:roles" if own else "people:role_governed")

    def endable(self, request: HttpRequest, pk: int) -> Role:
        role = role_or_404(pk)
        if not may(person_of(request), Action.END_OWN_ROLE, role):
            require(person_of(request), GRANTS[role.kind], role)
        return role

    def page(self, request: HttpRequest, role: Role, problem: str = "", **options: Any) -> HttpResponse:
        context = {"role": role, "problem": problem, "own": role.person_id == person_of(request).pk}
        return render(request, "frontend/account/role_end.html", context, **options)


@require_safe
def permissions(request: HttpRequest) -> HttpResponse:
    """The table of permissions, for everybody."""
    context = {
        "rows": [(action.label, in_words(allowed)) for action, allowed in PERMISSIONS.items()],
        "roles": [(kind.label, PURPOSES[kind]) for kind in RoleKind],
    }
    return render(request, "frontend/permissions.html", context)


def kind_of(kind: str) -> RoleKind:
    try:
        return RoleKind(kind)
    except ValueError:
        raise Http404 from None


def target_of(kind: str, key: str) -> Target | None:
    role_kind = kind_of(kind)
    if role_kind == RoleKind.ADMINISTRATOR:
        if key != "site":
            raise Http404
        return None
    return GIVEN[role_kind](key)


def role_or_404(pk: int) -> Role:
    rows = Role.objects.select_related("person", "initiative", "grouping", "territory")
    return get_object_or_404(rows, pk=pk)
