"""Sources to harvest in Django's administration. What is imported is seen on the pages of imports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from exchange import harvesting
from exchange.fetching import Unfetched, check_address
from exchange.models import Harvest


class HarvestForm(forms.ModelForm):
    address = forms.URLField(label=_("adresse"), max_length=2_000, assume_scheme="https")

    class Meta:
        model = Harvest
        fields = ["profile", "owner", "kind", "address", "rhythm", "active", "next_at"]

    def clean_address(self) -> str:
        try:
            return check_address(self.cleaned_data["address"])
        except Unfetched as error:
            raise ValidationError(str(error)) from None


@admin.register(Harvest)
class HarvestAdmin(admin.ModelAdmin):
    form = HarvestForm
    list_display = ["profile", "kind", "address", "rhythm", "active", "read_at", "state"]
    list_filter = ["kind", "active"]
    list_select_related = ["profile"]
    raw_id_fields = ["owner"]
    readonly_fields = ["read_at", "state"]

    @admin.display(description=_("état"))
    def state(self, row: Harvest) -> str:
        if not row.failures:
            return str(_("se lit bien") if row.read_at else _("pas encore lue"))
        return str(_("en échec ({count}) : {why}")).format(count=row.failures, why=harvesting.said(row.error))

    def save_model(self, request: HttpRequest, obj: Harvest, form: Any, change: bool) -> None:
        """Written by the verb, which forgets what the former address had said."""
        made = harvesting.subscribe(obj.profile, obj.address, obj.rhythm, obj.owner, obj.kind)
        Harvest.objects.filter(pk=made.pk).update(active=obj.active, next_at=obj.next_at)
        obj.pk = made.pk
