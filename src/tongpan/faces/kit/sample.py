"""Invented, plausible values for the gallery: what each page looks like, without a database.

Texts are given in both languages side by side, because they stand for data, not for screens.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import get_language

from tongpan.faces.kit import pages as p
from tongpan.faces.kit.shell import Connection, JobLink, Shell, TabLink, UnitLink

D = Decimal
TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 10, 20, tzinfo=UTC)


def t(chinese: str, english: str) -> str:
    """The text in the reader's language."""
    return chinese if (get_language() or "zh").startswith("zh") else english


def shell(current: str = "buying", tab: int = 1, theme: str = "", toast: bool = False) -> Shell:
    names = {
        "home": ("首页", "Home"),
        "till": ("收银", "Till"),
        "items": ("商品", "Items"),
        "buying": ("采购", "Buying"),
        "stock": ("库存", "Stock"),
        "sales": ("销售", "Sales"),
        "orders": ("订单", "Orders"),
        "members": ("会员", "Members"),
        "money": ("资金", "Money"),
        "reports": ("报表", "Reports"),
        "settings": ("设置", "Settings"),
    }
    jobs = tuple(
        JobLink(
            code=code,
            title=t(*title),
            icon=code,
            url="/kit/home/" if code == "home" else "/kit/list/",
            letter=code[0].upper(),
            is_current=code == current,
            waiting=3 if code == "buying" else 0,
            is_last=code == "settings",
        )
        for code, title in names.items()
    )
    buying = (
        (t("请购", "Requisitions"), 4),
        (t("采购订单", "Purchase orders"), None),
        (t("采购入库", "Goods receipts"), None),
        (t("采购退货", "Returns"), None),
        (t("供应商发票", "Supplier invoices"), None),
        (t("供应商对账", "Statements"), 2),
        (t("供应商", "Suppliers"), None),
        (t("补货建议", "Replenishment"), 12),
    )
    stock = (
        (t("调拨", "Transfers"), 2),
        (t("盘点", "Counts"), None),
        (t("流水", "Movements"), None),
    )
    items = (
        (t("商品", "Items"), None),
        (t("分类", "Categories"), None),
        (t("价签", "Labels"), None),
    )
    tabs = {"buying": buying, "stock": stock, "items": items}.get(current, ())
    chosen: str = theme if theme in ("light", "dark") else ""
    return Shell(
        jobs=jobs,
        tabs=tuple(TabLink(title, "/kit/list/", i == tab, n) for i, (title, n) in enumerate(tabs)),
        units=(
            UnitLink("1", t("总部", "HQ"), "HQ", 0, True),
            UnitLink("2", t("中心仓", "Central warehouse"), "W01", 1),
            UnitLink("3", t("滨江店", "Binjiang"), "S01", 1),
            UnitLink("4", t("大学城店", "University Town"), "S02", 1),
        ),
        unit_title=t("总部", "HQ"),
        unit_note=t("全部门店", "All stores"),
        person_name=t("周敏", "Zhou Min"),
        person_face=t("周", "ZM"),
        theme=chosen,  # type: ignore[arg-type]
        connection=Connection(t("4 店已同步 · 1 店离线", "4 stores in sync · 1 offline"), "wait"),
        notices=3,
        notices_url="/kit/home/",
        search_url="/kit/search",
        company_name=t("通盘便利", "Tongpan Convenience"),
        toast=p.Toast(
            t("已审核 3 张采购订单，¥29,754.50", "3 purchase orders approved, ¥29,754.50"),
            p.Action(t("撤销", "Undo"), "/kit/list/", method="post", key="Z"),
        )
        if toast
        else None,
    )


DRAFT, SUBMITTED, POSTED, PARTLY, TRANSIT, DONE, REVERSED, VOID = (
    ("draft", "草稿", "Draft"),
    ("submitted", "待审核", "Submitted"),
    ("posted", "已审核", "Posted"),
    ("partly", "部分入库", "Part received"),
    ("transit", "在途", "In transit"),
    ("done", "已完成", "Done"),
    ("reversed", "已红冲", "Reversed"),
    ("void", "作废", "Void"),
)


def state(which: tuple[str, str, str], share: str = "") -> p.State:
    code, chinese, english = which
    return p.State(code, t(chinese, english), D(share) if share else None)


def list_page() -> p.ListPage:
    kind = p.Kind
    columns = (
        p.Column("number", t("单号", "No."), kind.CODE, keep=1, at="code"),
        p.Column(
            "ordered", t("下单日期", "Ordered"), kind.DATE, keep=2, sort_url="?", sorted="desc"
        ),
        p.Column("supplier", t("供应商", "Supplier"), kind.LINK, keep=1, at="title"),
        p.Column("place", t("收货地点", "Receive at"), keep=4, is_quiet=True),
        p.Column("items", t("商品", "Items"), keep=3, at="detail", is_quiet=True),
        p.Column("total", t("价税合计", "Total incl. tax"), kind.MONEY, 1, at="amount", unit="¥"),
        p.Column("state", t("状态", "Status"), kind.STATE, keep=1, at="state"),
        p.Column("received", t("入库进度", "Received"), kind.PROGRESS, keep=4),
        p.Column("due", t("预计到货", "Expected"), kind.DATE, keep=3, at="date"),
        p.Column("handler", t("经手人", "Handler"), keep=5, is_quiet=True),
        p.Column("tag", "", kind.TAG, keep=2, at="tag"),
    )
    hd, wt, qh, sq, hr, nl = (
        t("华东乳业", "Huadong Dairy"),
        t("味田烘焙", "Weitian Bakery"),
        t("青禾食品", "Qinghe Foods"),
        t("山泉饮料", "Shanquan Drinks"),
        t("好日用品", "Haori Goods"),
        t("南岭咖啡", "Nanling Coffee"),
    )
    zm, lh, wf = t("周敏", "Zhou Min"), t("李航", "Li Hang"), t("王芳", "Wang Fang")
    wh = t("中心仓", "Central WH")
    wait = p.Tag(t("审批 2 小时", "Waiting 2 h"), "wait")
    late = p.Tag(t("晚到 1 天", "1 day late"), "act")
    made = [
        (
            148,
            0,
            hd,
            wh,
            t("鲜牛奶 950 mL 等 6 种", "Fresh milk 950 mL +5"),
            "18420",
            SUBMITTED,
            "0",
            2,
            zm,
            wait,
        ),
        (
            147,
            0,
            wt,
            t("5 店直送", "Direct, 5 stores"),
            t("肉松面包 等 11 种", "Pork-floss bun +10"),
            "6384.50",
            SUBMITTED,
            "0",
            1,
            zm,
            None,
        ),
        (
            146,
            0,
            qh,
            wh,
            t("照烧鸡腿饭团 等 4 种", "Teriyaki rice ball +3"),
            "4950",
            SUBMITTED,
            "0",
            1,
            lh,
            None,
        ),
        (
            145,
            -1,
            sq,
            wh,
            t("饮用水 550 mL 等 3 种", "Water 550 mL +2"),
            "12960",
            PARTLY,
            "0.6",
            -1,
            lh,
            late,
        ),
        (
            144,
            -1,
            hr,
            wh,
            t("抽纸 3 层×6 包 等 9 种", "Tissues 3-ply × 6 +8"),
            "9127.80",
            POSTED,
            "0",
            3,
            zm,
            None,
        ),
        (
            143,
            -1,
            hd,
            wh,
            t("原味酸奶 200 g 等 5 种", "Plain yoghurt 200 g +4"),
            "6218",
            POSTED,
            "0",
            0,
            lh,
            None,
        ),
        (
            142,
            -2,
            nl,
            wh,
            t("冰美式 310 mL 等 2 种", "Iced americano 310 mL +1"),
            "5304",
            DONE,
            "1",
            -1,
            lh,
            None,
        ),
        (
            141,
            -2,
            qh,
            t("滨江店", "Binjiang"),
            t("关东煮食材 等 8 种", "Oden set +7"),
            "2318.60",
            DRAFT,
            "",
            None,
            wf,
            None,
        ),
        (
            140,
            -2,
            sq,
            wh,
            t("无糖乌龙茶 等 2 种", "Oolong, no sugar +1"),
            "-1296",
            REVERSED,
            "",
            None,
            lh,
            None,
        ),
        (
            139,
            -3,
            wt,
            t("南站店", "South Stn"),
            t("吐司 400 g 等 5 种", "Toast loaf 400 g +4"),
            "3042",
            DONE,
            "1",
            -2,
            wf,
            None,
        ),
        (138, -3, hr, wh, t("直柄雨伞 等 2 种", "Umbrella +1"), "4350", PARTLY, "0.4", 0, zm, None),
        (
            137,
            -4,
            hd,
            wh,
            t("鲜牛奶 950 mL 等 6 种", "Fresh milk 950 mL +5"),
            "17850",
            DONE,
            "1",
            -2,
            zm,
            None,
        ),
        (136, -4, nl, wh, t("拿铁 310 mL", "Latte 310 mL"), "2652", VOID, "", None, lh, None),
        (
            135,
            -5,
            qh,
            wh,
            t("金枪鱼饭团 等 4 种", "Tuna rice ball +3"),
            "4880",
            TRANSIT,
            "0",
            -4,
            lh,
            None,
        ),
    ]
    rows = []
    for serial, ordered, supplier, place, items, total, which, got, due, handler, tag in made:
        url = "/kit/document/"
        rows.append(
            p.Row(
                id=str(serial),
                url=url,
                cells={
                    "number": p.Cell(f"CG-2611-0{serial}", url),
                    "ordered": p.Cell(TODAY + timedelta(ordered)),
                    "supplier": p.Cell(supplier),
                    "place": p.Cell(place),
                    "items": p.Cell(items),
                    "total": p.Cell(D(total), is_struck=which is VOID),
                    "state": p.Cell(state(which, got if which is PARTLY else "")),
                    "received": p.Cell(D(got) if got else None),
                    "due": p.Cell(
                        TODAY + timedelta(due) if due is not None else None,
                        tone="act" if tag is late else "",
                    ),
                    "handler": p.Cell(handler),
                    "tag": p.Cell(tag),
                },
            )
        )
    choices = tuple(
        p.Choice(c, w)
        for c, w in (("draft", t("草稿", "Draft")), ("posted", t("已审核", "Posted")))
    )
    return p.ListPage(
        title=t("采购订单", "Purchase orders"),
        help=p.Help(
            t(
                "采购订单告诉供应商要什么、要多少、什么时候到。未到的数量一直挂在订单上。",
                "A purchase order tells a supplier what is wanted, how much, and when. What has "
                "not arrived stays on it, and every receipt takes some away.",
            ),
            "#",
            t("看这一章", "Read the chapter"),
        ),
        views=(
            p.View(t("全部", "All"), "?", 148, True),
            p.View(t("待我审批", "For my approval"), "?", 3),
            p.View(t("本周到货", "Due this week"), "?", 6),
            p.View(t("晚到", "Late"), "?", 1),
            p.View(t("我的草稿", "My drafts"), "?", 2),
            p.View(t("华东乳业 · 本月", "Huadong Dairy · month"), "?", 9),
        ),
        search=p.Search(t("单号、供应商、商品", "No., supplier, item")),
        chips=(
            p.Chip(t("日期：11 月", "Date: November"), "?"),
            p.Chip(t("地点：中心仓、5 店", "Place: Central WH, 5 stores"), "?"),
        ),
        filters=(
            p.Filter("state", t("状态", "Status"), choices=choices),
            p.Filter("supplier", t("供应商", "Supplier"), choices=choices),
            p.Filter("date", t("日期", "Date"), "dates"),
        ),
        columns_choice=tuple(p.Choice(c.name, c.title or c.name, True) for c in columns[:-1]),
        sorts=(p.Action(t("最近下单", "Latest first"), "?"), p.Action(t("金额", "Total"), "?")),
        columns=columns,
        rows=tuple(rows),
        totals=(
            p.Total(t("单据", "documents"), "148"),
            p.Total(t("价税合计", "Total incl. tax"), "¥1,284,930.60", "?"),
            p.Total(t("未到货", "Not yet received"), "¥86,412.30", "?"),
            p.Total(t("晚到", "Late"), "1", "?", "act"),
        ),
        next_url="/kit/list/?after=135",
        batch=(
            p.Action(t("审核", "Approve"), "/kit/list/", "post", "Shift A", "tick"),
            p.Action(t("退回", "Return"), "/kit/list/", "post", icon="return"),
            p.Action(t("打印", "Print"), "/kit/list/", "post", "P", "print"),
            p.Action(t("导出", "Export"), "/kit/list/", "post", "E", "export"),
        ),
        batch_sum="total",
        primary=p.Action(
            t("新建采购订单", "New purchase order"), "/kit/form/", "get", "N", "plus", "primary"
        ),
        actions=(
            p.Action(t("导入", "Import"), "#", icon="import", tone="quiet"),
            p.Action(t("导出", "Export"), "#", icon="export", tone="quiet"),
        ),
    )


def empty_list(*, is_filtered: bool = False) -> p.ListPage:
    return p.ListPage(
        title=t("调拨单", "Transfers"),
        columns=(p.Column("number", t("单号", "No."), p.Kind.CODE),),
        rows=(),
        search=p.Search(t("单号、商品", "No., item")),
        chips=(p.Chip(t("日期：去年", "Date: last year"), "?"),) if is_filtered else (),
        primary=p.Action(
            t("新建调拨", "New transfer"), "/kit/form/", key="N", icon="plus", tone="primary"
        ),
        empty=p.Empty(
            t("还没有调拨单", "No transfers yet"),
            t(
                "门店缺货时，从中心仓或别的店调货，不用采购。",
                "When a store runs short, goods come from the warehouse or another store.",
            ),
            (
                p.Action(t("新建调拨", "New transfer"), "/kit/form/", icon="plus"),
                p.Action(t("看 9 个断货格", "See 9 stock-outs"), "#"),
            ),
        ),
    )


ITEMS = (
    (
        "鲜牛奶 950 mL",
        "Fresh milk 950 mL",
        "6901234500017",
        "240",
        "盒",
        "carton",
        "20 箱",
        "20 cases",
        "8.50",
        "312",
    ),
    (
        "原味酸奶 200 g",
        "Plain yoghurt 200 g",
        "6901234500024",
        "240",
        "杯",
        "cup",
        "10 箱",
        "10 cases",
        "3.20",
        "96",
    ),
    (
        "高钙奶 250 mL",
        "Calcium milk 250 mL",
        "6901234500031",
        "360",
        "盒",
        "carton",
        "15 箱",
        "15 cases",
        "2.45",
        "480",
    ),
    ("淡奶油 1 L", "Cream 1 L", "6901234500048", "46", "盒", "carton", "", "", "26.00", "18"),
    (
        "芝士片 12 片",
        "Cheese 12 slices",
        "6901234500055",
        "100",
        "包",
        "pack",
        "5 箱",
        "5 cases",
        "12.80",
        "64",
    ),
)


def document_page(*, with_problem: bool = False) -> p.DocumentPage:
    kind = p.Kind
    rows = []
    for index, (
        zh,
        en,
        code,
        amount,
        unit_zh,
        unit_en,
        packed_zh,
        packed_en,
        price,
        had,
    ) in enumerate(ITEMS):
        unit, packed = t(unit_zh, unit_en), t(packed_zh, packed_en)
        rows.append(
            p.Row(
                id=str(index),
                is_marked=index == 3,
                cells={
                    "item": p.Cell(t(zh, en), "#", after=code),
                    "made": p.Cell(t("2026-11-20 · 15 天", "2026-11-20 · 15 days")),
                    "ordered": p.Cell(
                        p.Quantity(D(48 if index == 3 else amount), unit, packed=packed)
                    ),
                    "received": p.Cell(p.Quantity(D(amount), unit), is_strong=index == 3),
                    "price": p.Cell(D(price)),
                    "total": p.Cell(D(price) * D(amount)),
                    "bin": p.Cell(t("冷藏 A-0", "Cold A-0") + str(index + 3)),
                    "stock": p.Cell(D(had), "#", becomes=D(had) + D(amount)),
                    "tag": p.Cell(p.Tag(t("少 2 盒 · 箱破", "2 short · broken"), "wait"))
                    if index == 3
                    else p.Cell(),
                },
            )
        )
    columns = (
        p.Column("item", t("商品", "Item"), kind.LINK, 1, at="title"),
        p.Column("made", t("生产日期 · 保质期", "Made · shelf life"), keep=5, is_quiet=True),
        p.Column("ordered", t("订购", "Ordered"), kind.QUANTITY, keep=3, at="detail"),
        p.Column("received", t("实收", "Received"), kind.QUANTITY, keep=1, at="state"),
        p.Column("price", t("含税单价", "Price incl. tax"), kind.PRICE, keep=4, unit="¥"),
        p.Column(
            "total", t("含税金额", "Total incl. tax"), kind.MONEY, keep=2, at="amount", unit="¥"
        ),
        p.Column("bin", t("库位", "Bin"), keep=4, is_quiet=True),
        p.Column("stock", t("现存 → 入库后", "Stock → after"), kind.NUMBER, keep=3, at="code"),
        p.Column("tag", "", kind.TAG, keep=2, at="tag"),
    )
    line = t("第 {} 行 {}", "Line {} {}")
    supplier, place = t("华东乳业", "Huadong Dairy"), t("中心仓", "Central WH")
    open_line = p.LineMoves(
        line.format(4, t("淡奶油 1 L", "Cream 1 L")),
        (
            p.Moved(
                "promise",
                t("46 盒", "46 cartons"),
                p.End(
                    t("订单行 …0143 第 4 行", "Order …0143 line 4"),
                    "48",
                    t("2 盒", "2 cartons"),
                    "#",
                ),
                p.End(t("华东乳业 · 供应商承诺", "Huadong Dairy · promise")),
                t("下限 0：不会超收", "Floor 0: no over-receipt"),
            ),
            p.Moved(
                "stock",
                t("46 盒", "46 cartons"),
                p.End(f"{supplier} · {t('供应商', 'supplier')}"),
                p.End(f"{place} · {t('冷藏', 'cold')} A-07", "18", t("64 盒", "64 cartons"), "#"),
                t("批次 20261030", "Lot 20261030"),
            ),
            p.Moved(
                "money",
                "¥1,058.41",
                p.End(
                    f"{supplier} · {t('收货未开票', 'received, not invoiced')}",
                    "",
                    "¥2,081.91",
                    "#",
                ),
                p.End(f"{t('库存商品', 'Inventory')} · {place}"),
                t("不含税 ¥23.01 / 盒", "¥23.01 / carton before tax"),
            ),
        ),
        is_open=True,
    )
    folded = tuple(
        p.LineMoves(
            line.format(n, t(zh, en)),
            open_line.moves,
            (
                t(f"承诺 {a} {u}", f"Promise {a} {v}"),
                t(f"库存 {a} {u} → A-0{n}", f"Stock {a} {v} → A-0{n}"),
                t("资金 ¥1,871.56", "Money ¥1,871.56"),
            ),
        )
        for n, (zh, en, _c, a, u, v, *_rest) in enumerate(ITEMS, 1)
        if n != 4
    )
    problem = p.ErrorPanel(
        t(
            "没有审核：淡奶油 1 L 在中心仓只有 18 盒，要出 24 盒",
            "Not posted: Central WH has 18 cartons of Cream 1 L, 24 are to leave",
        ),
        t(
            "其余 11 行和你的修改都在草稿里。",
            "the other 11 lines and your changes are in the draft.",
        ),
        actions=(
            p.Action(t("改成 18 盒", "Make it 18"), "#"),
            p.Action(t("从滨江店调 6 盒", "Get 6 from Binjiang"), "#"),
        ),
        code="out_of_bounds",
    )
    return p.DocumentPage(
        title=t("采购入库", "Goods receipt"),
        number="RK-2611-0212",
        state=state(SUBMITTED),
        back_url="/kit/list/",
        note=t("自动保存于 18:20", "Saved at 18:20"),
        position=p.Position(3, 8, "#", "#"),
        facts=(
            p.Fact(
                t("供应商", "Supplier"),
                p.Cell(supplier, "#"),
                tag=p.Tag(t("账期 30 天", "30 days")),
            ),
            p.Fact(t("收货地点", "Received at"), p.Cell(place)),
            p.Fact(t("业务日期", "Business date"), p.Cell(TODAY), kind.DATE),
            p.Fact(t("来自", "Follows"), p.Cell("CG-2611-0143", "#"), kind.CODE),
            p.Fact(t("送货单号", "Delivery note"), p.Cell("HD20261121-07"), kind.CODE),
            p.Fact(t("收货人", "Received by"), p.Cell(t("陈亮", "Chen Liang"))),
        ),
        grid=p.Grid(
            columns=columns,
            rows=tuple(rows),
            totals={
                "item": p.Cell(t("5 种", "5 kinds")),
                "received": p.Cell(p.Quantity(D(986), t("件", "pieces"))),
                "total": p.Cell(D("6166")),
            },
            note=t(
                "其中税额 9% / 13%：¥643.11 · 不含税：¥5,522.89",
                "Tax 9% / 13%: ¥643.11 · before tax ¥5,522.89",
            ),
            tag=p.Tag(t("1 行与订单不同", "1 line differs from the order"), "wait", "alert"),
        ),
        timeline=(
            p.Step(
                t("下单", "Ordered"), t("11-20 周五 09:12 · 李航", "Fri 20 Nov 09:12 · Li Hang")
            ),
            p.Step(
                t("供应商确认", "Confirmed"),
                t("11-20 周五 10:40 · 华东乳业", "Fri 20 Nov 10:40 · Huadong Dairy"),
            ),
            p.Step(
                t("收货清点", "Counted"),
                t("今天 17:52 · 陈亮 · 手持机", "17:52 · Chen Liang · handheld"),
            ),
            p.Step(
                t("待审核", "Submitted"),
                t("轮到你 · 已等 28 分钟", "Your turn · waiting 28 minutes"),
                "now",
                "wait",
            ),
            p.Step(t("上架", "Put away"), t("5 个库位", "5 bins"), "ahead"),
            p.Step(
                t("供应商发票", "Supplier invoice"),
                t("账期至 12-21 周一", "Due Mon 21 Dec"),
                "ahead",
            ),
        ),
        notices=(
            p.Notice(
                t("少收 2 盒", "2 cartons short"),
                t(
                    "订单余量留着，可等补送或关闭",
                    "The rest stays on the order, to arrive later or be closed",
                ),
            ),
            p.Notice(
                t("淡奶油 ¥26.00，比上次高 4.0%", "Cream ¥26.00, 4.0% above last time"),
                t("上次 10-28 周三 ¥25.00", "Last: Wed 28 Oct ¥25.00"),
                "#",
            ),
        ),
        tabs=p.Tabs(
            postings=p.Postings(
                (open_line, *folded),
                lead=t("审核后将这样过账", "This is what posting will do"),
                proof=t(
                    "三本账来源与去向各自相等：承诺 986 件 · 库存 986 件 · 资金 ¥5,522.89",
                    "In each ledger sources equal targets: promise 986 · stock 986 · ¥5,522.89",
                ),
                more=t("看全部 15 笔", "All 15 entries"),
            ),
            related=(
                p.Related(
                    t("采购订单", "Purchase order"),
                    "CG-2611-0143",
                    "#",
                    state(PARTLY, "0.6"),
                    t("中心仓 · 11-19", "Warehouse · 19 Nov"),
                    below=(
                        p.Related(
                            t("采购入库单", "Goods receipt"),
                            "RK-2611-0087",
                            "#",
                            state(SUBMITTED),
                            t("中心仓 · 11-21", "Warehouse · 21 Nov"),
                            is_current=True,
                            below=(
                                p.Related(
                                    t("供应商发票", "Supplier invoice"),
                                    "FP-2611-0031",
                                    "#",
                                    state(DRAFT),
                                ),
                            ),
                        ),
                    ),
                ),
            ),
            history=(
                p.Change(
                    NOW - timedelta(minutes=28),
                    t("陈亮", "Chen Liang"),
                    t("提交", "submitted it"),
                    via=t("手持机", "handheld"),
                ),
                p.Change(
                    NOW - timedelta(hours=1),
                    t("陈亮", "Chen Liang"),
                    t("改了第 4 行", "changed line 4"),
                    (t("实收 48 盒 → 46 盒", "Received 48 → 46 cartons"),),
                ),
            ),
            comments=(
                p.Comment(
                    NOW - timedelta(minutes=20),
                    t("陈亮", "Chen Liang"),
                    t(
                        "有一箱压破了，司机已签字。",
                        "One case was crushed; the driver signed for it.",
                    ),
                ),
            ),
            files=(
                p.Attachment(
                    t("破损照片.jpg", "broken-case.jpg"),
                    "#",
                    "1.2 MB",
                    t("陈亮", "Chen Liang"),
                    NOW,
                ),
            ),
            comment_url="#",
            file_url="#",
        ),
        actions=(p.Action(t("退回", "Return"), "#", "post"),),
        primary=p.Action(t("审核入库", "Post"), "#", "post", "Ctrl Enter", tone="primary"),
        more=(
            p.Action(t("复制一份", "Copy it"), "#", icon="copy"),
            p.Action(
                t("作废", "Void"),
                "#",
                "post",
                icon="trash",
                tone="danger",
                confirm=p.Confirm(
                    t("作废这张单据？", "Void this document?"),
                    t(
                        "作废后不能恢复。内容仍可查看。",
                        "It cannot be taken back. The document stays readable.",
                    ),
                    t("作废 RK-2611-0212", "Void RK-2611-0212"),
                ),
            ),
        ),
        print_url="/kit/print/",
        problem=problem if with_problem else None,
    )


def form_page(*, with_problems: bool = False) -> p.FormPage:
    units = (p.Choice("1", t("盒", "carton")), p.Choice("12", t("箱", "case")))
    columns = (
        p.Field(
            "item",
            t("商品", "Item"),
            "search",
            search_url="/kit/items",
            hint=t("名称、条码或拼音", "Name, barcode or pinyin"),
            is_wide=True,
        ),
        p.Field("quantity", t("数量", "Quantity"), "quantity", is_figure=True),
        p.Field("unit", t("单位", "Unit"), "unit", choices=units),
        p.Field("available", t("可用", "Available"), "output", is_figure=True),
        p.Field("note", t("备注", "Note"), "text"),
    )
    rows = tuple(
        p.EditRow(
            id=str(n),
            fields={
                "item": p.Field(
                    "item", t("商品", "Item"), "search", code, t(zh, en), search_url="/kit/items"
                ),
                "quantity": p.Field(
                    "quantity",
                    t("数量", "Quantity"),
                    "quantity",
                    "24" if n else "12",
                    is_figure=True,
                ),
                "unit": p.Field("unit", t("单位", "Unit"), "unit", "1", choices=units),
                "available": p.Field(
                    "available",
                    t("可用", "Available"),
                    "output",
                    f"{had} {t(u, v)}",
                    is_figure=True,
                ),
                "note": p.Field("note", t("备注", "Note")),
            },
        )
        for n, (zh, en, code, _a, u, v, _p, _q, _price, had) in enumerate(ITEMS[:4])
    )
    places = (
        p.Choice("w", t("中心仓", "Central WH")),
        p.Choice("s", t("大学城店", "University Town")),
    )
    return p.FormPage(
        title=t("调拨单", "Transfer"),
        save_url="/kit/save/",
        version=3,
        saved_note=t("自动保存于 18:20", "Saved at 18:20"),
        state=state(DRAFT),
        back_url="/kit/list/",
        help=p.Help(
            t(
                "把货从一个地方移到另一个地方。发出后货在途中，收货后才到货架上。",
                "Goods leave one place and are in transit until the other receives them.",
            )
        ),
        fields=(
            p.Field("from_place", t("从", "From"), "choice", "w", choices=places),
            p.Field(
                "to_place",
                t("到", "To"),
                "search",
                "s",
                t("大学城店", "University Town"),
                search_url="/kit/items",
            ),
            p.Field("wanted_on", t("希望到货", "Wanted on"), "date", "2026-11-22"),
            p.Field(
                "note",
                t("备注", "Note"),
                "text",
                hint=t("给收货人看", "For whoever receives it"),
                is_wide=True,
            ),
        ),
        grid=p.EditGrid(
            "lines",
            columns,
            rows,
            scan_url="/kit/items",
            paste=("item", "quantity", "note"),
            totals={"quantity": t("84 件", "84 pieces"), "item": t("4 种", "4 kinds")},
        ),
        timeline=(
            p.Step(t("草稿", "Draft"), t("周敏 · 18:12", "Zhou Min · 18:12"), "now", "quiet"),
            p.Step(t("发出", "Sent"), "", "ahead"),
            p.Step(t("收货", "Received"), "", "ahead"),
        ),
        tabs=p.Tabs(postings=p.Postings(()), history=(), comments=(), files=()),
        primary=p.Action(
            t("发出", "Send"), "/kit/list/", "post", "Ctrl Enter", tone="primary", is_form=True
        ),
        more=(
            p.Action(t("删除草稿", "Discard the draft"), "#", "post", icon="trash", tone="danger"),
        ),
        problems=(p.Problem("lines.3.quantity", t("中心仓只有 18 盒", "Central WH has only 18")),)
        if with_problems
        else (),
    )


def master_page() -> p.MasterPage:
    kind = p.Kind
    places = (
        ("大学城店", "University Town", "0", "0", "24", "31", "0"),
        ("人民路店", "Renmin Road", "14", "0", "", "24", "109.20"),
        ("滨江店", "Binjiang", "22", "2", "", "28", "171.60"),
        ("中心仓", "Central WH", "312", "48", "240", "", "2433.60"),
    )
    stock = tuple(
        p.Row(
            str(n),
            {
                "place": p.Cell(t(zh, en)),
                "physical": p.Cell(D(a), "#", is_strong=n == 0),
                "held": p.Cell(D(h)),
                "free": p.Cell(D(a) - D(h), is_strong=True),
                "coming": p.Cell(D(c) if c else None, tone="way" if c else ""),
                "sold": p.Cell(D(s) if s else None),
                "value": p.Cell(D(v), "#"),
            },
            is_marked=n == 0,
        )
        for n, (zh, en, a, h, c, s, v) in enumerate(places)
    )
    moves = (
        (16, 14, "零售", "Sale", "XS-大02-004127", "-2", "0"),
        (15, 58, "零售", "Sale", "XS-大02-004119", "-1", "2"),
        (13, 20, "盘点差异", "Count difference", "PD-2611-0031", "-1", "3"),
        (8, 5, "调拨收货", "Transfer received", "DB-2611-0081", "24", "28"),
    )
    box = t("盒", "cartons")
    return p.MasterPage(
        title=t("鲜牛奶 950 mL", "Fresh milk 950 mL"),
        tag=p.Tag(t("在售", "On sale"), "ok"),
        codes=("SP-00017", "XNN", "6901234500017"),
        back_url="/kit/list/",
        side=(
            p.Card(
                "",
                has_picture=True,
                facts=(
                    p.Fact(t("分类", "Category"), p.Cell(t("乳品 / 低温奶", "Dairy / chilled"))),
                    p.Fact(t("品牌", "Brand"), p.Cell(t("华东乳业", "Huadong Dairy"))),
                    p.Fact(t("单位", "Unit"), p.Cell(t("盒　1 箱 = 12 盒", "carton, case = 12"))),
                    p.Fact(t("储存", "Keep"), p.Cell(t("冷藏 2–6 °C", "chilled 2–6 °C"))),
                ),
            ),
            p.Card(t("条码", "Barcodes"), text="6901234500017 · 16901234500014"),
        ),
        main=(
            p.Card(
                t("库存", "Stock"),
                note=t("盒", "cartons"),
                tag=p.Tag(t("大学城店断货 2 小时", "University Town out for 2 h"), "act", "alert"),
                columns=(
                    p.Column("place", t("地点", "Place"), kind.LINK, 1, at="title"),
                    p.Column("physical", t("实物", "Physical"), kind.NUMBER, 1, at="amount"),
                    p.Column("held", t("占用", "Held"), kind.NUMBER, 4),
                    p.Column("free", t("可用", "Available"), kind.NUMBER, 2, at="state"),
                    p.Column("coming", t("在途", "In transit"), kind.NUMBER, 3, at="date"),
                    p.Column("sold", t("日均销", "Sold a day"), kind.NUMBER, 4),
                    p.Column("value", t("库存金额", "Value"), kind.MONEY, 3, unit="¥"),
                ),
                rows=stock,
            ),
            p.Card(
                t("最近出入库", "Latest movements"),
                note=t("大学城店", "University Town"),
                link=p.Action(t("全部流水 →", "All movements →"), "#"),
                is_compact=True,
                columns=(
                    p.Column("at", t("时间", "Time"), kind.TIME, 1, at="date", is_quiet=True),
                    p.Column("why", t("事由", "Reason"), keep=1, at="title"),
                    p.Column("document", t("单据", "Document"), kind.CODE, 1, at="code"),
                    p.Column("change", t("变动", "Change"), kind.QUANTITY, 1, at="amount"),
                    p.Column("after", t("结存", "Balance"), kind.QUANTITY, 2, at="tag"),
                ),
                rows=tuple(
                    p.Row(
                        str(n),
                        {
                            "at": p.Cell(NOW.replace(hour=h - 8, minute=m)),
                            "why": p.Cell(t(zh, en)),
                            "document": p.Cell(code, "#"),
                            "change": p.Cell(p.Quantity(D(a), box)),
                            "after": p.Cell(p.Quantity(D(b), box)),
                        },
                    )
                    for n, (h, m, zh, en, code, a, b) in enumerate(moves)
                ),
            ),
        ),
        primary=p.Action(
            t("新建调拨", "New transfer"), "/kit/form/", key="T", icon="transfer", tone="primary"
        ),
        actions=(p.Action(t("打印价签", "Print label"), "#", key="P", icon="print"),),
    )


def home_page() -> p.HomePage:
    stores = (
        ("滨江店", "Binjiang", "12846.50", "0.078", 692, "2"),
        ("人民路店", "Renmin Road", "11208", "-0.016", 605, "3"),
        ("大学城店", "University Town", "10472.80", "0.188", 588, "5"),
        ("南站店", "South Station", "8365.20", "0.03", 441, "1"),
        ("科技园店", "Science Park", "5434", "0.034", 288, "1"),
    )
    return p.HomePage(
        title=t("今天", "Today"),
        note=t(
            "11-21 周六 · 营业日 04:00 起 · 截至 18:20 · 对比 11-14 周六同一时刻",
            "Sat 21 Nov · day from 04:00 · at 18:20 · against Sat 14 Nov at this time",
        ),
        figures=(
            p.Figure(
                t("销售额（含税）", "Sales incl. tax"),
                "¥48,326.50",
                "#",
                "",
                D("0.062"),
                t("上周六此时 ¥45,505.00", "last Sat ¥45,505.00"),
            ),
            p.Figure(
                t("毛利", "Gross profit"),
                "¥14,603.65",
                "#",
                "",
                None,
                t("率 30.2% 上周六 30.5%", "30.2%, last Sat 30.5%"),
            ),
            p.Figure(
                t("单数", "Receipts"),
                "2,614",
                "#",
                t("单", ""),
                D("0.038"),
                t("上周六 2,518", "last Sat 2,518"),
            ),
            p.Figure(
                t("客单价", "Per receipt"),
                "¥18.49",
                "#",
                "",
                D("0.023"),
                t("上周六 ¥18.08", "last Sat ¥18.08"),
            ),
        ),
        waiting=(
            p.Waiting(
                3,
                t("采购订单待我审批", "Purchase orders to approve"),
                "#",
                t("最大一张 ¥18,420.00 · 华东乳业", "largest ¥18,420.00 · Huadong Dairy"),
                t("最久 2 小时", "2 h"),
                "act",
            ),
            p.Waiting(
                12,
                t("缺货商品", "Items out of stock"),
                "#",
                t("5 种可从中心仓调拨，7 种需采购", "5 can be transferred, 7 must be bought"),
                t("今天", "today"),
                "act",
            ),
            p.Waiting(
                2,
                t("调拨待收货", "Transfers to receive"),
                "#",
                t("DB-2611-0087 · 大学城店 已到店", "DB-2611-0087 · at University Town"),
                t("40 分钟", "40 min"),
            ),
            p.Waiting(
                4,
                t("到账未对上", "Unmatched payments"),
                "#",
                t("银行流水 4 笔 · ¥1,286.40", "4 bank lines · ¥1,286.40"),
                t("昨天", "yesterday"),
            ),
        ),
        cards=(
            p.Card(
                t("门店", "Stores"),
                note=t("点任何数字可看到单据", "every figure opens"),
                columns=(
                    p.Column("store", t("门店", "Store"), p.Kind.LINK, 1, at="title"),
                    p.Column("sales", t("销售额", "Sales"), p.Kind.MONEY, 1, at="amount", unit="¥"),
                    p.Column("share", t("占比", "Share"), p.Kind.PROGRESS, 4),
                    p.Column("receipts", t("单数", "Receipts"), p.Kind.NUMBER, 2, at="state"),
                    p.Column("short", t("缺货品", "Out"), p.Kind.NUMBER, 2, at="tag"),
                ),
                rows=tuple(
                    p.Row(
                        str(n),
                        {
                            "store": p.Cell(t(zh, en), "#"),
                            "sales": p.Cell(D(s), "#"),
                            "share": p.Cell(D(s) / D("48326.50")),
                            "receipts": p.Cell(D(r), "#"),
                            "short": p.Cell(D(x), "#", tone="act" if x == "5" else ""),
                        },
                    )
                    for n, (zh, en, s, _c, r, x) in enumerate(stores)
                ),
                totals={
                    "store": p.Cell(t("5 店合计", "5 stores")),
                    "sales": p.Cell(D("48326.50")),
                    "receipts": p.Cell(D(2614)),
                    "short": p.Cell(D(12)),
                },
            ),
        ),
        actions=(p.Action(t("换一天", "Another day"), "#", icon="calendar", tone="quiet"),),
        calm=t("没有等你处理的事。", "Nothing waits for you."),
    )


def steps_page() -> p.StepsPage:
    return p.StepsPage(
        title=t("周敏，欢迎来到通盘", "Welcome to Tongpan, Zhou Min"),
        note=t(
            "还差 3 步就能开张。可以随时离开，进度会留着。",
            "3 steps to opening. Leave whenever you like; what is done stays done.",
        ),
        steps=(
            p.FirstStep(
                t("公司与门店", "Company and stores"),
                t("通盘便利 · 1 个仓 · 5 家店", "Tongpan Convenience · 1 warehouse · 5 stores"),
                "done",
                t("已完成", "Done"),
            ),
            p.FirstStep(
                t("商品", "Items"),
                t(
                    "从 Excel 导入 1,842 种，3 行待修正",
                    "1,842 imported from Excel, 3 rows to mend",
                ),
                "done",
                t("看 3 行", "See 3 rows"),
            ),
            p.FirstStep(
                t("期初库存", "Opening stock"),
                t(
                    "盘一次，或粘贴每个地点的数量与成本",
                    "Count once, or paste quantities and costs",
                ),
                "now",
                t("约 20 分钟", "about 20 minutes"),
                hint=t("数量先进草稿，看过再审核。", "Quantities go into a draft first."),
                actions=(
                    p.Action(
                        t("从 Excel 粘贴", "Paste from Excel"),
                        "#",
                        key="Ctrl V",
                        icon="paste",
                        tone="primary",
                    ),
                    p.Action(t("用手持机盘一次", "Count with a handheld"), "#", icon="scan"),
                ),
            ),
            p.FirstStep(
                t("邀请同事", "Invite colleagues"),
                t("店长、收银员、采购、财务，各看各的", "Each sees what is theirs"),
                "ahead",
            ),
            p.FirstStep(
                t("开始营业", "Open"),
                t("选一天作为开账日，之前的数不再改", "Choose the first day of the books"),
                "ahead",
            ),
        ),
        cards=(
            (
                t("先随便看看？", "Look around first?"),
                t(
                    "打开示例公司：5 家店、90 天的单据。",
                    "Open the sample company: 5 stores, 90 days.",
                ),
                p.Action(t("打开示例公司", "Open the sample"), "#"),
            ),
        ),
        hint=t(
            "每页标题旁的问号，说明这一页做什么。",
            "The question mark beside a title says what the page is for.",
        ),
    )


def print_page() -> p.PrintPage:
    document = document_page()
    wanted = ("item", "ordered", "received", "price", "total")
    columns = tuple(c for c in document.grid.columns if c.name in wanted)
    return p.PrintPage(
        company=t("通盘便利", "Tongpan Convenience"),
        title=t("采购入库单", "Goods receipt"),
        number=document.number,
        facts=document.facts,
        columns=columns,
        rows=document.grid.rows,
        totals=document.grid.totals,
        in_words=t("陆仟壹佰陆拾陆元整", "six thousand one hundred and sixty-six yuan"),
        notes=(
            t("第 4 行少收 2 盒：箱破，订单余量保留。", "Line 4: 2 cartons short, case broken."),
        ),
        signatures=(
            (t("制单", "Made by"), t("陈亮", "Chen Liang")),
            (t("审核", "Posted by"), t("李航", "Li Hang")),
            (t("收货签字", "Received"), ""),
            (t("送货签字", "Delivered"), ""),
        ),
        foot=t("李航 · 2026-11-21 18:22", "Li Hang · 2026-11-21 18:22"),
        copy_note=t("第 1 次打印", "Printed once"),
        back_url="/kit/document/",
    )
