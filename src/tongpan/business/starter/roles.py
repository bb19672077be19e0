"""The jobs of a chain of shops, and what each may do: enough for the job and no more."""

from collections.abc import Collection
from decimal import Decimal

from tongpan.kernel.org.rules import covers

Actions = dict[str, Decimal | None]

SEES_GOODS: Actions = {
    "items.item.view": None,
    "stock.overview.view": None,
    "stock.transfer.view": None,
    "stock.transfer_receipt.view": None,
    "stock.requisition.view": None,
    "stock.requisition_closing.view": None,
}
SEES_STOCK: Actions = {
    "stock.opening.view": None,
    "stock.count.view": None,
    "stock.loss.view": None,
    "stock.overage.view": None,
    "stock.assembly.view": None,
    "stock.disassembly.view": None,
}
SEES_BUYING: Actions = {
    "purchasing.order.view": None,
    "purchasing.receipt.view": None,
    "purchasing.bill.view": None,
    "purchasing.credit.view": None,
    "purchasing.return.view": None,
    "parties.party.view": None,
}
SEES_SALES: Actions = {"till.sale.view": None, "till.return.view": None}
SEES_ORDERS: Actions = {
    "sales.order.view": None,
    "sales.delivery.view": None,
    "sales.return.view": None,
    "sales.closing.view": None,
}
SEES_SUPPLY: Actions = {
    "franchise.supply.view": None,
    "franchise.receipt.view": None,
    "franchise.return.view": None,
}
SEES_COUNTER: Actions = {
    "till.shift.view": None,
    "till.basket.view": None,
    "payments.attempt.view": None,
}
SEES_PRICES: Actions = {
    "prices.change.view": None,
    "prices.list.view": None,
    "prices.price.view": None,
    "prices.level.view": None,
    "prices.band.view": None,
    "promotions.promotion.view": None,
    "promotions.group.view": None,
}
SEES_MEMBERS: Actions = {
    "membership.member.view": None,
    "membership.merge.view": None,
    "membership.expiry.view": None,
    "membership.programme.view": None,
    "membership.tier.view": None,
    "membership.earn_rule.view": None,
    "membership.wallet_rule.view": None,
    "membership.top_up_rule.view": None,
    "stored_value.top_up.view": None,
    "stored_value.pay_out.view": None,
    "stored_value.settlement.view": None,
    "stored_value.card_sale.view": None,
    "stored_value.card_refund.view": None,
    "punchcards.kind.view": None,
    "coupons.kind.view": None,
    "coupons.issue.view": None,
    "coupons.lapse.view": None,
    "coupons.gift.view": None,
}
SEES_BOOKS: Actions = {
    "see.cost": None,
    "finance.statement.view": None,
    "ledger.integrity.view": None,
}
MEMBERS_AT_TILL: Actions = {
    "membership.member.find": None,
    "membership.member.join": None,
    "membership.member.renew": None,
    "stored_value.top_up.view": None,
    "stored_value.top_up.save": None,
    "stored_value.top_up.post": None,
    "stored_value.card_sale.view": None,
    "stored_value.card_sale.save": None,
    "stored_value.card_sale.post": None,
    "punchcards.kind.view": None,
}
AT_TILL: Actions = {
    "till.sale.ring_up": None,
    "till.sale.on_account": None,
    "till.return.take_back": None,
    "payments.attempt.charge": None,
    "till.drawer.open": None,
    "till.shift.keep": None,
    **SEES_SALES,
    **MEMBERS_AT_TILL,
}
CLEARS_UP: Actions = {"payments.attempt.*": None, "payments.refund.*": None}

# Whoever could give these would be everybody; the others are for administrators to give.
NOT_ENTRUSTED = ("owner", "administrator")

ROLES: dict[str, tuple[str, Actions]] = {
    "owner": ("老板", {"*": None}),
    "administrator": (
        "系统管理员",
        {
            "org.*": None,
            "prints.*": None,
            "printers.*": None,
            "webhooks.*": None,
            "payments.account.*": None,
            "see.personal": None,
        },
    ),
    "merchandiser": (
        "总部商品",
        {
            "items.*": None,
            "prices.*": None,
            "prints.label_format.*": None,
            "promotions.*": None,
            "parties.*": None,
            "taxes.*": None,
            "masters.bring_in": None,
            "till.payment_method.*": None,
            "till.display_page.*": None,
            "membership.*": None,
            "coupons.*": None,
            "punchcards.*": None,
            "selfservice.page.*": None,
            "selfservice.request.view": None,
            "selfservice.request.close": None,
            "see.cost": None,
            **SEES_GOODS,
        },
    ),
    "buyer": (
        "采购",
        {
            "purchasing.*": None,
            "stock.requisition.save": None,
            "stock.requisition_closing.*": None,
            "parties.party.view": None,
            "items.supplier_item.*": None,
            "items.supplier_price.*": None,
            "see.cost": None,
            "finance.money_place.view": None,
            "finance.statement.view": None,
            **SEES_GOODS,
        },
    ),
    "seller": (
        "批发销售",
        {
            "sales.order.*": None,
            "sales.delivery.*": None,
            "sales.return.*": None,
            "sales.closing.*": None,
            "finance.customer_receipt.view": None,
            "parties.*": None,
            **SEES_SUPPLY,
            **SEES_GOODS,
        },
    ),
    "clerk": (
        "仓管",
        {
            "stock.*": None,
            "items.item.view": None,
            "sales.order.view": None,
            "sales.delivery.*": None,
            "sales.return.*": None,
            "franchise.*": None,
            "places.*": None,
            "purchasing.order.view": None,
            "purchasing.receipt.*": None,
            "purchasing.return.*": None,
            "parties.party.view": None,
        },
    ),
    "manager": (
        "店长",
        {
            "stock.transfer.*": Decimal(2000),
            "stock.requisition.*": Decimal(20000),
            "stock.requisition_closing.*": None,
            "stock.transfer_receipt.*": None,
            "stock.count.*": None,
            "stock.loss.*": Decimal(1000),
            "stock.overage.*": Decimal(1000),
            "stock.assembly.*": Decimal(1000),
            "stock.disassembly.*": Decimal(1000),
            "stock.opening.view": None,
            "stock.overview.view": None,
            "items.item.view": None,
            "purchasing.order.view": None,
            "purchasing.receipt.*": None,
            "parties.party.view": None,
            "till.*": None,
            "prices.label.print": None,
            "prices.change.view": None,
            "prices.change.save": None,  # drafted for the store, approved at headquarters
            "promotions.promotion.view": None,
            "promotions.promotion.save": None,  # likewise
            "promotions.promotion.rehearse": None,
            **CLEARS_UP,
            **MEMBERS_AT_TILL,
            "stored_value.top_up.*": None,
            "stored_value.pay_out.*": Decimal(1000),
            "stored_value.card_sale.*": None,
            "stored_value.card_refund.*": Decimal(1000),
            "selfservice.request.view": None,
            "selfservice.request.close": None,
            "membership.member.view": None,
            "membership.merge.*": None,
            "coupons.kind.view": None,
            "coupons.issue.*": None,
            "coupons.lapse.*": None,
            "coupons.coupon.*": None,
            **SEES_ORDERS,
            "sales.credit.exceed": None,
            "treasury.takings.*": None,
            "treasury.expense.*": Decimal(1000),
            "see.cost": None,
        },
    ),
    "partner": (
        "加盟店主",
        {
            "stock.*": None,
            "items.item.view": None,
            "purchasing.*": None,
            "sales.*": None,
            "till.*": None,
            "prices.label.print": None,
            "promotions.promotion.*": None,
            **CLEARS_UP,
            **MEMBERS_AT_TILL,
            "finance.*": None,
            "treasury.*": None,
            "see.cost": None,
            "parties.party.view": None,
            **SEES_SUPPLY,
            "franchise.receipt.*": None,
        },
    ),
    "cashier": ("收银员", {**AT_TILL, "stock.transfer.save": None, **SEES_GOODS}),
    "accountant": (
        "财务",
        {
            "finance.*": None,
            "treasury.*": None,
            "stored_value.*": None,
            "membership.wallet_rule.view": None,
            "membership.top_up_rule.view": None,
            "membership.expiry.view": None,
            "purchasing.bill.*": None,
            "purchasing.credit.*": None,
            "sales.credit.exceed": None,
            "stock.opening.*": None,
            "taxes.*": None,
            "till.payment_method.*": None,
            "payments.attempt.view": None,
            **SEES_BUYING,
            **SEES_GOODS,
            **SEES_STOCK,
            **SEES_SALES,
            **SEES_ORDERS,
            **SEES_SUPPLY,
            **SEES_BOOKS,
        },
    ),
    "auditor": (
        "审计",
        {
            "org.access.view": None,
            "org.audit.view": None,
            "finance.opening.view": None,
            "finance.period.view": None,
            "finance.supplier_payment.view": None,
            "finance.customer_receipt.view": None,
            "finance.set_off.view": None,
            "finance.money_place.view": None,
            "treasury.transfer.view": None,
            "treasury.takings.view": None,
            "treasury.expense.view": None,
            "treasury.income.view": None,
            "selfservice.page.view": None,
            "selfservice.request.view": None,
            "treasury.purpose.view": None,
            "treasury.year_close.view": None,
            "till.payment_method.view": None,
            "till.display_page.view": None,
            "taxes.category.view": None,
            "taxes.rate.view": None,
            **SEES_BUYING,
            **SEES_GOODS,
            **SEES_STOCK,
            **SEES_SALES,
            **SEES_COUNTER,
            **SEES_ORDERS,
            **SEES_SUPPLY,
            **SEES_PRICES,
            **SEES_MEMBERS,
            **SEES_BOOKS,
        },
    ),
}


def lacking(role: str, held: Collection[str]) -> Actions:
    """What new companies give to the role of this code and these permissions do not cover.

    A company that began with an earlier program learns by it what has come since.
    """
    _name, given = ROLES.get(role, ("", {}))
    return {
        code: limit for code, limit in given.items() if not any(covers(one, code) for one in held)
    }
