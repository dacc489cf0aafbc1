"""Territories in the administration: official ones are read there, custom ones are drawn up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from territories.custom import refresh_customs
from territories.maps import NoncedLeafletAdmin
from territories.models import CustomCommune, Kind, Territory, TerritoryChange
from territories.querysets import TerritoryQuerySet
from territories.writing import sync_names

EDITED = ("name", "owner", "dated", "source", "listed")
SHOWN = (
    "id", "kind", "code", "status", "slug", "country", "region", "departement", "epci", "commune",
    "postcodes", "former_names", "population", "population_edition", "vintage", "area_km2", "outline_note",
    "chief_place_source", "updated_at",
)  # fmt: skip


def is_custom(territory: Territory | None) -> bool:
    return territory is not None and territory.kind == Kind.CUSTOM


class OutlineForm(forms.ModelForm):
    """Shows the outline on a map. It follows from the communes: what is drawn there is never saved."""

    class Meta:
        model = Territory
        fields = (*EDITED, "geometry")

    def clean_geometry(self) -> Any:
        return self.instance.geometry


class CommuneInline(admin.TabularInline):
    model = CustomCommune
    fk_name = "territory"
    autocomplete_fields = ("commune",)
    extra = 1


@admin.register(Territory)
class TerritoryAdmin(NoncedLeafletAdmin):
    """Official territories change with the official tables only. The list never reads an outline."""

    form = OutlineForm
    modifiable = False
    list_display = ("name", "kind", "code", "departement", "population", "vintage", "outline_note")
    list_filter = ("kind", "outline_note", "chief_place_source", ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("departement",)
    search_fields = ("names__folded",)
    search_help_text = _("Nom ou code ; les accents, les tirets et la casse ne comptent pas.")
    show_full_result_count = False
    raw_id_fields = ("owner",)
    inlines = (CommuneInline,)
    fields = (*SHOWN[:2], *EDITED, *SHOWN[2:], "geometry")
    readonly_fields = SHOWN

    def get_queryset(self, request: HttpRequest) -> QuerySet[Territory]:
        return Territory.objects.defer("geometry", "envelope")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Territory | None:
        return Territory.objects.with_geometry().filter(pk=object_id).first()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Territory], search_term: str
    ) -> tuple[QuerySet[Territory], bool]:
        if not search_term.strip():
            return queryset, False
        found = TerritoryQuerySet(Territory).named(search_term).values("pk")
        return queryset.filter(Q(pk__in=found) | Q(code=search_term.strip())), False

    def get_inlines(self, request: HttpRequest, obj: Territory | None) -> Sequence[type[CommuneInline]]:
        return self.inlines if is_custom(obj) else ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Territory | None = None) -> bool:
        return is_custom(obj) and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Territory | None = None) -> Sequence[str]:
        return SHOWN if is_custom(obj) else (*SHOWN, *EDITED)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """An official territory is shown in the same form, for its map, without a way to save it."""
        custom = is_custom(self.get_object(request, unquote(object_id or "")))
        if request.method == "POST" and not custom:
            raise PermissionDenied
        buttons = ("show_save", "show_save_and_continue", "show_save_and_add_another")
        hidden = {} if custom else dict.fromkeys(buttons, False)
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **hidden})

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Outline, population and area follow from the communes that were just saved."""
        super().save_related(request, form, formsets, change)
        refresh_customs([form.instance.pk])
        sync_names([form.instance.pk])


@admin.register(TerritoryChange)
class TerritoryChangeAdmin(admin.ModelAdmin):
    """What became of former codes; written by the loads."""

    list_display = ("code", "name", "nature", "successor", "vintage")
    list_filter = ("nature",)
    list_select_related = ("successor",)
    search_fields = ("code", "name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: TerritoryChange | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TerritoryChange | None = None) -> bool:
        return False
