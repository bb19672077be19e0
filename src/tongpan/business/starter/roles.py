"""The jobs of a chain of shops, and what each may do: enough for the job and no more."""

from decimal import Decimal

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
SEES_SUPPLY: Actions = {"franchise.supply.view": None, "franchise.return.view": None}
SEES_BOOKS: Actions = {
    "see.cost": None,
    "finance.statement.view": None,
    "ledger.integrity.view": None,
}
AT_TILL: Actions = {
    "till.sale.ring_up": None,
    "till.return.take_back": None,
    "payments.attempt.charge": None,
    "till.drawer.open": None,
    "till.shift.keep": None,
    **SEES_SALES,
}
CLEARS_UP: Actions = {"payments.attempt.*": None, "payments.refund.*": None}

ROLES: dict[str, tuple[str, Actions]] = {
    "owner": ("老板", {"*": None}),
    "administrator": ("系统管理员", {"org.*": None, "prints.*": None, "see.personal": None}),
    "merchandiser": (
        "总部商品",
        {
            "items.*": None,
            "prices.*": None,
            "parties.*": None,
            "taxes.*": None,
            "masters.bring_in": None,
            "till.payment_method.*": None,
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
            **CLEARS_UP,
            **SEES_ORDERS,
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
            **CLEARS_UP,
            "finance.*": None,
            "treasury.*": None,
            "see.cost": None,
            "parties.party.view": None,
            **SEES_SUPPLY,
        },
    ),
    "cashier": ("收银员", {**AT_TILL, "stock.transfer.save": None, **SEES_GOODS}),
    "accountant": (
        "财务",
        {
            "finance.*": None,
            "treasury.*": None,
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
            "finance.supplier_payment.view": None,
            "finance.customer_receipt.view": None,
            "finance.set_off.view": None,
            "finance.money_place.view": None,
            "treasury.transfer.view": None,
            "treasury.takings.view": None,
            "treasury.expense.view": None,
            "treasury.income.view": None,
            **SEES_BUYING,
            **SEES_GOODS,
            **SEES_STOCK,
            **SEES_SALES,
            **SEES_ORDERS,
            **SEES_SUPPLY,
            **SEES_BOOKS,
        },
    ),
}
