"""Units of measure, tax categories with their rates, and ways to pay, as shops have them here."""

from datetime import date

SINCE = date(2019, 4, 1)  # when the present rates of the value-added tax began

# Tax as people say it: code, name, treatment, rate.
TAXES = {
    "13%": ("VAT13", "一般货物 13%", "taxable", "0.13"),
    "9%": ("VAT9", "农产品、图书等 9%", "taxable", "0.09"),
    "6%": ("VAT6", "服务 6%", "taxable", "0.06"),
    "免税": ("EXEMPT", "免税（蔬菜、鲜活肉蛋）", "exempt", ""),
    "不征税": ("OUTSIDE", "不征税（预付卡、押金）", "not_taxable", ""),
}
METHODS = (
    ("CASH", "现金", {"position": 10, "gives_change": True}),
    ("WECHAT", "微信支付", {"position": 20, "fee_rate": "0.006", "settle_days": 1}),
    ("ALIPAY", "支付宝", {"position": 30, "fee_rate": "0.006", "settle_days": 1}),
    ("CARD", "银行卡", {"position": 40, "fee_rate": "0.005", "settle_days": 1}),
    (
        "STORED",
        "储值卡",
        {
            "position": 50,
            "kind": "stored_value",
            "is_invoiceable": False,
            "is_refundable": False,
        },
    ),
    (
        "POINTS",
        "积分",
        {"position": 60, "kind": "points", "is_invoiceable": False, "is_refundable": False},
    ),
    ("ACCOUNT", "挂账", {"position": 70, "kind": "account"}),
)
# What money is spent for, and comes in for besides sales: code, name, kind.
PURPOSES = (
    ("RENT", "房租", "expense"), ("WAGES", "工资", "expense"), ("POWER", "水电费", "expense"),
    ("REPAIR", "维修保洁", "expense"), ("SUNDRY", "日常杂费", "expense"),
    ("CORNER", "场地出租", "income"), ("SCRAP", "废品", "income"), ("SUBSIDY", "补贴", "income"),
)  # fmt: skip
# A point for each yuan, a hundred of them pay one; and the limits of the law for prepaid cards of
# one business (单用途商业预付卡管理办法（试行）, in force since 2012-11-01): 1,000 without a name,
# 5,000 with one, and a name for 10,000 at once.
PROGRAMME = {"code": "POINTS", "name": "会员积分", "points_per_yuan": "100"}
EARN_RULE = {"code": "BASE", "name": "每元一分", "programme": "POINTS", "points": "1"}
WALLET_RULE = {
    "code": "LAW2012", "valid_from": date(2012, 11, 1), "unregistered_max": "1000",
    "registered_max": "5000", "named_from": "10000",
}  # fmt: skip
PIECES = ("件", "个", "瓶", "盒", "袋", "包", "罐", "支", "条", "双", "套", "箱")
WEIGHTS = (("KG", "kg", "1"), ("G", "g", "0.001"), ("JIN", "斤", "0.5"))
