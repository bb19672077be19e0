"""The addresses of the till."""

from django.urls import path

from tongpan.faces.pos import baskets, display, members, papers, paying, shifts, slips, views

urlpatterns = [
    path("", views.screen, name="till"),
    path("choose/", views.choose, name="till-choose"),
    path("clerk", views.clerk, name="till-clerk"),
    path("scan", baskets.scan, name="till-scan"),
    path("sell", baskets.sell, name="till-sell"),
    path("authorise", baskets.authorise_price, name="till-authorise"),
    path("pay/charge", paying.charge, name="till-pay-charge"),
    path("pay/ask", paying.ask, name="till-pay-ask"),
    path("pay/call-off", paying.call_off, name="till-pay-call-off"),
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
    path("slip/<uuid:slip>/paper", papers.print_slip, name="till-paper-of-slip"),
    path("paper", papers.state, name="till-paper"),
    path("kick", papers.kick, name="till-kick"),
    path("drawer", papers.open_drawer, name="till-drawer"),
    path("shift", shifts.shift, name="till-shift"),
    path("shift/open", shifts.begin, name="till-shift-open"),
    path("shift/close", shifts.close, name="till-shift-close"),
    path("shift/report", shifts.look, name="till-shift-report"),
    path("shift/paper", shifts.print_report, name="till-shift-paper"),
    path("display", display.screen, name="till-display"),
    path("display/now", display.now, name="till-display-now"),
    path("display/tell", display.tell, name="till-display-tell"),
    path("return", slips.take_back, name="till-return"),
]
