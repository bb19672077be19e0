"""The addresses of customers: short, because they stand in codes on paper."""

from django.urls import path

from tongpan.faces.customers import slips, views

urlpatterns = [
    path("", views.home, name="own"),
    path("code", views.code, name="own-code"),
    path("enter", views.enter, name="own-enter"),
    path("leave", views.leave, name="own-leave"),
    path("consent", views.consent, name="own-consent"),
    path("data", views.data, name="own-data"),
    path("r/<uuid:slip>/", views.receipt, name="own-receipt"),
    path("s/<str:token>/", slips.slip, name="own-slip"),
]
