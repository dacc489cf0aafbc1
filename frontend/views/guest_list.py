"""« La liste » of an event: whom it invites, built around its venue, counted before it is kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from directory import listings as lists
from directory.errors import ListingRefused, NotAllowed
from directory.facets import count
from directory.models import LONGEST_LISTING_NAME
from directory.paging import page_of
from directory.permissions import Action, may
from events import holding
from events.models import Event
from frontend.addresses import search_address
from frontend.cards import cards
from frontend.choices import choices
from frontend.guest_list import as_it_is, asked, places, where_of
from frontend.listing_head import listing_head
from frontend.refusals import refusals
from frontend.sectors import Taxonomy
from frontend.views.event_desk import desk, shown
from frontend.views.roles import person_of

SHOWN = 20


@method_decorator([never_cache, login_required], name="dispatch")
class GuestList(View):
    """GET asks and counts, POST keeps: the form is a search, whose address may be sent to a colleague."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        event = desk(request, slug)
        offered = places(event)
        form = asked(event, self.given(request, event, offered), offered)
        criteria, taxonomy = form.criteria(), Taxonomy()
        found = count(criteria) if offered else 0
        context = {
            "places": offered,
            "chosen": where_of(form),
            "params": criteria.params,
            "refusals": refusals(form),
            "choices": choices(criteria, taxonomy) if offered else None,
            "count": found,
            "cards": cards(page_of(criteria, SHOWN).rows, taxonomy) if found else [],
            "rest": max(0, found - SHOWN),
            "criteria": urlencode(criteria.params, safe=",:"),
            "search_href": search_address(criteria.params),
            **self.current(request, event, taxonomy),
        }
        return shown(request, event, "guest_list", context)

    def given(self, request: HttpRequest, event: Event, offered: list[Any]) -> Any:
        return request.GET if "where" in request.GET else as_it_is(event, event.listing, offered)

    def current(self, request: HttpRequest, event: Event, taxonomy: Taxonomy) -> dict[str, Any]:
        """The list that it has, and those of this person that it may have instead."""
        person = person_of(request)
        own = [each for each in lists.own(person) if each.pk != event.listing_id]
        if event.listing is None:
            return {"own": own}
        criteria = lists.criteria_of(event.listing)
        return {
            "own": own,
            "head": listing_head(criteria, taxonomy),
            "listed": count(criteria),
            "editable": may(person, Action.EDIT_LISTING, event.listing),
        }

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        event, person = desk(request, slug), person_of(request)
        try:
            if "use" in request.POST:
                chosen = lists.own(person).filter(slug=request.POST["use"].replace("\x00", "")).first()
                if chosen is None:
                    raise ListingRefused(_("Choisissez une de vos listes."))
                holding.invite_from(event, person, chosen)
            else:
                name = _("Initiatives à inviter : {title}").format(title=event.title)
                criteria = request.POST.get("criteria", "")
                holding.compose_list(event, person, name[:LONGEST_LISTING_NAME], criteria)
        except (ListingRefused, NotAllowed) as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("C’est la liste de l’évènement."))
        return redirect("people:event_guest_list", event.slug)
