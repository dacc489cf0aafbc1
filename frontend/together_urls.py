"""The addresses of profiles and sessions: everybody’s (``public``), one’s own under /compte/ (``own``)."""

from django.urls import path

from frontend.views import assessed, own_sessions, profiles, reviews, together

public = [
    path("auto-evaluation/groupe/", together.enter, name="group_enter"),
    path("auto-evaluation/groupe/<str:code>/", together.join, name="group_session"),
    path("auto-evaluation/groupe/<str:code>/resultats/", together.results, name="group_results"),
    path("initiatives/<str:slug>/auto-evaluation/", assessed.of_initiative, name="initiative_profile"),
    path("territoires/<str:id>/auto-evaluation/", assessed.of_territory, name="territory_profiles"),
]

own = [
    path("auto-evaluations/", profiles.profiles, name="profiles"),
    path("auto-evaluations/commencer/<str:slug>/", profiles.begin, name="profile_begin"),
    path("auto-evaluations/rattacher/<str:key>/", profiles.tie, name="profile_tie"),
    path("auto-evaluations/reseaux/<uuid:uuid>/", profiles.of_grouping, name="profiles_grouping"),
    path("auto-evaluations/seances/", own_sessions.sessions, name="group_sessions"),
    path("auto-evaluations/seances/ouvrir/", own_sessions.OpenSession.as_view(), name="group_session_open"),
    path("auto-evaluations/seances/<uuid:uuid>/", own_sessions.session, name="group_session"),
    path("auto-evaluations/seances/<uuid:uuid>/chiffres.csv", own_sessions.file, name="group_session_file"),
    path("auto-evaluations/seances/<uuid:uuid>/<slug:do>/", own_sessions.change, name="group_session_change"),
    path("auto-evaluations/<uuid:uuid>/", profiles.profile, name="profile"),
    path("auto-evaluations/<uuid:uuid>/reprendre/", profiles.resume, name="profile_resume"),
    path("auto-evaluations/<uuid:uuid>/profil.pdf", profiles.paper, name="profile_paper"),
    path("auto-evaluations/<uuid:uuid>/partage/", profiles.Share.as_view(), name="profile_share"),
    path("auto-evaluations/<uuid:uuid>/relectures/", profiles.Invite.as_view(), name="profile_invite"),
    path("auto-evaluations/<uuid:uuid>/entretien/", reviews.Attest.as_view(), name="profile_attest"),
    path("auto-evaluations/<uuid:uuid>/effacer/", profiles.discard, name="profile_discard"),
    path("relecture/<str:token>/", reviews.review, name="review"),
    path("relecture/<str:token>/repondre/", reviews.Answer.as_view(), name="review_answer"),
    path("relectures/<int:pk>/retirer/", reviews.withdraw, name="review_withdraw"),
]
