"""The forms of sessions and of profiles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from directory.models import Grouping, Initiative, RoleKind
from directory.validators import plain_address
from frontend.guarded import one_line
from questionnaires.models import LONGEST_NOTE, LONGEST_TITLE, Credibility, QuestionnaireVersion, Sharing
from questionnaires.owning import FIRST_YEAR
from questionnaires.reviewing import Reader

CIRCLES = 1_000  # signs of all of them together, as typed


class SessionForm(forms.Form):
    title = forms.CharField(
        label=_("Titre"), help_text=_("Ceux qui répondent le voient."), max_length=LONGEST_TITLE
    )
    version = forms.ModelChoiceField(QuestionnaireVersion.objects.none(), label=_("Questionnaire"))
    grouping = forms.ModelChoiceField(
        Grouping.objects.none(),
        label=_("Au nom de"),
        empty_label=_("Mon groupe de travail"),
        required=False,
    )
    note = forms.CharField(
        label=_("Consigne"),
        help_text=_(
            "Facultative. Par exemple : « Chacun répond pour sa structure », ou « Nous répondons tous pour la"
            " coopérative »."
        ),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    circles = forms.CharField(
        label=_("Groupes de participants"),
        help_text=_(
            "Facultatifs, un par ligne, huit au plus : salariés, bénévoles, usagers… Un groupe n’est montré à"
            " part que s’il a donné cinq réponses au moins, et les autres aussi."
        ),
        max_length=CIRCLES,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    days = forms.TypedChoiceField(
        label=_("Durée"),
        choices=[(1, _("un jour")), (7, _("une semaine")), (30, _("trente jours"))],
        coerce=int,
        help_text=_("Vous pouvez la terminer plus tôt."),
    )
    live = forms.TypedChoiceField(
        label=_("Le groupe voit ses résultats"),
        choices=[
            ("1", _("en direct, à partir de cinq réponses")),
            (
                "0",
                _("à la fin seulement : en direct, les chiffres bougent quand quelqu’un finit de répondre"),
            ),
        ],
        coerce=lambda value: value == "1",
        initial="1",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)
        held = person.roles.held().filter(kind=RoleKind.COORDINATOR).order_by().values("grouping")
        groupings = Grouping.objects.filter(pk__in=held).order_by("name", "pk")
        self.fields["grouping"].queryset = groupings  # type: ignore[attr-defined]
        newest = QuestionnaireVersion.objects.published().order_by("questionnaire_id", "-number")
        last = newest.distinct("questionnaire_id").values("pk")
        versions = QuestionnaireVersion.objects.filter(pk__in=last)
        field = self.fields["version"]
        field.queryset = versions.select_related("questionnaire")  # type: ignore[attr-defined]
        field.label_from_instance = lambda version: version.title  # type: ignore[attr-defined]
        field.initial = versions.first()
        if not groupings:
            del self.fields["grouping"]

    def clean_title(self) -> str:
        title = " ".join(self.cleaned_data["title"].split())
        one_line(title)
        return title

    def told(self) -> dict[str, Any]:
        """What ``sessions.open_session`` is given."""
        given = self.cleaned_data
        return {
            "version": given["version"], "title": given["title"], "note": given["note"].strip(),
            "circles": given["circles"].splitlines(), "grouping": given.get("grouping"),
            "days": given["days"], "live": given["live"],
        }  # fmt: skip


class ShareForm(forms.Form):
    sharing = forms.ChoiceField(
        label=_("Qui voit ce profil"), choices=Sharing.choices, widget=forms.RadioSelect
    )
    citable = forms.BooleanField(
        label=_("L’initiative peut être citée en exemple"),
        help_text=_(
            "Si le profil est public : à qui répond près de chez vous et veut progresser sur une dimension où"
            " vous inspirez."
        ),
        required=False,
    )
    year = forms.IntegerField(label=_("Année du profil"), min_value=FIRST_YEAR)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)
        self.fields["year"].max_value = timezone.localdate().year  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Vous demandez"),
        choices=[
            (Credibility.PEER, _("une relecture par un pair, responsable d’une autre initiative")),
            (Credibility.INTERVIEW, _("un entretien, mené par un de vos réseaux ou par une collectivité")),
        ],
        widget=forms.RadioSelect,
        initial=Credibility.PEER,
    )
    email = forms.EmailField(
        label=_("Courriel de cette personne"),
        help_text=_("Il ne sert qu’à l’inviter, et il est effacé avec sa réponse, ou après 60 jours."),
        max_length=254,
        validators=[plain_address],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)


class ReaderForm(forms.Form):
    """Who says that they read a profile, in whose name."""

    reader = forms.ChoiceField(label=_("Au nom de"))
    note = forms.CharField(
        label=_("Un mot à l’équipe"),
        help_text=_("Facultatif. L’équipe de l’initiative seule le lit."),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, readers: list[Reader], **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)
        self.readers = {f"{type(each).__name__}-{each.pk}".lower(): each for each in readers}
        field = self.fields["reader"]
        field.choices = [(key, each.name) for key, each in self.readers.items()]  # type: ignore[attr-defined]

    def chosen(self) -> Reader:
        return self.readers[self.cleaned_data["reader"]]


class TieForm(forms.Form):
    initiative = forms.ModelChoiceField(
        Initiative.objects.none(), label=_("Votre initiative"), to_field_name="slug", empty_label=None
    )

    def __init__(self, *args: Any, initiatives: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)
        self.fields["initiative"].queryset = initiatives  # type: ignore[attr-defined]
