"""Editing a page directly: for those who keep it, and those who moderate its place."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache

from contributions import editing, photos
from contributions.errors import ProposalRefused
from contributions.fields import told
from contributions.models import LONGEST_ALTERNATIVE, Photo, PhotoLicence
from directory.errors import NotAllowed
from directory.history import LONGEST_WHY
from directory.models import Initiative, Origin
from directory.permissions import Action
from frontend.guarded import one_line
from frontend.listing_fields import ListingFields
from frontend.proposed import shown
from frontend.proposing_forms import PhotoField
from frontend.views.history import initiative_of
from frontend.views.proposing import tools
from frontend.views.roles import person_of
from verification import confirming
from verification.errors import VerificationRefused
from verification.models import How

GREATEST = 2**63 - 1


class EditForm(ListingFields):
    why = forms.CharField(
        label=gettext_lazy("Pourquoi ? (facultatif)"),
        help_text=gettext_lazy("Publié avec l’historique de la page : n’y nommez personne."),
        max_length=LONGEST_WHY, required=False, validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    still_true = forms.BooleanField(
        label=gettext_lazy("Tout le reste de la page est encore vrai"), required=False
    )

    def __init__(self, *args: Any, confirmable: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not confirmable:  # an example or a test is true of nothing
            del self.fields["still_true"]

    @property
    def about(self) -> list[forms.BoundField]:
        """What is said of the change, after the page itself."""
        return [self[name] for name in ("still_true", "why") if name in self.fields]


def edit_form(found: Initiative, *args: Any, read: Initiative | None = None) -> EditForm:
    """The form of a page, as it was when it was ``read``."""
    return EditForm(*args, listing=read or found, trusted=True, confirmable=found.origin == Origin.REAL)


@method_decorator([never_cache, login_required], name="dispatch")
class EditInitiative(View):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = initiative_of(request, slug, Action.EDIT_INITIATIVE)
        return self.page(request, found, edit_form(found))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        found, person = initiative_of(request, slug, Action.EDIT_INITIATIVE), person_of(request)
        read = editing.version(found, number(request.POST.get("seen", "")))
        form = edit_form(found, request.POST, read=read)
        if not form.is_valid():
            return self.page(request, found, form, read=read)
        given = form.cleaned_data
        still_true = bool(given.get("still_true"))
        try:
            with transaction.atomic():
                changed = editing.edit(found, person, form.said(), read=read, why=given["why"])
                if still_true:
                    confirming.confirm(found, person, How.SITE)
        except editing.Clash as clash:
            return self.page(request, found, merged(found, form), clash=clash.names, status=409)
        except ProposalRefused as refused:
            for name, said in refused.faults.items():
                form.add_error(name if name in form.fields else None, said)
            return self.page(request, found, form, read=read)
        except NotAllowed:
            form.add_error("commune", _("Ce lieu est hors des territoires que vous modérez."))
            return self.page(request, found, form, read=read)
        except VerificationRefused as refused:
            form.add_error(None, str(refused))
            return self.page(request, found, form, read=read)
        messages.success(request, self.done(found, changed, still_true))
        return redirect("people:own_initiative", found.slug)

    def done(self, found: Initiative, changed: list[str], confirmed: bool) -> str:
        if not changed:
            return _("Merci : la page est confirmée.") if confirmed else _("Rien n’a changé.")
        if found.publication == "published":
            return _("C’est en ligne, et dans l’historique de la page.")
        return _("C’est enregistré. La page n’est pas publiée : la modération en décide.")

    def page(
        self, request: HttpRequest, found: Initiative, form: EditForm, *,
        read: Any = None, clash: list[str] | None = None, status: int = 200,
    ) -> HttpResponse:  # fmt: skip
        seen = read or editing.newest(found)
        now = told(found)
        context = {
            **tools(),
            "initiative": found,
            "form": form,
            "seen": seen.pgh_id if seen else "",
            "clash": shown({name: now[name] for name in clash or ()}),
        }
        return render(request, "frontend/account/own/edit.html", context, status=status)


def number(text: str) -> int | None:
    """The number of an event, where it is one."""
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= 19 else None
    return found if found is not None and found <= GREATEST else None


def merged(found: Initiative, sent: EditForm) -> EditForm:
    """The form of the page as it is now, with what this person changed in it."""
    data, raw = QueryDict(mutable=True), cast(QueryDict, sent.data)
    for name, value in edit_form(found).initial.items():
        if name in sent.fields and value is not None:
            data.setlist(name, [str(each) for each in value] if isinstance(value, list) else [str(value)])
    for name in sent.changed_data:
        data.setlist(name, raw.getlist(name))
    return edit_form(found, data)


class PhotoForm(forms.Form):
    photo = PhotoField(
        label=gettext_lazy("La photo"),
        help_text=gettext_lazy(
            "JPEG, PNG ou WebP, 6 Mo au plus. Elle est réduite, et ce qu’elle cache (lieu, appareil, date) "
            "est effacé. Sans visage reconnaissable, sauf accord de la personne."
        ),
    )
    alternative = forms.CharField(
        label=gettext_lazy("Ce que l’on y voit, pour qui ne la voit pas"),
        max_length=LONGEST_ALTERNATIVE, validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Décrivez la photo en quelques mots.")},
    )  # fmt: skip
    credit = forms.CharField(
        label=gettext_lazy("Qui a pris la photo (facultatif)"),
        max_length=100, required=False, validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    licence = forms.ChoiceField(
        label=gettext_lazy("Licence"),
        choices=PhotoLicence.choices,
        error_messages={"invalid_choice": gettext_lazy("Choisissez dans la liste.")},
    )
    entitled = forms.BooleanField(
        label=gettext_lazy("J’ai le droit de publier cette photo sous cette licence."),
        error_messages={
            "required": gettext_lazy("Cochez cette case : sans ce droit, la photo n’est pas prise.")
        },
    )

    def clean_photo(self) -> photos.Drawn:
        drawn: photos.Drawn | None = self.cleaned_data["photo"]
        if drawn is None:
            raise forms.ValidationError(_("Choisissez une photo."))
        return drawn


@method_decorator([never_cache, login_required], name="dispatch")
class OwnPhoto(View):
    """The photograph of a page: put there, changed, taken off."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = initiative_of(request, slug, Action.EDIT_INITIATIVE)
        return self.page(request, found, PhotoForm(use_required_attribute=False))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = initiative_of(request, slug, Action.EDIT_INITIATIVE)
        if request.POST.get("do") == "remove":
            photos.remove(found)
            messages.success(request, _("La photo est retirée et effacée."))
            return redirect("people:initiative_photo", found.slug)
        form = PhotoForm(request.POST, request.FILES, use_required_attribute=False)
        if not form.is_valid():
            return self.page(request, found, form)
        given = form.cleaned_data
        with transaction.atomic():
            photo = photos.keep(given["photo"], given["alternative"], given["credit"], given["licence"])
            photos.put(photo, found)
        messages.success(request, _("La photo est sur la page."))
        return redirect("people:initiative_photo", found.slug)

    def page(self, request: HttpRequest, found: Initiative, form: PhotoForm) -> HttpResponse:
        kept = Photo.objects.filter(initiative=found).defer("content").first()
        context = {"initiative": found, "form": form, "photo": kept}
        return render(request, "frontend/account/own/photo.html", context)
