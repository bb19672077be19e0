"""The addresses of the till."""

from django.urls import path

from tongpan.faces.pos import baskets, members, slips, views

urlpatterns = [
    path("", views.screen, name="till"),
    path("choose/", views.choose, name="till-choose"),
    path("clerk", views.clerk, name="till-clerk"),
    path("scan", baskets.scan, name="till-scan"),
    path("sell", baskets.sell, name="till-sell"),
    path("authorise", baskets.authorise_price, name="till-authorise"),
    path("member", members.find, name="till-member"),
    path("join", members.join, name="till-join"),
    path("top-up", members.top_up, name="till-top-up"),
    path("parked", baskets.parked, name="till-parked"),
    path("park", baskets.park, name="till-park"),
    path("recall", baskets.recall, name="till-recall"),
    path("today", slips.today, name="till-today"),
    path("takings", slips.takings, name="till-takings"),
    path("slip", slips.find, name="till-find-slip"),
    path("slip/<uuid:slip>/", slips.look, name="till-slip"),
    path("slip/<uuid:slip>/print", slips.print_slip, name="till-print-slip"),
    path("return", slips.take_back, name="till-return"),
]
