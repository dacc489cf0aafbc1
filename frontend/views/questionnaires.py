"""Versions of questionnaires, for administrators: taken away as a file, changed, brought back, compared with
the one in use, published. What was published stays as it is."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from directory.permissions import Action, require
from directory.validators import slug_name
from frontend.views.roles import person_of
from questionnaires import versions
from questionnaires.checking import check
from questionnaires.differing import differences
from questionnaires.errors import ContentRefused, PublishingRefused
from questionnaires.models import Questionnaire, QuestionnaireVersion

LARGEST = 512 * 1024  # bytes of a file
FARTHEST = 2**63 - 1  # numbers of rows end there


class ContentField(forms.FileField):
    """A file of JSON that a version may hold."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        found = super().clean(data, initial)
        if found.size > LARGEST:
            raise ValidationError(_("Ce fichier est trop gros : 512 ko au plus."))
        try:
            content = json.loads(found.read().decode("utf-8-sig"))
        except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are the former
            raise ValidationError(_("Ce fichier n’est pas du JSON en UTF-8.")) from None
        try:
            check(content)
        except ContentRefused as refused:
            raise ValidationError(refused.faults) from None
        return content


class DraftForm(forms.Form):
    questionnaire = forms.ModelChoiceField(
        label=gettext_lazy("Questionnaire"),
        queryset=Questionnaire.objects.order_by("pk"),
        empty_label=gettext_lazy("un nouveau questionnaire"),
        required=False,
    )
    slug = forms.CharField(
        label=gettext_lazy("Nom d’un nouveau questionnaire dans les adresses"),
        help_text=gettext_lazy(
            "Des lettres simples, des chiffres et des tirets. Exemple : gouvernance-partagee"
        ),
        max_length=60,
        required=False,
        validators=[slug_name],
    )
    content = ContentField(
        label=gettext_lazy("Fichier de la nouvelle version"),
        help_text=gettext_lazy(
            "Prenez le fichier d’une version ci-dessus, changez-le, puis déposez-le ici. Il est vérifié, et"
            " rien n’est publié avant que vous n’ayez vu ce qui change."
        ),
        widget=forms.FileInput({"accept": ".json,application/json"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and bool(given["questionnaire"]) == bool(given["slug"]):
            self.add_error("slug", _("Choisissez un questionnaire, ou nommez-en un nouveau."))
        return given

    def keep(self, by: User) -> QuestionnaireVersion:
        """The draft. PublishingRefused, NotAllowed."""
        given = self.cleaned_data
        if given["questionnaire"]:
            return versions.draft(given["questionnaire"], given["content"], by)
        return versions.begin(given["slug"], given["content"], by)


def administrator(request: HttpRequest) -> User:
    person = person_of(request)
    require(person, Action.PUBLISH_QUESTIONNAIRE)
    return person


def version_called(pk: int) -> QuestionnaireVersion:
    rows = QuestionnaireVersion.objects.select_related("questionnaire")
    found = rows.filter(pk=pk).first() if pk <= FARTHEST else None
    if found is None:
        raise Http404
    return found


@method_decorator([never_cache, login_required], name="dispatch")
class Versions(View):
    """All of them, the latest first; a POST brings a draft."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        administrator(request)
        return self.page(
            request, DraftForm(initial={"questionnaire": Questionnaire.objects.order_by("pk").first()})
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        person, form = administrator(request), DraftForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(request, form)
        try:
            made = form.keep(person)
        except PublishingRefused as refused:
            form.add_error("slug", str(refused))
            return self.page(request, form)
        messages.success(request, _("Le brouillon est gardé. Voyez ce qu’il change, puis publiez-le."))
        return redirect("people:questionnaire_version", made.pk)

    def page(self, request: HttpRequest, form: DraftForm) -> HttpResponse:
        rows = QuestionnaireVersion.objects.select_related("questionnaire").annotate(n=Count("responses"))
        context = {"form": form, "rows": rows.order_by("questionnaire__slug", "-number")}
        return render(request, "frontend/account/questionnaires/list.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class OneVersion(View):
    """What a version changes of the one in use; a POST publishes the draft, or throws it away."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        administrator(request)
        version = version_called(pk)
        current = version.questionnaire.current()
        before = None if current in (None, version) else current
        changes = differences(before.parsed, version.parsed) if before else []
        context = {"version": version, "before": before, "changes": changes, "current": current}
        return render(request, "frontend/account/questionnaires/version.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person, version = administrator(request), version_called(pk)
        do = request.POST.get("do", "")
        try:
            if do == "publish":
                versions.publish(version, person)
                messages.success(
                    request, _("La version est publiée : c’est à elle que l’on répond maintenant.")
                )
            elif do == "discard":
                versions.discard(version, person)
                messages.success(request, _("Le brouillon est effacé."))
        except PublishingRefused as refused:
            messages.error(request, str(refused))
        return redirect("people:questionnaires")


@never_cache
@require_safe
@login_required
def content(request: HttpRequest, pk: int) -> HttpResponse:
    """The content of a version as a file."""
    administrator(request)
    version = version_called(pk)
    text = json.dumps(version.content, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    name = f"{version.questionnaire.slug}-{version.number}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
