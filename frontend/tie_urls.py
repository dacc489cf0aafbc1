"""The addresses under /compte/ of links and memberships: declared, answered, ended."""

from django.urls import path

from frontend.views import tie_members, ties

patterns = [
    path("liens/", ties.ties, name="ties"),
    path("liens/<str:slug>/", ties.of_initiative, name="tie_initiative"),
    path("liens/<str:slug>/ajouter/", ties.find_other, name="tie_find"),
    path("liens/<str:slug>/ajouter/<str:other>/", ties.AddLink.as_view(), name="tie_add"),
    path("liens/<str:slug>/lien/<int:pk>/", ties.AnswerLink.as_view(), name="tie_link"),
    path("liens/<str:slug>/adherer/", ties.find_grouping, name="tie_join_find"),
    path("liens/<str:slug>/adherer/<uuid:uuid>/", ties.Join.as_view(), name="tie_join"),
    path("liens/<str:slug>/adhesion/<int:pk>/", ties.AnswerMembership.as_view(), name="tie_membership"),
    path("membres/<str:kind>/<str:slug>/", tie_members.members, name="tie_members"),
    path("membres/<str:kind>/<str:slug>/ajouter/", tie_members.find_member, name="tie_member_find"),
    path(
        "membres/<str:kind>/<str:slug>/ajouter/<str:initiative>/",
        tie_members.AddMember.as_view(),
        name="tie_member_add",
    ),
    path("membres/<str:kind>/<str:slug>/liens-manquants/", tie_members.missing, name="tie_missing"),
    path("membres/<str:kind>/<str:slug>/<int:pk>/", tie_members.AnswerMember.as_view(), name="tie_member"),
]
