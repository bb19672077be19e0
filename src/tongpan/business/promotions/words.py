"""What a promotion does, in plain sentences, as it would be written on the shelf."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import reduce
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongpan.base.counting import counted
from tongpan.base.numbers import in_yuan
from tongpan.business.membership.models import Tier
from tongpan.business.promotions import known, plain
from tongpan.business.promotions.models import Kind, Part, PromotionDocument, PromotionLine
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.fields import WEEKDAYS

SHOWN_MAX = 4  # of goods, stores and the like; the others are counted
UNKNOWN = "…"


def sentences(body: PromotionDocument) -> list[str]:
    """What it does, when, where, for whom, and how often; what is not filled in yet is a gap."""
    found = [what(body), *_minimums(body), when(body), *_where(body), *_whom(body), *_limits(body)]
    return [text for text in found if text]


def for_customers(body: PromotionDocument) -> list[str]:
    """What it does, for whom and how often, as a customer may hear it: without its budget."""
    found = [what(body), *_minimums(body), *_whom(body), *_limits(body, has_budget=False)]
    return [text for text in found if text]


def what(body: PromotionDocument) -> str:
    """What it takes off, of which goods."""
    goods = _goods(body)
    facts = {
        "goods": goods,
        "gets": _named(_of(body, Part.REWARD)) or UNKNOWN,
        "off": discount(body.percent),
        "amount": figure(body.amount),
        "price": figure(body.price),
        "spend": figure(body.spend),
        "save": figure(body.save_amount),
        "nth": body.nth or UNKNOWN,
        "buy": body.buy or UNKNOWN,
        "get": body.get or (1 if body.kind in plain.REWARDED else UNKNOWN),
        "steps": _steps(body),
        "each": _(", again for each full minimum") if body.for_each else "",
        "set": " + ".join(_slot(lines) for lines in plain.slots(body).values()) or UNKNOWN,
    }
    pattern = _patterns().get(body.kind, "")
    if body.kind == Kind.BUY_GET_OTHER and body.percent is None:
        pattern = _("Buy {buy} of {goods}, get {get} of {gets} for nothing.")
    if body.kind == Kind.NTH_PERCENT and body.nth == 2 and body.percent == 50:
        pattern = _("{goods}: the second one is half price.")
    return pattern.format(**facts)


def _patterns() -> dict[str, str]:
    return {
        Kind.PERCENT_OFF: _("{goods}: {off}."),
        Kind.AMOUNT_OFF: _("{goods}: {amount} off each."),
        Kind.FIXED_PRICE: _("{goods}: {price} each."),
        Kind.ORDER_AMOUNT_OFF: _("{goods}: {amount} off the sale."),
        Kind.SPEND_SAVE: _("{goods}: {steps}."),
        Kind.SPEND_SAVE_EACH: _("{goods}: {save} off for every {spend}."),
        Kind.SPEND_PERCENT: _("{goods}: {steps}."),
        Kind.COUNT_SAVE: _("{goods}: {steps}."),
        Kind.COUNT_PERCENT: _("{goods}: {steps}."),
        Kind.NTH_PERCENT: _("{goods}: every piece number {nth} is {off}."),
        Kind.NTH_PRICE: _("{goods}: every piece number {nth} costs {price}."),
        Kind.BUY_GET: _("{goods}: buy {buy}, get {get} for nothing."),
        Kind.BUY_GET_OTHER: _("Buy {buy} of {goods}, get {get} of {gets} at {off}."),
        Kind.BUNDLE_PRICE: _("{goods}: {buy} for {price} together."),
        Kind.SET_PRICE: _("{set} for {price} together."),
        Kind.GIFT: _("With {goods}: {get} of {gets} as a gift{each}."),
        Kind.ADD_ON: _("With {goods}: {get} of {gets} for {price} each{each}."),
    }


def discount(percent: Decimal | None) -> str:
    """A percent off in the words of the language: 20% off, 8 折."""
    if percent is None:
        return UNKNOWN
    pays = (get_language() or "").startswith("zh")
    return _("{off}% off").format(off=_short((100 - percent) / 10 if pays else percent))


def figure(amount: Decimal | None) -> str:
    """An amount as short as it can be said: ¥30, ¥9.90."""
    if amount is None:
        return UNKNOWN
    return in_yuan(amount).removesuffix(".00")


def _short(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _of(body: PromotionDocument, part: Part) -> list[PromotionLine]:
    return [line for line in body.lines if line.part == part]


def _named(lines: Iterable[PromotionLine]) -> str:
    rows = list(lines)
    items = [str(n.item) for n in rows if n.item is not None]
    within = [str(n.category) for n in rows if n.category is not None]
    brands = [n.brand for n in rows if n.brand]
    said = [
        _joined(items),
        _("all of {names}").format(names=_joined(within)) if within else "",
        _("brand {names}").format(names=_joined(brands)) if brands else "",
    ]
    return reduce(
        lambda goods, more: _("{goods}, of these {more}").format(goods=goods, more=more),
        [text for text in said if text] or [""],
    )


def _joined(names: list[str]) -> str:
    shown = listed(names[:SHOWN_MAX])
    more = len(names) - SHOWN_MAX
    return _("{names} and {n} more").format(names=shown, n=more) if more > 0 else shown


def _goods(body: PromotionDocument) -> str:
    said = _named(_of(body, Part.GOODS)) or _("All goods")
    if left_out := _named(_of(body, Part.EXCEPT)):
        said = _("{goods} (without {names})").format(goods=said, names=left_out)
    return said


def _slot(lines: list[PromotionLine]) -> str:
    pieces = max(line.pieces or 1 for line in lines)
    named = _joined([str(n.item or n.category or n.brand or UNKNOWN) for n in lines])
    return f"{named} × {pieces}" if pieces > 1 else named


def _steps(body: PromotionDocument) -> str:
    """The steps one after the other: 满 100 减 30."""
    counts = body.kind in (Kind.COUNT_SAVE, Kind.COUNT_PERCENT)
    percents = body.kind in (Kind.SPEND_PERCENT, Kind.COUNT_PERCENT)
    said = []
    for line in sorted(_of(body, Part.STEP), key=lambda n: n.least or 0):
        least = UNKNOWN if line.least is None else _short(line.least)
        pattern = _("from {least:piece/pieces} {off}") if counts else _("from ¥{least} {off}")
        off = discount(line.off) if percents else _("{amount} off").format(amount=figure(line.off))
        said.append(counted(pattern, least=least, off=off))
    return listed(said) or UNKNOWN


def when(body: PromotionDocument) -> str:
    """The days, weekdays and hours."""
    begins = f"{body.begins_on or UNKNOWN} {body.begins_clock}".strip()
    if body.ends_on is None:
        said = _("From {begins}, until it is ended").format(begins=begins)
    else:
        ends = f"{body.ends_on} {body.ends_clock}".strip()
        said = _("From {begins} to {ends}").format(begins=begins, ends=ends)
    if body.weekdays:
        days = [str(WEEKDAYS[int(day) - 1]) for day in body.weekdays if day in "1234567"]
        said = _("{when}, on {days}").format(when=said, days=listed(days))
    if body.hours:
        said = _("{when}, at {hours}").format(when=said, hours=listed(body.hours.split()))
    return _("{when}.").format(when=said)


def _minimums(body: PromotionDocument) -> Iterable[str]:
    if body.quantity_min:
        yield _("Needs {n} of its goods.").format(n=_short(body.quantity_min))
    if body.amount_min:
        yield _("Needs {amount} of its goods.").format(amount=figure(body.amount_min))
    if body.basket_min:
        yield _("Needs {amount} in the whole sale.").format(amount=figure(body.basket_min))


def _where(body: PromotionDocument) -> Iterable[str]:
    stores = [str(n.store.name) for n in _of(body, Part.STORE) if n.store is not None]
    made_at = body.document.org_unit
    is_store = made_at.kind == OrgUnit.Kind.STORE
    unit = made_at.name if is_store else _("all stores of {unit}").format(unit=made_at.name)
    yield _("At {stores}.").format(stores=_joined(stores) if stores else unit)
    if body.channels:
        yield _("In these channels: {names}.").format(names=_called("channels", body))


def _whom(body: PromotionDocument) -> Iterable[str]:
    tiers = [str(n.tier) for n in _of(body, Part.TIER) if n.tier is not None]
    if tiers:
        yield _("For members of: {tiers}.").format(tiers=_joined(tiers))
    elif body.members_only or body.per_member:
        yield _("For members.")
    if body.member_tags:
        yield _("For members with a tag: {tags}.").format(tags=body.member_tags)
    yield from waits_for(body)


def waits_for(body: PromotionDocument) -> Iterable[str]:
    """The coupon and the ways of paying without which it does not hold."""
    if body.coupon:
        yield _("With a coupon: {code}.").format(code=_called("coupon", body))
    if body.payments:
        yield _("When paid by: {names}.").format(names=_called("payments", body))


def _called(column: str, body: PromotionDocument) -> str:
    return _titles(column, getattr(body, column).split())


def _titles(column: str, codes: list[str]) -> str:
    """What the codes of a column are called; one that nobody knows any more is its code."""
    titles = known.KNOWN[column]()
    return _joined([titles.get(code) or code for code in codes])


def facts_named(facts: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    """The facts of why a promotion was not used, as people know them: other promotions by these
    titles, ways of paying, channels and tiers by name."""
    found = dict(facts)
    if "by" in found:
        found["by"] = titles.get(str(found["by"]), found["by"])
    for fact, column in (("payments", "payments"), ("channel", "channels")):
        if fact in found:
            found[fact] = _titles(column, str(found[fact]).split(", "))
    if "tiers" in found:
        rows = Tier.objects.filter(pk__in=str(found["tiers"]).split(", "))
        found["tiers"] = _joined([str(tier) for tier in rows])
    return found


def _limits(body: PromotionDocument, *, has_budget: bool = True) -> Iterable[str]:
    for count, pattern in (
        (body.per_sale, _("At most {n:time/times} in one sale.")),
        (body.per_member, _("At most {n:time/times} for each member.")),
        (body.per_day, _("At most {n:time/times} a day in all stores.")),
    ):
        if count:
            yield counted(pattern, n=count)
    for amount, pattern in (
        (body.amount_max, _("At most {amount} off in one sale.")),
        (body.budget if has_budget else None, _("Stops when {amount} were taken off altogether.")),
    ):
        if amount:
            yield pattern.format(amount=figure(amount))
    if body.group is not None:
        rule = body.group.get_rule_display()
        yield _("In {group}: {rule}.").format(group=body.group.name, rule=rule)
    if body.is_exclusive:
        yield _("Goods that it uses are in no other promotion.")


def kinds() -> list[tuple[str, str, str, str]]:
    """Every kind in the order in which people look for it: value, picture, name, an example."""
    of = dict(Kind.choices)
    return [
        (Kind.PERCENT_OFF, "−20%", str(of["percent_off"]), _("Shampoo 20% off")),
        (Kind.AMOUNT_OFF, "−5", str(of["amount_off"]), _("¥5 off each bottle")),
        (Kind.FIXED_PRICE, "9.9", str(of["fixed_price"]), _("Milk at ¥9.90")),
        (Kind.NTH_PERCENT, "½", str(of["nth_percent"]), _("The second one is half price")),
        (Kind.NTH_PRICE, "+1", str(of["nth_price"]), _("The second one for ¥1")),
        (Kind.BUY_GET, "3−1", str(of["buy_get"]), _("Take three, pay two")),
        (Kind.BUNDLE_PRICE, "3=10", str(of["bundle_price"]), _("Any three for ¥10")),
        (Kind.SET_PRICE, "A+B", str(of["set_price"]), _("Toothbrush and paste for ¥19.90")),
        (Kind.SPEND_SAVE, "100−30", str(of["spend_save"]), _("¥100: ¥30 off, ¥200: ¥70 off")),
        (Kind.SPEND_SAVE_EACH, "∞−10", str(of["spend_save_each"]), _("¥10 off for every ¥100")),
        (Kind.SPEND_PERCENT, "¥→%", str(of["spend_percent"]), _("From ¥200 on 10% off")),
        (Kind.COUNT_SAVE, "3→−5", str(of["count_save"]), _("From 3 pieces on ¥5 off")),
        (Kind.COUNT_PERCENT, "3→%", str(of["count_percent"]), _("From 3 pieces on 20% off")),
        (Kind.ORDER_AMOUNT_OFF, "−20", str(of["order_amount_off"]), _("¥20 off the sale")),
        (Kind.GIFT, "+0", str(of["gift"]), _("A cup with ¥88 of tea")),
        (Kind.ADD_ON, "+9.9", str(of["add_on"]), _("From ¥50 on: a towel for ¥9.90")),
        (Kind.BUY_GET_OTHER, "A→B", str(of["buy_get_other"]), _("Two noodles, a drink at half")),
    ]


__all__ = [
    "discount",
    "facts_named",
    "figure",
    "for_customers",
    "kinds",
    "sentences",
    "what",
    "when",
]
