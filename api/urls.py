"""The addresses of the API, version 1: no trailing slash, and a problem body where there is nothing."""

from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView

from api.views import (
    changes,
    charter,
    circuit,
    diagnosis,
    documents,
    events,
    groupings,
    initiatives,
    maps,
    me,
    questionnaires,
    sectors,
    suggest,
    territories,
    tiles,
)

app_name = "api"

to_docs = RedirectView.as_view(pattern_name="api:docs", http_method_names=["get", "head"])

urlpatterns = [
    path("v1/initiatives", initiatives.Initiatives.as_view(), name="initiatives"),
    path("v1/initiatives/<slug:slug>", initiatives.OneInitiative.as_view(), name="initiative"),
    path("v1/initiatives/<slug:slug>/proposals", initiatives.Proposals.as_view(), name="proposals"),
    path("v1/changes", changes.Changes.as_view(), name="changes"),
    path("v1/me", me.Me.as_view(), name="me"),
    path("v1/map", maps.Map.as_view(), name="map"),
    re_path(r"^v1/tiles/(?P<z>[^/]+)/(?P<x>[^/]+)/(?P<y>[^/]+)\.mvt$", tiles.Tiles.as_view(), name="tile"),
    path("v1/facets", maps.Facets.as_view(), name="facets"),
    path("v1/suggest", suggest.Suggest.as_view(), name="suggest"),
    path("v1/sectors", sectors.Sectors.as_view(), name="sectors"),
    path("v1/territories", territories.Territories.as_view(), name="territories"),
    path("v1/territories/locate", territories.Locate.as_view(), name="locate"),
    path("v1/territories/outlines", territories.Outlines.as_view(), name="outlines"),
    path("v1/territories/<slug:id>", territories.OneTerritory.as_view(), name="territory"),
    path("v1/territories/<slug:id>/outline", territories.Outline.as_view(), name="outline"),
    path("v1/territories/<slug:id>/diagnosis", diagnosis.Diagnosis.as_view(), name="diagnosis"),
    path("v1/indicators", diagnosis.Indicators.as_view(), name="indicators"),
    path("v1/ptces", groupings.Ptces.as_view(), name="ptces"),
    path("v1/ptces/<slug:slug>", groupings.OnePtce.as_view(), name="ptce"),
    path("v1/networks", groupings.Networks.as_view(), name="networks"),
    path("v1/networks/<slug:slug>", groupings.OneNetwork.as_view(), name="network"),
    path("v1/links", circuit.Links.as_view(), name="links"),
    path("v1/stories", circuit.Stories.as_view(), name="stories"),
    path("v1/events", events.Events.as_view(), name="events"),
    path("v1/events/<slug:slug>", events.OneEvent.as_view(), name="event"),
    path("v1/questionnaires", questionnaires.Questionnaires.as_view(), name="questionnaires"),
    path("v1/questionnaires/<slug:slug>", questionnaires.OneQuestionnaire.as_view(), name="questionnaire"),
    path("v1/questionnaires/<slug:slug>/score", questionnaires.Score.as_view(), name="score"),
    path("v1/charter", charter.Charter.as_view(), name="charter"),
    path("v1/charter/signatories", charter.Signatories.as_view(), name="charter_signatories"),
    path("v1/openapi.json", documents.openapi, name="openapi"),
    path("docs", documents.docs, name="docs"),
    re_path(r"^(?:v1/?)?$", csrf_exempt(to_docs)),
    re_path(r"", documents.nothing),
]
