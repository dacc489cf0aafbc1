"""Official figures in the administration: loaded from a table, seen, removed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from diagnosis import official
from diagnosis.errors import OfficialRefused
from diagnosis.models import OfficialSeries
from formats.listing import MOST_BYTES

FIELDS = ("code", "year", "source", "link", "unit", "name_fr", "name_en")


class SeriesForm(forms.ModelForm):
    """The table is read when the form is: what is wrong with it is told beside it, and nothing is written."""

    link = forms.URLField(
        label=_("adresse de la source"), required=False, max_length=500, assume_scheme="https"
    )
    kind = forms.ChoiceField(
        label=_("nature des territoires"), required=False,
        choices=[("", _("dite par la colonne « kind »")), *((k.value, k.label) for k in official.KINDS)],
    )  # fmt: skip
    table = forms.FileField(
        label=_("tableau (CSV)"),
        help_text=_(
            "Colonnes « code » (code INSEE ou SIREN), « value » et, au besoin, « kind ». Une valeur vide"
            " n’est pas publiée par la source. Le tableau remplace la série entière."
        ),
    )

    class Meta:
        model = OfficialSeries
        fields = FIELDS
        widgets = {"source": forms.TextInput, "code": forms.TextInput, "name_fr": forms.TextInput,
                   "name_en": forms.TextInput}  # fmt: skip

    def clean_table(self) -> UploadedFile:
        given: UploadedFile = self.cleaned_data["table"]
        if (given.size or 0) > MOST_BYTES:
            most = MOST_BYTES // 2**20
            raise ValidationError(_("Le fichier dépasse %(most)s Mo.") % {"most": most})
        return given

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        self.body = cleaned["table"].read()
        series = OfficialSeries(**{name: cleaned[name] for name in FIELDS if name in cleaned})
        try:
            self.values = official.values_of(series, self.body, cleaned["kind"])
        except OfficialRefused as refusal:
            told = [official.said(fault) for fault in refusal.faults]
            raise ValidationError({"table": told}) from None
        return cleaned


@admin.register(OfficialSeries)
class OfficialSeriesAdmin(admin.ModelAdmin):
    form = SeriesForm
    list_display = ("code", "name_fr", "year", "source", "number", "loaded_at")
    fields = (*FIELDS, "kind", "table")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OfficialSeries]:
        return super().get_queryset(request).annotate(number=Count("figures"))

    def get_readonly_fields(self, request: HttpRequest, obj: OfficialSeries | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    @admin.display(description=_("territoires"))
    def number(self, series: OfficialSeries) -> int:
        found: int = series.number  # type: ignore[attr-defined]
        return found

    def save_model(self, request: HttpRequest, obj: OfficialSeries, form: SeriesForm, change: bool) -> None:
        official.replace(obj, form.values)

    def delete_model(self, request: HttpRequest, obj: OfficialSeries) -> None:
        official.remove(obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[OfficialSeries]) -> None:
        for series in queryset:
            official.remove(series)
