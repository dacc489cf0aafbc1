"""The addresses of levers and saved diagnoses in one’s account, which people_urls.py adds to its own."""

from django.urls import path

from frontend.views import levers, saved
from frontend.views.files import TYPES

patterns = [
    path("leviers/", levers.kept, name="levers"),
    path("leviers/inscrire/", levers.where, name="lever_where"),
    path("leviers/inscrire/<str:id>/", levers.AddLever.as_view(), name="lever_add"),
    path("leviers/<int:pk>/", levers.ChangeLever.as_view(), name="lever"),
    path("leviers/<int:pk>/retirer/", levers.RemoveLever.as_view(), name="lever_remove"),
    path("diagnostics/", saved.diagnoses, name="diagnoses"),
    path("diagnostics/enregistrer/", saved.where, name="diagnosis_where"),
    path("diagnostics/enregistrer/<str:id>/", saved.SaveDiagnosis.as_view(), name="diagnosis_save"),
    path("diagnostics/<uuid:uuid>/", saved.see, name="diagnosis_see"),
    *(
        path(f"diagnostics/<uuid:uuid>.{form}", saved.taken_away, {"form": form}, f"diagnosis_{form}")
        for form in TYPES
    ),
    path("diagnostics/<uuid:uuid>/ecrire/", saved.WriteDiagnosis.as_view(), name="diagnosis_write"),
    path("diagnostics/<uuid:uuid>/partager/", saved.ShareDiagnosis.as_view(), name="diagnosis_share"),
    path("diagnostics/<uuid:uuid>/partager/lien/", saved.renew_link, name="diagnosis_renew_link"),
    path("diagnostics/<uuid:uuid>/refaire/", saved.AgainDiagnosis.as_view(), name="diagnosis_again"),
    path("diagnostics/<uuid:uuid>/effacer/", saved.EffaceDiagnosis.as_view(), name="diagnosis_efface"),
]
