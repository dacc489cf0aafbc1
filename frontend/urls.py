"""The addresses of the pages; English under /en/ with the same paths (config/urls.py)."""

from django.urls import path

from frontend import (
    assessment_urls,
    attending_urls,
    charter_urls,
    event_urls,
    proposing_urls,
    together_urls,
    verification_urls,
)
from frontend.views import picture, relay, saved_public
from frontend.views.circuit import circuit
from frontend.views.configurator import configurator
from frontend.views.diagnosis import comparison, diagnosis, entry, indicators
from frontend.views.embed import card, embed
from frontend.views.files import TYPES, diagnosis_file
from frontend.views.glossary import glossary, term
from frontend.views.grouping import network, ptce
from frontend.views.history import history
from frontend.views.information import about, accessibility, legal, my_list, personal_data, understand
from frontend.views.initiative import initiative
from frontend.views.installing import manifest, offline
from frontend.views.levers import levers
from frontend.views.observatory import data as observatory_data
from frontend.views.observatory import observatory
from frontend.views.parts import parts
from frontend.views.report import report, thanks
from frontend.views.roles import permissions
from frontend.views.search import filters, listing, search
from frontend.views.sector import sector
from frontend.views.stories import story
from frontend.views.takeaway import export, made, made_file
from frontend.views.territories import communes, territories
from frontend.views.territory import territory

app_name = "frontend"

urlpatterns = [
    path("", search, name="search"),
    path("filtres/", filters, name="filters"),
    path("ma-liste/", my_list, name="my_list"),
    path("listes/<str:slug>/", listing, name="listing"),
    path("emporter/<str:form>/", export, name="export"),
    path("fichiers/<str:key>/", made, name="export_made"),
    path("fichiers/<str:key>/fichier/", made_file, name="export_file"),
    path("embed/", embed, name="embed"),
    path("embed/configurer/", configurator, name="embed_configurator"),
    path("embed/initiatives/<str:slug>/", card, name="embed_initiative"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("hors-connexion/", offline, name="offline"),
    path("comprendre/", understand, name="understand"),
    path("glossaire/", glossary, name="glossary"),
    path("glossaire/<str:slug>/", term, name="term"),
    path("a-propos/", about, name="about"),
    path("mentions-legales/", legal, name="legal"),
    path("donnees-personnelles/", personal_data, name="personal_data"),
    path("qui-peut-quoi/", permissions, name="permissions"),
    path("accessibilite/", accessibility, name="accessibility"),
    path("leviers/", levers, name="levers"),
    path("diagnostics/", saved_public.diagnoses, name="diagnoses"),
    path("diagnostics/<uuid:uuid>/", saved_public.saved_diagnosis, name="saved_diagnosis"),
    *(
        path(
            f"diagnostics/<uuid:uuid>.{form}",
            saved_public.saved_file,
            {"form": form},
            f"saved_diagnosis_{form}",
        )
        for form in TYPES
    ),
    path("diagnostics/<uuid:uuid>/changements/", saved_public.saved_changes, name="saved_changes"),
    path("diagnostics/lien/<str:key>/", saved_public.by_link, name="saved_diagnosis_by_link"),
    *(
        path(
            f"diagnostics/lien/<str:key>.{form}",
            saved_public.file_by_link,
            {"form": form},
            f"saved_diagnosis_{form}_by_link",
        )
        for form in TYPES
    ),
    path("observatoire/", observatory, name="observatory"),
    path("observatoire/donnees.csv", observatory_data, name="observatory_data"),
    path("initiatives/<str:slug>/", initiative, name="initiative"),
    path("initiatives/<str:slug>/circuit/", circuit, name="circuit"),
    path("initiatives/<str:slug>/recits/<uuid:uuid>/", story, name="story"),
    path("initiatives/<str:slug>/historique/", history, name="history"),
    path("initiatives/<str:slug>/signaler/", report, name="report"),
    path("initiatives/<str:slug>/signaler/merci/<str:reference>/", thanks, name="reported"),
    path("initiatives/<str:slug>/ecrire/", relay.write, name="write"),
    path("initiatives/<str:slug>/ecrire/merci/", relay.thanks, name="written"),
    path("initiatives/<str:slug>/image.png", picture.of_initiative, name="initiative_picture"),
    *event_urls.patterns,
    *assessment_urls.public,
    *attending_urls.public,
    *together_urls.public,
    *charter_urls.public,
    *verification_urls.public,
    *proposing_urls.public,
    path("ptce/<str:slug>/", ptce, name="ptce"),
    path("ptce/<str:slug>/image.png", picture.of_ptce, name="ptce_picture"),
    path("reseaux/<str:slug>/", network, name="network"),
    path("reseaux/<str:slug>/image.png", picture.of_network, name="network_picture"),
    path("secteurs/<str:slug>/", sector, name="sector"),
    path("secteurs/<str:slug>/image.png", picture.of_sector, name="sector_picture"),
    path("territoires/", territories, name="territories"),
    path("territoires/<str:id>/", territory, name="territory"),
    path("territoires/<str:id>/image.png", picture.of_territory, name="territory_picture"),
    path("territoires/<str:id>/diagnostic/", diagnosis, name="diagnosis"),
    *(
        path(f"territoires/<str:id>/diagnostic.{form}", diagnosis_file, {"form": form}, f"diagnosis_{form}")
        for form in TYPES
    ),
    path("diagnostic/", entry, name="diagnosis_entry"),
    path("diagnostic/comparer/", comparison, name="diagnosis_comparison"),
    path("indicateurs/", indicators, name="indicators"),
    path("territoires/<str:id>/communes/", communes, name="communes"),
    path("territoires/<str:id>/contours/<str:kind>/", parts, name="parts"),
]
