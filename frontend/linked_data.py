"""An initiative for search engines: JSON-LD with the words of schema.org.

Organisation facts only, and no electronic address, which crawlers would gather.
"""

from __future__ import annotations

from typing import Any

from directory.models import Initiative, LegalForm, Sector

NON_PROFIT = {LegalForm.ASSOCIATION, LegalForm.FOUNDATION, LegalForm.COLLECTIVE}


def of_initiative(initiative: Initiative, sector: Sector, url: str) -> dict[str, Any]:
    exact = initiative.founded_precision == "day"
    address = {
        "@type": "PostalAddress",
        "streetAddress": initiative.street,
        "postalCode": initiative.postcode,
        "addressLocality": initiative.commune.name if initiative.commune else initiative.locality,
        "addressRegion": initiative.region.name if initiative.region else "",
        "addressCountry": "FR" if initiative.country_id == "country-FR" else "",
    }
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NGO" if initiative.legal_form in NON_PROFIT else "Organization",
        "@id": url,
        "identifier": str(initiative.uuid),
        "name": initiative.name,
        "description": initiative.summary,
        "url": initiative.website or url,
        "telephone": initiative.phone,
        "knowsAbout": sector.label,
        "foundingDate": initiative.founded.isoformat() if initiative.founded and exact else "",
        "address": {name: value for name, value in address.items() if value},
    }
    if initiative.location is not None and initiative.precision in ("address", "street"):
        lon, lat = initiative.location.coords
        told["location"] = {
            "@type": "Place",
            "geo": {"@type": "GeoCoordinates", "longitude": round(lon, 6), "latitude": round(lat, 6)},
        }
    if len(told["address"]) == 1:
        del told["address"]
    return {name: value for name, value in told.items() if value}
