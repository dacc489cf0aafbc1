"""The addresses under /compte/ of those who keep the page of an initiative: claimed, shared, edited."""

from django.urls import path

from frontend.views import claims, colleagues, editing, own_initiatives

OWN = "initiatives/<str:slug>/"

patterns = [
    path("initiatives/", own_initiatives.mine, name="own_initiatives"),
    path(f"{OWN}tenir/", claims.claim, name="claim"),
    path("tenir/<str:key>/", claims.ClaimAnswer.as_view(), name="claim_answer"),
    path(f"{OWN}collegues/", colleagues.Colleagues.as_view(), name="colleagues"),
    path(f"{OWN}collegues/<int:pk>/retirer/", colleagues.withdraw, name="colleague_withdraw"),
    path("collegues/<str:key>/", colleagues.ColleagueAnswer.as_view(), name="colleague_answer"),
    path(f"{OWN}modifier/", editing.EditInitiative.as_view(), name="initiative_edit"),
    path(f"{OWN}photo/", editing.OwnPhoto.as_view(), name="initiative_photo"),
    path(f"{OWN}courriels/", own_initiatives.letters, name="initiative_letters"),
    path(OWN, own_initiatives.one, name="own_initiative"),
]
