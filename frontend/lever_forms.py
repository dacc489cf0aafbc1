"""The form of a lever."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diagnosis.lever import LONGEST_LINE, LONGEST_TEXT, Lever, LeverKind
from directory.models import Sector
from frontend.guarded import one_line

# What a keyboard slip makes of a year is no date of a lever.
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)


def line(label: Any, fault: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST_LINE, validators=[one_line], error_messages={"required": fault},
        widget=forms.TextInput({"autocomplete": "off"}), **options,
    )  # fmt: skip


def day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)], **options,
    )  # fmt: skip


class LeverForm(forms.Form):
    kind = forms.ChoiceField(label=_("Nature du levier"), choices=LeverKind)
    name = line(_("Nom du levier"), _("Donnez le nom du levier."))
    giver = line(
        _("Qui le propose"),
        _("Dites qui le propose."),
        help_text=_("L’organisme, et son service s’il est connu."),
    )
    audience = line(
        _("Pour qui"), _("Dites à qui il s’adresse."), help_text=_("Par exemple : associations, communes.")
    )
    details = forms.CharField(
        label=_("En quoi il consiste (facultatif)"), required=False, max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip
    sectors = forms.TypedMultipleChoiceField(
        label=_("Secteurs concernés"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=_("Ne cochez rien s’il vaut pour tous."),
    )  # fmt: skip
    starts = day(_("Ouvert à partir du (facultatif)"), required=False)
    ends = day(
        _("Ouvert jusqu’au (facultatif)"), required=False,
        help_text=_("Ce jour passé, le levier n’est plus montré dans les diagnostics."),
    )  # fmt: skip
    link = forms.URLField(
        label=_("Page où en savoir plus (facultatif)"), required=False, max_length=500, assume_scheme="https"
    )
    source = forms.CharField(
        label=_("Source"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 2}),
        help_text=_("D’où vient cette information : un règlement, une délibération, une page, une réunion."),
        error_messages={"required": _("Dites d’où vient cette information.")},
    )  # fmt: skip
    checked = day(
        _("Vérifié le"), help_text=_("Le jour où quelqu’un s’est assuré que ce levier existe."),
        error_messages={"required": _("Dites quel jour cela a été vérifié.")},
    )  # fmt: skip

    def __init__(self, *args: Any, lever: Lever | None = None, **kwargs: Any) -> None:
        before: dict[str, Any] = {"checked": timezone.localdate()}
        if lever is not None:
            before = {name: getattr(lever, name) for name in self.base_fields}
        options: dict[str, Any] = {"use_required_attribute": False, "initial": before}
        super().__init__(*args, **options | kwargs)
        choices = [(each.pk, each.label) for each in Sector.objects.order_by("pk")]
        self.fields["sectors"].choices = choices  # type: ignore[attr-defined]  # a choice field

    def clean_checked(self) -> date:
        checked: date = self.cleaned_data["checked"]
        if checked > timezone.localdate():
            raise forms.ValidationError(_("Cette date n’est pas encore passée."))
        return checked

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", _("Cette date vient avant celle de l’ouverture."))
        return cleaned
