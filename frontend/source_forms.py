"""The form by which a source is read from now on: a file read as before, or another site of Maillage."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from directory.models import Grouping
from exchange.fetching import LONGEST_ADDRESS, Unfetched, check_address
from exchange.models import HarvestKind, Profile, Rhythm, State
from exchange.profiles import LONGEST_NAME, groupings_of, profiles_of
from frontend.guarded import one_line

ANOTHER = ""


class SourceForm(forms.Form):
    """``chosen`` is the way of reading of one's files; none where another Maillage is named."""

    address = forms.CharField(
        label=gettext_lazy("Adresse sur le web"), max_length=LONGEST_ADDRESS,
        help_text=gettext_lazy("Celle du fichier lui-même, ou de l’accueil d’un autre site Maillage."),
        error_messages={"required": gettext_lazy("Donnez une adresse.")},
        widget=forms.URLInput({"autocomplete": "off", "inputmode": "url"}),
    )  # fmt: skip
    profile = forms.ChoiceField(label=gettext_lazy("Ce qui s’y trouve"), required=False)
    rhythm = forms.ChoiceField(label=gettext_lazy("Relire"), choices=Rhythm.choices, initial=Rhythm.WEEK)
    name = forms.CharField(
        label=gettext_lazy("Nom de ce site"), required=False, max_length=LONGEST_NAME, validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    grouping = forms.ModelChoiceField(
        label=gettext_lazy("Réseau ou PTCE"), queryset=Grouping.objects.none(), required=False
    )
    publish = forms.BooleanField(
        label=gettext_lazy("Publier tout de suite les fiches nouvelles"), required=False
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)
        seen = profiles_of(person).filter(imports__state=State.DONE).distinct()
        self.profiles: dict[str, Profile] = {each.slug: each for each in seen}
        self.alone = person.is_superuser
        groupings: Any = self.fields["grouping"]
        groupings.queryset = groupings_of(person)
        groupings.empty_label = gettext_lazy("aucun") if self.alone else None
        named: Any = self.fields["profile"]
        known = [
            (slug, _("Une liste lue comme « {name} »").format(name=each.name))
            for slug, each in self.profiles.items()
        ]
        named.choices = [*known, (ANOTHER, _("Un autre site Maillage"))]
        named.initial = named.choices[0][0]

    @property
    def chosen(self) -> Profile | None:
        return self.profiles.get(self.cleaned_data.get("profile", ANOTHER))

    @property
    def kind(self) -> HarvestKind:
        if self.chosen is None:
            return HarvestKind.MAILLAGE
        harvest = getattr(self.chosen, "harvest", None)
        return HarvestKind(harvest.kind) if harvest else HarvestKind.FILE

    def clean_address(self) -> str:
        try:
            return check_address(self.cleaned_data["address"])
        except Unfetched as refused:
            raise forms.ValidationError(_("Refusé : {why}.").format(why=refused)) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("profile", ANOTHER) == ANOTHER and "profile" not in self.errors:
            if not cleaned.get("name") and "name" not in self.errors:
                self.add_error("name", _("Donnez un nom à ce site."))
            if not cleaned.get("grouping") and "grouping" not in self.errors and not self.alone:
                self.add_error("grouping", _("Dites pour quel réseau."))
        return cleaned
