"""Pages for search engines: JSON-LD with the words of schema.org.

Organisation facts only, and no electronic address, which crawlers would gather.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.timezone import localtime

from directory.models import Grouping, Initiative, LegalForm, Precision, Sector
from events.models import Event, Organiser, Session, Status
from territories.models import Territory

CONTEXT = "https://schema.org"
NON_PROFIT = {LegalForm.ASSOCIATION, LegalForm.FOUNDATION, LegalForm.COLLECTIVE}
PUBLIC = {LegalForm.PUBLIC}
# A date is told as precisely as it is known: the year, the month, the day.
KNOWN = {"year": 4, "month": 7, "day": 10}
PLACED = (Precision.ADDRESS, Precision.STREET)
Trail = Sequence[tuple[str, str]]  # (name, absolute address), from the widest


def type_of(initiative: Initiative) -> str:
    """What it is for schema.org. A LocalBusiness is a place that one goes to, whatever its form:
    said only where the address is known."""
    if initiative.legal_form in PUBLIC:
        return "GovernmentOrganization"
    if initiative.legal_form in NON_PROFIT:
        return "NGO"
    return "LocalBusiness" if initiative.precision in PLACED and initiative.street else "Organization"


def of_initiative(
    initiative: Initiative,
    sector: Sector,
    url: str,
    served: Iterable[Territory] = (),
    member_of: Iterable[tuple[Grouping, str]] = (),
    picture: str = "",
) -> dict[str, Any]:
    """``url`` is the page, absolute; ``member_of`` gives the page of each grouping."""
    kind = type_of(initiative)
    founded = initiative.founded.isoformat() if initiative.founded else ""
    told: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": kind,
        "@id": url,
        "identifier": str(initiative.uuid),
        "name": initiative.name,
        "description": initiative.summary,
        "url": url,
        "sameAs": [initiative.website] if initiative.website else [],
        "image": picture,
        "telephone": initiative.phone,
        "knowsAbout": sector.label,
        "foundingDate": founded[: KNOWN.get(initiative.founded_precision, 0)],
        "address": address_of(initiative),
        "areaServed": [{"@type": "AdministrativeArea", "name": place.name} for place in served],
        "memberOf": [
            {"@type": "Organization", "name": grouping.name, "url": page} for grouping, page in member_of
        ],
    }
    if initiative.location is not None and initiative.precision in PLACED:
        lon, lat = initiative.location.coords
        geo = {"@type": "GeoCoordinates", "longitude": round(lon, 6), "latitude": round(lat, 6)}
        told |= {"geo": geo} if kind == "LocalBusiness" else {"location": {"@type": "Place", "geo": geo}}
    return {name: value for name, value in told.items() if value}


def address_of(initiative: Initiative) -> dict[str, str]:
    """Empty where nothing of it is known."""
    told = {
        "streetAddress": initiative.street,
        "postalCode": initiative.postcode,
        "addressLocality": initiative.commune.name if initiative.commune else initiative.locality,
        "addressRegion": initiative.region.name if initiative.region else "",
        "addressCountry": "FR" if initiative.country_id == "country-FR" else "",
    }
    known = {name: value for name, value in told.items() if value}
    return {"@type": "PostalAddress", **known} if known else {}


def of_territory(territory: Territory, url: str, above: Trail) -> dict[str, Any]:
    """``above`` is what encloses it, the widest first. Its box is south west then north east."""
    told: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Country" if territory.kind == "country" else "AdministrativeArea",
        "@id": url,
        "identifier": territory.code,
        "name": territory.name,
        "url": url,
    }
    if territory.envelope is not None:
        west, south, east, north = (round(edge, 4) for edge in territory.envelope.extent)
        told["geo"] = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
    if above:
        name, page = above[-1]
        told["containedInPlace"] = {"@type": "AdministrativeArea", "name": name, "@id": page, "url": page}
    return told


def trail(steps: Trail) -> dict[str, Any]:
    """The way down to a page, the page itself last."""
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": name, "item": page}
            for n, (name, page) in enumerate(steps, start=1)
        ],
    }


def of_term(told: dict[str, Any], glossary: str) -> dict[str, Any]:
    """A word of the glossary, whose absolute address is given."""
    named = {"@context": CONTEXT, "@type": "DefinedTerm", "@id": told["url"]}
    return {**named, **told, "inDefinedTermSet": glossary}


def of_terms(glossary: str, told: list[dict[str, Any]]) -> dict[str, Any]:
    """The glossary: its address, and its words by their names."""
    words = [{"@type": "DefinedTerm", "name": each["name"], "url": each["url"]} for each in told]
    return {"@context": CONTEXT, "@type": "DefinedTermSet", "@id": glossary, "hasDefinedTerm": words}


def of_event(event: Event, url: str, picture: str = "") -> dict[str, Any]:
    """An event, who holds it, and its sessions; hours with their offset. ``url`` is the page, absolute."""
    cancelled = event.status == Status.CANCELLED
    told: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Event",
        "@id": url,
        "identifier": str(event.uuid),
        "name": event.title,
        "description": event.summary or event.description,
        "url": url,
        "sameAs": [event.link] if event.link else [],
        "image": picture,
        "inLanguage": event.language,
        "startDate": localtime(event.start).isoformat(),
        "endDate": localtime(event.end).isoformat(),
        "eventStatus": f"{CONTEXT}/{'EventCancelled' if cancelled else 'EventScheduled'}",
        "location": venue_of(event),
        "organizer": [holder_of(each) for each in event.organisers.all()],
        "subEvent": [session_of(each) for each in event.sessions.all()],
    }
    mode = (
        "OfflineEventAttendanceMode"
        if told["location"].get("@type") == "Place"
        else "OnlineEventAttendanceMode"
    )
    told["eventAttendanceMode"] = f"{CONTEXT}/{mode}"
    return {name: value for name, value in told.items() if value}


def venue_of(event: Event) -> dict[str, Any]:
    """A place with its address; where it is nowhere, the page by which one attends."""
    town = event.commune
    if town is None:
        return {"@type": "VirtualLocation", "url": event.link}
    address = {
        "@type": "PostalAddress",
        "streetAddress": event.address,
        "addressLocality": town.name,
        "addressCountry": "FR" if town.country_id == "country-FR" else "",
    }
    place: dict[str, Any] = {
        "@type": "Place",
        "name": event.venue or town.name,
        "address": {name: value for name, value in address.items() if value},
    }
    if event.point is not None:
        lon, lat = event.point.coords
        place["geo"] = {"@type": "GeoCoordinates", "longitude": round(lon, 6), "latitude": round(lat, 6)}
    return place


def holder_of(organiser: Organiser) -> dict[str, Any]:
    grouping, initiative = organiser.grouping, organiser.initiative
    site = grouping.website if grouping else initiative.website if initiative else ""
    kind = "GovernmentOrganization" if organiser.territory else "Organization"
    return {"@type": kind, "name": str(organiser), **({"url": site} if site else {})}


def session_of(session: Session) -> dict[str, Any]:
    return {
        "@type": "Event",
        "name": str(session),
        "startDate": localtime(session.start).isoformat(),
        "endDate": localtime(session.end).isoformat(),
    }
