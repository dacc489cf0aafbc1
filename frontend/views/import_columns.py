"""What the columns of a listing say, then what its words stand for: kept for the files that follow."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from exchange import profiles, tasks
from exchange.categories import Taxonomy
from exchange.fields import Field
from exchange.models import Import
from exchange.recognition import columns_of
from exchange.words import Word, to_be_told, words_of
from frontend.import_forms import ColumnsForm, ValuesForm
from frontend.imports_shown import format_of, remarks, road
from frontend.views.imports import BEGUN, at_work, brought
from frontend.views.roles import person_of

WORDS_PER_PAGE = 40


def begun(batch: Import) -> bool:
    """Whether what is said of the file may still be changed."""
    return batch.state in BEGUN and not at_work(batch)


@method_decorator([never_cache, login_required], name="dispatch")
class Columns(View):
    """Each column with some of its values, and the field of ours that it is."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        batch = brought(request, uuid)
        if not begun(batch):
            return redirect("people:import", batch.uuid)
        columns = columns_of(batch)
        return self.page(request, batch, columns, ColumnsForm(columns=columns, profile=batch.profile))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        batch, person = brought(request, uuid), person_of(request)
        if not begun(batch):
            return redirect("people:import", batch.uuid)
        columns, profile = columns_of(batch), batch.profile
        form = ColumnsForm(request.POST, columns=columns, profile=profile)
        if not form.is_valid():
            return self.page(request, batch, columns, form)
        profiles.keep(
            profile, person, columns=profile.columns | form.columns, fixed=form.fixed,
            publish=form.cleaned_data["publish"], complete=form.cleaned_data["complete"],
        )  # fmt: skip
        if to_be_told(batch):
            return redirect("people:import_values", batch.uuid)
        tasks.ask_to_prepare(batch, person)
        return redirect("people:import", batch.uuid)

    def page(
        self, request: HttpRequest, batch: Import, columns: list[Any], form: ColumnsForm
    ) -> HttpResponse:
        context = {
            "batch": batch, "form": form, "road": road(batch), "step": "columns", "remarks": remarks(batch),
            "format": format_of(batch), "taken": sum(bool(each.mapped) for each in columns),
            "columns": [(form[f"c{n}"], each.name, each.samples) for n, each in enumerate(columns)],
            "fixed": [form[name] for name in form.fields if name.startswith("fixed_")],
            "switches": [form["publish"], form["complete"]],
        }  # fmt: skip
        return render(request, "frontend/account/imports/columns.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class Values(View):
    """Their words, the most frequent first, a page at a time: what is sent is kept at once."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        batch = brought(request, uuid)
        if not begun(batch):
            return redirect("people:import", batch.uuid)
        page = self.words(request, batch)
        return self.page(request, batch, page, self.form(batch, page))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        batch, person = brought(request, uuid), person_of(request)
        if not begun(batch):
            return redirect("people:import", batch.uuid)
        page = self.words(request, batch)
        form = self.form(batch, page, request.POST)
        if not form.is_valid():
            return self.page(request, batch, page, form)
        profiles.keep(batch.profile, person, values=form.said(batch.profile.values))
        if page.has_next() and request.POST.get("do") != "plan":
            here = reverse("people:import_values", args=[batch.uuid])
            return redirect(f"{here}?page={page.next_page_number()}")
        tasks.ask_to_prepare(batch, person)
        return redirect("people:import", batch.uuid)

    def words(self, request: HttpRequest, batch: Import) -> Page[Word]:
        return Paginator(words_of(batch, Taxonomy()), WORDS_PER_PAGE).get_page(request.GET.get("page"))

    def form(self, batch: Import, page: Page[Word], *given: Any) -> ValuesForm:
        return ValuesForm(*given, words=list(page))

    def page(self, request: HttpRequest, batch: Import, page: Page[Word], form: ValuesForm) -> HttpResponse:
        fields = {word.field for word in page.paginator.object_list}
        context = {
            "batch": batch, "form": form, "page": page, "road": road(batch), "step": "values",
            "only_categories": fields <= {Field.CATEGORY},
            "rows": [(form[f"v{n}"], word) for n, word in enumerate(page)],
        }  # fmt: skip
        return render(request, "frontend/account/imports/values.html", context)
