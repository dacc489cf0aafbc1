"""The addresses of verification: what is to be mended is public; letters and campaigns are under /compte/."""

from django.urls import path

from frontend.views import campaigns, missing, verification

public = [
    path("territoires/<str:id>/a-completer/", missing.of_territory, name="missing_territory"),
    path("ptce/<str:slug>/a-completer/", missing.of_ptce, name="missing_ptce"),
    path("reseaux/<str:slug>/a-completer/", missing.of_network, name="missing_network"),
]
patterns = [
    path("verification/<str:key>/", verification.by_letter, name="verification"),
    path("verification/<str:key>/nouveau-lien/", verification.another_link, name="verification_again"),
    path("verification/arreter/<str:key>/", verification.stop, name="verification_stop"),
    path("confirmer/<str:slug>/", verification.on_site, name="verify"),
    path("campagnes/", campaigns.campaigns, name="campaigns"),
    path("campagnes/territoire/<str:key>/", campaigns.prepare_territory, name="campaign_territory"),
    path("campagnes/groupement/<str:key>/", campaigns.prepare_grouping, name="campaign_grouping"),
    path("campagnes/<uuid:uuid>/", campaigns.campaign, name="campaign"),
    path("campagnes/<uuid:uuid>/arreter/", campaigns.stop, name="campaign_stop"),
    path("campagnes/<uuid:uuid>/relancer/", campaigns.remind, name="campaign_remind"),
]
