"""The addresses of the back office; the derived pages and the developers' gallery hang in here."""

from collections.abc import Callable

from django.conf import settings
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path

from tongpan.faces.backoffice import (
    ageing,
    boards,
    cards,
    choices,
    contacts,
    coupons,
    customer_requests,
    door,
    families,
    home,
    in_force,
    integrity,
    item_prices,
    items,
    labels,
    members,
    money,
    parties,
    payments,
    periods,
    pictures,
    places,
    promotions,
    sales,
    second_step,
    stock,
    stock_board,
    till_baskets,
    till_day,
    told,
    trial,
)
from tongpan.faces.backoffice.settings.access import of_oneself
from tongpan.faces.backoffice.settings.sessions import look_end, own_sessions, own_sessions_end
from tongpan.faces.kit.derived.urls import patterns

# Pages written by hand stand where the derived ones would: every link finds them.
OWN: dict[str, Callable[..., HttpResponseBase]] = {
    "master-items.item": items.item,
    "master-items.family": families.family,
    "master-membership.member": members.member,
    "master-parties.contact": contacts.contact,
    "master-parties.party": parties.party,
    "master-places.place": places.place,
    "master-finance.money_place": parties.money_place,
    "document-new-promotions.promotion": promotions.promotion_new,
}


def _own(derived: URLPattern) -> URLPattern:
    view = OWN.get(derived.name or "")
    return path(str(derived.pattern), view, name=derived.name) if view else derived


urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("first-steps/", home.first_steps, name="first-steps"),
    path("notices/", told.notices, name="notices"),
    path("notices/seen", told.notices_seen, name="notices-seen"),
    path("notices/<uuid:notice_id>/", told.notice, name="notice"),
    path("sales/day/", sales.sales_day, name="sales-day"),
    path("sales/tills/", till_day.tills, name="till-day"),
    path("sales/parked/", till_baskets.parked, name="till-parked-list"),
    path("sales/taken-off/", till_baskets.taken_off, name="till-taken-off-list"),
    path("sales/tills/close", till_day.close, name="till-day-close"),
    path("sales/board/", boards.sales_board, name="sales-board"),
    path("stock/", stock.stock, name="stock"),
    path("stock-board/", stock_board.stock_board, name="stock-board"),
    path("stock/peek", stock.stock_peek, name="stock-peek"),
    path("stock/send", stock.stock_send, name="stock-send"),
    path("stock/export", stock.stock_export, name="stock-export"),
    path("stock/card/", cards.stock_card, name="stock-card"),
    path(
        "m/items.item/<uuid:row_id>/pictures/<uuid:picture_id>",
        pictures.picture,
        name="picture-items.item",
    ),
    path(
        "m/items.item/<uuid:row_id>/pictures/<uuid:picture_id>/small",
        pictures.small_picture,
        name="small-picture-items.item",
    ),
    path("m/items.item/<uuid:row_id>/prices/", item_prices.prices, name="item-prices"),
    path("m/items.item/<uuid:row_id>/prices/export", item_prices.export, name="item-prices-export"),
    path("m/items.item/<uuid:row_id>/pictures/add", pictures.add, name="item-picture-add"),
    path("m/items.item/<uuid:row_id>/pictures/order", pictures.order, name="item-picture-order"),
    path("m/items.item/<uuid:row_id>/pictures/remove", pictures.remove, name="item-picture-remove"),
    path("m/parties.contact/<uuid:row_id>/reveal", contacts.reveal, name="contact-reveal"),
    path("m/items.family/<uuid:row_id>/variants", families.make_variants, name="family-variants"),
    path("m/membership.member/<uuid:row_id>/reveal", members.reveal, name="member-reveal"),
    path("m/membership.member/<uuid:row_id>/renew", members.renew, name="member-renew"),
    path("members/coupons/", coupons.coupons, name="coupons"),
    path("members/coupons/print", coupons.print_codes, name="coupons-print"),
    path("members/coupons/pass-on", coupons.pass_on, name="coupons-pass-on"),
    path("members/requests/", customer_requests.requests, name="members-requests"),
    path("members/requests/close", customer_requests.requests_close, name="members-requests-close"),
    path("members/poster/", customer_requests.poster, name="members-poster"),
    path("members/statement/", members.member_statement, name="member-statement"),
    path("members/between/", members.between, name="members-between"),
    path("members/between/export", members.between_export, name="members-between-export"),
    path("members/tiers/", members.tiers, name="members-tiers"),
    path("money/ageing/", ageing.money_ageing, name="money-ageing"),
    path("money/months/", periods.months, name="money-months"),
    path("money/months/<uuid:entity_id>/", periods.entity_months, name="money-months-of"),
    path("money/months/<uuid:entity_id>/close", periods.close, name="money-months-close"),
    path("money/months/<uuid:entity_id>/reopen", periods.reopen, name="money-months-reopen"),
    path("money/overview/", money.money, name="money"),
    path(
        "d/promotions.promotion/<uuid:document_id>/try",
        promotions.promotion_try,
        name="promotion-try",
    ),
    path(
        "d/promotions.promotion/<uuid:document_id>/rehearse",
        promotions.promotion_rehearse,
        name="promotion-rehearse",
    ),
    path(
        "d/promotions.promotion/<uuid:document_id>/rehearsed",
        promotions.promotion_rehearsed,
        name="promotion-rehearsed",
    ),
    path(
        "d/promotions.promotion/<uuid:document_id>/end",
        promotions.promotion_end,
        name="promotion-end",
    ),
    path(
        "d/promotions.promotion/<uuid:document_id>/change",
        promotions.promotion_change,
        name="promotion-change",
    ),
    path("in-force/", in_force.in_force, name="in-force"),
    path("labels/", labels.choose, name="labels"),
    path("labels/print", labels.print_labels, name="labels-print"),
    path("payments/", payments.payments, name="payments"),
    path("payments/<uuid:attempt_id>/", payments.payment, name="payment"),
    path("payments/<uuid:attempt_id>/<str:verb>", payments.payment_act, name="payment-act"),
    path("payments/notices/<uuid:notice_id>/", payments.notice, name="payment-notice"),
    path("money/trial/", trial.money_trial, name="money-trial"),
    path("money/results/", money.money_results, name="money-results"),
    path("money/statement/", cards.money_statement, name="money-statement"),
    path("me/access/", of_oneself, name="my-access"),
    path("me/sessions/", own_sessions, name="my-sessions"),
    path("me/sessions/end", own_sessions_end, name="my-sessions-end"),
    path("me/sign-in/", second_step.own, name="my-sign-in"),
    path("me/passkeys/<uuid:passkey_id>/", second_step.passkey, name="my-passkey"),
    path("me/passkeys/<uuid:passkey_id>/remove", second_step.passkey_remove, name="passkey-remove"),
    path("me/sign-in/<str:verb>", second_step.own_act, name="my-sign-in-act"),
    path("me/look/end", look_end, name="look-end"),
    path("settings/", include("tongpan.faces.backoffice.settings.urls")),
    path("integrity/", integrity.integrity, name="integrity"),
    path("integrity/check", integrity.integrity_check, name="integrity-check"),
    path("sign-in/", door.sign_in, name="sign-in"),
    path("sign-in/second/", second_step.at_the_door, name="sign-in-second"),
    path("sign-in/passkey/", second_step.by_passkey, name="sign-in-passkey"),
    path("sign-out/", door.sign_out, name="sign-out"),
    path("switch/", door.switch, name="switch"),
    path("language/", choices.set_language, name="set-language"),
    path("theme/", choices.set_theme, name="set-theme"),
    path("unit/", choices.set_unit, name="set-unit"),
    *(_own(derived) for derived in patterns()),
]
if settings.DEBUG:
    urlpatterns.append(path("", include("tongpan.faces.kit.gallery")))
