"""Contacts taken away by who coordinates a grouping, and the log of it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from directory import exports as verbs
from directory.errors import ContactRefused
from directory.models import Contact, Grouping, PersonalExport
from directory.permissions import Action, require
from formats.workbook import BYTE_ORDER_MARK, defused
from frontend.contact_forms import ExportForm
from frontend.quantities import printed_phone
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


@method_decorator([never_cache, login_required], name="dispatch")
class ExportContacts(View):
    """How many there are and why they are wanted, then the file, which the log knows of."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, kind: str, slug: str) -> HttpResponse:
        return self.page(request, self.grouping(request, kind, slug), ExportForm())

    def post(self, request: HttpRequest, kind: str, slug: str) -> HttpResponse:
        grouping = self.grouping(request, kind, slug)
        form = ExportForm(request.POST)
        if not form.is_valid():
            return self.page(request, grouping, form)
        try:
            _made, contacts = verbs.export_members(grouping, person_of(request), form.cleaned_data["purpose"])
        except ContactRefused as error:
            form.add_error("purpose", str(error))
            return self.page(request, grouping, form)
        response = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
        name = f"contacts-{grouping.slug}-{timezone.localdate().isoformat()}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        write(response, contacts)
        return response

    def grouping(self, request: HttpRequest, kind: str, slug: str) -> Grouping:
        if "\x00" in slug:
            raise Http404
        found = get_object_or_404(Grouping, kind=kind, slug=slug)
        require(person_of(request), Action.EXPORT_CONTACTS, found)
        return found

    def page(self, request: HttpRequest, grouping: Grouping, form: Any) -> HttpResponse:
        contacts = verbs.contacts_of_members(grouping)
        context = {"grouping": grouping, "form": form, "contacts": contacts}
        return render(request, "frontend/account/export_contacts.html", context)


def write(file: Any, contacts: Iterable[Contact]) -> None:
    """The table, as French spreadsheets want it: semicolons between."""
    table = csv.writer(file, delimiter=";")
    table.writerow([str(FIELDS[field]) for field in verbs.FIELDS])
    for each in contacts:
        phone = printed_phone(each.phone).replace("\u00a0", " ") if each.phone else ""
        table.writerow([defused(c) for c in (each.initiative.name, each.name, each.role, each.email, phone)])


@never_cache
@require_safe
@login_required
def log(request: HttpRequest) -> HttpResponse:
    """Who exported what, when and why: for administrators."""
    require(person_of(request), Action.MANAGE_PEOPLE)
    rows = PersonalExport.objects.select_related("person", "grouping")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = [(each, [str(FIELDS.get(field, field)) for field in each.fields]) for each in page]
    return render(request, "frontend/account/exports.html", {"page": page, "rows": lines})
