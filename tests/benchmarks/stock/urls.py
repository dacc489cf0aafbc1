from django.http import HttpRequest, HttpResponse
from django.urls import path
from stock import views


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive")


urlpatterns = [
    path("alive", alive),
    path("initiatives", views.Initiatives.as_view()),
    path("around", views.Around.as_view()),
    path("everything", views.Everything.as_view()),
    path("table.csv", views.Table.as_view()),
]
