"""Contacts taken away by who coordinates a grouping, and the log of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from directory import exports as verbs
from directory.errors import ContactRefused
from directory.filters import SearchForm
from directory.models import Contact, Grouping, PersonalExport
from directory.permissions import Action, require
from directory.search import SearchCriteria
from formats.writing import Column, Kind, Notice, Table
from formats.writing.cards import Card, cards
from frontend.contact_forms import ExportForm, SelectionForm
from frontend.event_files import answer, written
from frontend.quantities import printed_phone
from frontend.sectors import Taxonomy
from frontend.tokens import tokens
from frontend.views.roles import person_of

PER_PAGE = 50
# The columns of the file, and how the log names them.
FIELDS = {
    "initiative": _("Initiative"),
    "name": _("Nom"),
    "role": _("Fonction"),
    "email": _("Courriel"),
    "phone": _("Téléphone"),
}

# What other exports of persons hold besides, in the log.
LABELS = FIELDS | {
    "street": _("Rue"),
    "postcode": _("Code postal"),
    "commune": _("Commune"),
    "status": _("État"),
    "link": _("Lien pour répondre"),
}


@method_decorator([never_cache, login_required], name="dispatch")
class ExportContacts(View):
    """How many there are and why they are wanted, then the file, which the log knows of."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, kind: str, slug: str) -> HttpResponse:
        return self.page(request, self.grouping(request, kind, slug), ExportForm())

    def post(self, request: HttpRequest, kind: str, slug: str) -> HttpResponse:
        grouping = self.grouping(request, kind, slug)
        form, (among, criteria) = ExportForm(request.POST), selection(request)
        if not form.is_valid() or among.errors:  # a selection that cannot be read is not everybody
            return self.page(request, grouping, form)
        try:
            _made, contacts = verbs.export_members(
                grouping, person_of(request), form.cleaned_data["purpose"], criteria
            )
        except ContactRefused as error:
            form.add_error("purpose", str(error))
            return self.page(request, grouping, form)
        return file_of(contacts, form.cleaned_data["form"] or "csv-fr", f"contacts-{grouping.slug}")

    def grouping(self, request: HttpRequest, kind: str, slug: str) -> Grouping:
        if "\x00" in slug:
            raise Http404
        found = get_object_or_404(Grouping, kind=kind, slug=slug)
        require(person_of(request), Action.EXPORT_CONTACTS, found)
        return found

    def page(self, request: HttpRequest, grouping: Grouping, form: Any) -> HttpResponse:
        among, criteria = selection(request)
        contacts = verbs.contacts_of_members(grouping, criteria)
        context = {
            "grouping": grouping, "form": form, "among": among, "contacts": [] if among.errors else contacts,
            "tokens": tokens(criteria, Taxonomy()) if criteria else [],
        }  # fmt: skip
        return render(request, "frontend/account/export_contacts.html", context)


def selection(request: HttpRequest) -> tuple[SelectionForm, SearchCriteria | None]:
    """Which of the members the address asks for; None: all of them."""
    form = SelectionForm(request.GET)
    asked = form.cleaned_data["selection"] if form.is_valid() else ""
    return form, SearchForm(QueryDict(asked)).criteria() if asked else None


def file_of(contacts: Sequence[Contact], form: str, name: str) -> HttpResponse:
    """The people, in the form that was chosen."""
    if form == "vcf":
        return answer(b"".join(cards(map(card, contacts))), form, name)
    columns = [
        Column(field, str(FIELDS[field]), Kind.CODE if field == "phone" else Kind.TEXT, width=28)
        for field in verbs.FIELDS
    ]
    rows = ([each.initiative.name, each.name, each.role, each.email, phone_of(each)] for each in contacts)
    notice = Notice(
        gettext("Contacts des membres"),
        gettext("À savoir"),
        [
            (gettext("Personnes"), len(contacts)),
            (gettext("Accord"), gettext("toutes ont accepté d’être connues de ce réseau")),
            (
                gettext("À respecter"),
                gettext("n’employer que pour la raison dite, puis effacer le fichier"),
            ),
        ],
    )
    return answer(written(Table(gettext("Contacts"), columns, rows, notice), form), form, name)


def phone_of(contact: Contact) -> str:
    return printed_phone(contact.phone).replace("\u00a0", " ") if contact.phone else ""


def card(contact: Contact) -> Card:
    given, _blank, family = contact.name.rpartition(" ")
    return Card(
        uid=f"maillage-contact-{contact.pk}", name=contact.name, organisation=contact.initiative.name,
        family=family, given=given, role=contact.role, email=contact.email, phone=contact.phone,
    )  # fmt: skip


@never_cache
@require_safe
@login_required
def log(request: HttpRequest) -> HttpResponse:
    """Who exported what, when and why: for administrators."""
    require(person_of(request), Action.MANAGE_PEOPLE)
    rows = PersonalExport.objects.select_related("person", "grouping")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = [(each, [str(LABELS.get(field, field)) for field in each.fields]) for each in page]
    return render(request, "frontend/account/exports.html", {"page": page, "rows": lines})
