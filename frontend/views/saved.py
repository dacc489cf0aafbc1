"""Saved diagnoses in one’s account: save, write, share, efface, make again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from diagnosis import catalogue, saving
from diagnosis.errors import NothingCounted, SavingRefused
from diagnosis.model import SectorName
from diagnosis.models import SavedDiagnosis
from diagnosis.saved_diagnosis import Visibility
from diagnosis.stored import read
from diagnosis.texts import Texts
from directory.models import Sector
from directory.permissions import Action, require
from frontend.diagnosis import changing
from frontend.diagnosis.asking import peers_asked, typed_in
from frontend.own_places import offered
from frontend.role_targets import territory
from frontend.saved_forms import NameForm, ShareForm, Testimonies, WordsForm
from frontend.views.roles import person_of
from frontend.views.saved_public import file_of, page_of
from territories.models import Territory

PER_PAGE = 30


@never_cache
@require_safe
@login_required
def diagnoses(request: HttpRequest) -> HttpResponse:
    page = Paginator(saving.kept_by(person_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "saves": saving.saves_diagnoses(request.user)}
    return render(request, "frontend/account/diagnoses.html", context)


@never_cache
@require_safe
@login_required
def where(request: HttpRequest) -> HttpResponse:
    """Of which territory."""
    context = offered(person_of(request), request.GET.get("q", ""), Action.SAVE_DIAGNOSIS)
    return render(request, "frontend/account/diagnosis_where.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class SaveDiagnosis(View):
    """Its title and who signs; what the page showed (sector, peers) is in the address."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        place = self.place(request, id)
        authority = saving.authority_of(person_of(request), place)
        month = date_format(localdate(), "F Y")
        title = _("{place} : diagnostic de {month}").format(place=place.name, month=month)
        form = NameForm(initial={"title": title[:200], "signature": authority.name if authority else ""})
        return self.page(request, place, form)

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        place, form = self.place(request, id), NameForm(request.POST)
        if not form.is_valid():
            return self.page(request, place, form)
        asked = asked_of(request, place)
        language = (get_language() or "fr")[:2]
        try:
            made = saving.save(
                place, person_of(request), **form.cleaned_data, sector=asked["sector"].slug if asked["sector"]
                else "", peers=[each.pk for each in asked["peers"]], language=language,
            )  # fmt: skip
        except SavingRefused as refusal:
            form.add_error(None, str(refusal))
            return self.page(request, place, form)
        except NothingCounted:
            return uncounted(request, place)
        messages.success(request, _("Les chiffres sont figés. Il reste à écrire ce qu’ils ne disent pas."))
        return redirect("people:diagnosis_write", made.uuid)

    def place(self, request: HttpRequest, id: str) -> Territory:
        found = territory(id)
        require(person_of(request), Action.SAVE_DIAGNOSIS, found)
        return found

    def page(self, request: HttpRequest, place: Territory, form: NameForm) -> HttpResponse:
        context = {"territory": place, "form": form} | asked_of(request, place)
        return render(request, "frontend/account/diagnosis_save.html", context)


def asked_of(request: HttpRequest, place: Territory) -> dict[str, Any]:
    """The sector and the peers that the page showed; what does not exist is left out."""
    slug = typed_in(request.GET.get("sector", ""))
    ids = peers_asked(request, place, slug).ids
    named = Territory.objects.in_bulk(ids)
    sector = Sector.objects.filter(slug=slug).first()
    return {"sector": sector, "peers": [named[id] for id in ids]}


@method_decorator([never_cache, login_required], name="dispatch")
class WriteDiagnosis(View):
    """What people write beside the figures."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        saved = kept(request, uuid)
        texts = saving.texts_of(saved)
        form = self.form(saved, texts, initial={"title": saved.title, "signature": saved.signature})
        return self.page(request, saved, form, Testimonies(kept=texts.testimonies))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        saved = kept(request, uuid)
        texts = saving.texts_of(saved)
        form = self.form(saved, texts, request.POST)
        testimonies = Testimonies(request.POST, kept=texts.testimonies)
        if not all([form.is_valid(), testimonies.is_valid()]):
            return self.page(request, saved, form, testimonies)
        given = form.cleaned_data
        written = form.texts(testimonies.told())
        saving.write(saved, person_of(request), given["title"], given["signature"], written)
        messages.success(request, _("C’est enregistré."))
        onward = "people:diagnosis_write" if "more" in request.POST else "people:diagnosis_see"
        return redirect(onward, saved.uuid)

    def form(self, saved: SavedDiagnosis, texts: Texts, data: Any = None, **options: Any) -> WordsForm:
        sector = sector_of(saved)
        number = sector.number if sector else None
        offers = catalogue.offers(saved.territory, number).found if saved.territory else []
        return WordsForm(data, texts=texts, offers=offers, **options)

    def page(
        self, request: HttpRequest, saved: SavedDiagnosis, form: forms.Form, testimonies: Testimonies
    ) -> HttpResponse:
        context = {"saved": saved, "form": form, "testimonies": testimonies}
        return render(request, "frontend/account/diagnosis_write.html", context)


def sector_of(saved: SavedDiagnosis) -> SectorName | None:
    return saving.report_of(saved).sector(saved.sector) if saved.sector else None


@never_cache
@require_safe
@login_required
def see(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """As its readers see it, whoever they are."""
    saved = kept(request, uuid)
    return page_of(request, saved, keeper=True)


@never_cache
@require_safe
@login_required
def taken_away(request: HttpRequest, uuid: UUID, form: str) -> HttpResponse:
    return file_of(request, kept(request, uuid), form)


@method_decorator([never_cache, login_required], name="dispatch")
class ShareDiagnosis(View):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        saved = kept(request, uuid)
        return self.page(request, saved, self.form(request, saved, initial={"visibility": saved.visibility}))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        saved = kept(request, uuid)
        form = self.form(request, saved, request.POST)
        if not form.is_valid():
            return self.page(request, saved, form)
        saving.share(saved, person_of(request), form.cleaned_data["visibility"])
        messages.success(request, _("C’est enregistré."))
        return redirect("people:diagnosis_share", saved.uuid)

    def form(self, request: HttpRequest, saved: SavedDiagnosis, *args: Any, **options: Any) -> ShareForm:
        return ShareForm(*args, publish=saving.may_publish(person_of(request), saved), **options)

    def page(self, request: HttpRequest, saved: SavedDiagnosis, form: ShareForm) -> HttpResponse:
        route, key = {
            Visibility.LINK: ("frontend:saved_diagnosis_by_link", saved.key),
            Visibility.PUBLIC: ("frontend:saved_diagnosis", saved.uuid),
        }.get(Visibility(saved.visibility), ("", None))
        address = request.build_absolute_uri(reverse(route, args=[key])) if route else ""
        context = {"saved": saved, "form": form, "address": address}
        return render(request, "frontend/account/diagnosis_share.html", context)


@never_cache
@require_POST
@login_required
def renew_link(request: HttpRequest, uuid: UUID) -> HttpResponse:
    saved = kept(request, uuid)
    saving.renew_link(saved, person_of(request))
    messages.success(request, _("Le lien a changé : l’ancien n’ouvre plus rien."))
    return redirect("people:diagnosis_share", saved.uuid)


@method_decorator([never_cache, login_required], name="dispatch")
class EffaceDiagnosis(View):
    """A page that asks, then does."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return render(request, "frontend/account/diagnosis_efface.html", {"saved": kept(request, uuid)})

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        saving.efface(kept(request, uuid), person_of(request))
        messages.success(request, _("Le diagnostic est effacé, avec ses textes."))
        return redirect("people:diagnoses")


@method_decorator([never_cache, login_required], name="dispatch")
class AgainDiagnosis(View):
    """What changed since: then, today, the difference; kept as another diagnosis if one wants."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return self.page(request, kept(request, uuid))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        try:
            made = saving.again(kept(request, uuid), person_of(request))
        except SavingRefused as refusal:
            return self.page(request, kept(request, uuid), str(refusal))
        except NothingCounted:
            return self.page(request, kept(request, uuid))  # says so
        messages.success(
            request, _("Le diagnostic d’aujourd’hui est enregistré à côté du précédent, avec ses textes.")
        )
        return redirect("people:diagnosis_write", made.uuid)

    def page(self, request: HttpRequest, saved: SavedDiagnosis, problem: str = "") -> HttpResponse:
        context: dict[str, Any] = {"saved": saved, "problem": problem}
        if saved.territory is not None:
            try:
                now = read(saved.territory, saved.peers)
            except NothingCounted:
                return uncounted(request, saved.territory)
            communes = saving.communes_of(saved.territory)
            context |= changing.context_of(saving.report_of(saved), now, saved.communes, communes)
        return render(request, "frontend/account/diagnosis_again.html", context)


def uncounted(request: HttpRequest, place: Territory) -> HttpResponse:
    return render(request, "frontend/diagnosis/uncounted.html", {"territory": place}, status=503)


def kept(request: HttpRequest, uuid: UUID) -> SavedDiagnosis:
    """404 for one that is not there or that somebody else keeps: that it exists is nobody’s business."""
    rows = SavedDiagnosis.objects.select_related("territory", "authority", "previous")
    found = get_object_or_404(rows.defer("territory__geometry", "authority__geometry"), uuid=uuid)
    if not saving.may_keep(person_of(request), found):
        raise Http404
    return found
