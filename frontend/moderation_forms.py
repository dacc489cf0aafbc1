"""What a moderator fills: why a proposal is refused, why the work of a person is undone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from contributions.models import Proposal
from contributions.moderating import LONGEST_REASON
from directory.history import LONGEST_WHY

# What is said most often, to begin with: (how the moderator finds it, what the author reads).
REASONS = {
    "known": (
        gettext_lazy("Elle est déjà sur la carte"),
        gettext_lazy("Cette initiative est déjà sur la carte. Vous pouvez proposer de corriger sa page."),
    ),
    "unverified": (
        gettext_lazy("Impossible à vérifier"),
        gettext_lazy(
            "Nous n’avons pas pu vérifier ce que vous proposez. Dites-nous où le lire (un site, un article,"
            " un document), et proposez de nouveau."
        ),
    ),
    "apart": (
        gettext_lazy("Hors du sujet de la carte"),
        gettext_lazy(
            "Maillage recense les circuits courts économiques et solidaires : des échanges qui valorisent le"
            " lien social, la coopération, la transparence et l’équité. Ce que vous proposez n’en montre pas"
            " assez."
        ),
    ),
    "advertising": (
        gettext_lazy("C’est une publicité"),
        gettext_lazy("La page d’une initiative la décrit sans la vanter : ce texte est une publicité."),
    ),
    "person": (
        gettext_lazy("Elle nomme une personne"),
        gettext_lazy(
            "Le texte donne le nom, l’adresse ou le téléphone d’une personne. La page d’une initiative ne"
            " dit que ce qui est de l’organisation."
        ),
    ),
    "gone": (
        gettext_lazy("Elle n’existe plus"),
        gettext_lazy("D’après ce que nous savons, cette initiative n’existe plus."),
    ),
}  # fmt: skip
OTHER = ""


class RefuseForm(forms.Form):
    """A reason among those that are said most often, one's own words, or both."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Motif"),
        required=False,
        choices=[
            (OTHER, gettext_lazy("Je l’écris moi-même")),
            *((key, label) for key, (label, _text) in REASONS.items()),
        ],
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("Vos mots (s’ajoutent au motif)"),
        help_text=gettext_lazy("La personne qui a proposé les reçoit par courriel, sans votre nom."),
        required=False,
        max_length=LONGEST_REASON // 2,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("reason") and not cleaned.get("words", "").strip() and not self.errors:
            raise forms.ValidationError(_("Choisissez un motif, ou écrivez la raison : elle est envoyée."))
        return cleaned

    def reason_for(self, proposal: Proposal) -> str:
        """What the author of this proposal reads, the motive in her language."""
        with override(proposal.language):
            motive = str(REASONS[self.cleaned_data["reason"]][1]) if self.cleaned_data["reason"] else ""
        return "\n".join(filter(None, [motive, self.cleaned_data["words"].strip()]))


class UndoForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Pourquoi tout annuler ?"),
        help_text=gettext_lazy(
            "Cette raison est publiée avec l’historique de chaque fiche, et envoyée à qui attendait une"
            " réponse : n’y nommez personne."
        ),
        max_length=LONGEST_WHY,
        widget=forms.Textarea({"rows": 3}),
    )
    # What the person who decides saw: things may have changed since.
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class UniteForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Pourquoi les réunir ?"),
        help_text=gettext_lazy(
            "Cette raison est publiée avec l’historique, et envoyée à qui tient l’une des deux pages :"
            " n’y nommez personne."
        ),
        max_length=LONGEST_WHY,
        widget=forms.Textarea({"rows": 3}),
    )
    # The last version of each that the person saw: they may have changed since.
    kept_seen = forms.IntegerField(widget=forms.HiddenInput)
    gone_seen = forms.IntegerField(widget=forms.HiddenInput)


class LetterForm(forms.Form):
    wanted = forms.BooleanField(
        label=gettext_lazy("Recevoir cette lettre, une fois par jour au plus"), required=False
    )
