"""The posting rules of stock: what each document moves, and nothing else.

What comes here is complete: columns are nullable for drafts, and posting refused what is missing.
"""

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from tongpan.base.numbers import ZERO
from tongpan.business.books import opening_equity
from tongpan.business.stock import accounts as at
from tongpan.business.stock.models import (
    Assembly,
    CameAs,
    Count,
    Disassembly,
    Loss,
    LossReason,
    Opening,
    Overage,
    Requisition,
    RequisitionClosing,
    Transfer,
    TransferReceipt,
)
from tongpan.kernel.ledger.posting import Move

# Which expense goods are that leave for a reason; for any other they are written off.
EXPENSE_OF = {
    LossReason.USED: at.own_use, LossReason.GIFT: at.given_away, LossReason.SAMPLE: at.given_away,
}  # fmt: skip


def opening_moves(opening: Annotated[Any, Opening]) -> Iterator[Move]:
    """Goods that were there before the books began are put on the shelf at what they had cost.

    | Ledger | Source         | Target    |
    | stock  | opening        | shelf     |
    | money  | opening equity | inventory |
    """
    unit, place = opening.place.unit_id, opening.place_id
    for line in opening.lines:
        yield Move(
            source=at.opening(unit, line.item_id),
            target=at.shelf(unit, place, line.item_id, line.lot),
            amount=line.base_quantity,
            value=line.value,
            feeds=(opening_equity(unit), at.inventory(unit)),
            line=line.pk,
        )


def requisition_moves(requisition: Annotated[Any, Requisition]) -> Iterator[Move]:
    """A unit asks for goods, line by line.

    | Ledger  | Source         | Target      |
    | promise | what is asked  | line wanted |
    """
    unit = requisition.place.unit_id
    for line in requisition.lines:
        source, target = at.asking(unit, line.item_id), at.wanted(unit, line.item_id, line.pk)
        yield Move(source, target, line.base_quantity, line=line.pk)


def answered(unit: UUID, line: Any) -> Iterator[Move]:
    """What of a requisition is sent, ordered or given up with a line, if it names one; what goes
    beyond it was never asked for."""
    if line.requisition_line_id is not None:
        source = at.wanted(unit, line.item_id, line.requisition_line_id)
        amount = line.base_quantity - (getattr(line, "beyond", None) or ZERO)
        yield Move(source, at.asking(unit, line.item_id), amount, line=line.pk)


def requisition_closing_moves(closing: Annotated[Any, RequisitionClosing]) -> Iterator[Move]:
    """What nobody will send or order is asked for no longer.

    | Ledger  | Source      | Target        |
    | promise | line wanted | what is asked |
    """
    for line in closing.lines:
        yield from answered(closing.place.unit_id, line)


def transfer_moves(transfer: Annotated[Any, Transfer]) -> Iterator[Move]:
    """Goods leave one place and are in transit until the other answers for them.

    | Ledger  | Source              | Target                       |
    | promise | line wanted         | what is asked (if asked for) |
    | stock   | shelf of from_place | in transit                   |
    | money   | inventory           | goods in transit             |
    """
    sender, receiver = transfer.from_place.unit_id, transfer.to_place.unit_id
    for line in transfer.lines:
        yield from answered(receiver, line)
        yield Move(
            source=at.shelf(sender, transfer.from_place_id, line.item_id, line.lot),
            target=at.in_transit(sender, receiver, line.item_id, line.lot, line.pk),
            amount=line.base_quantity,
            feeds=(at.inventory(sender), at.goods_in_transit(sender)),
            line=line.pk,
        )


def transfer_receipt_moves(receipt: Annotated[Any, TransferReceipt]) -> Iterator[Move]:
    """What arrived is put away or set apart; what did not is written off where it was sent.

    | Ledger | Source           | Target                                      |
    | stock  | in transit       | shelf, damaged, lost                        |
    | money  | goods in transit | inventory, inventory, transit loss of sender |
    """
    place, receiver = receipt.place, receipt.place.unit_id
    sender = receipt.document.follows.org_unit_id
    on_its_way, in_stock = at.goods_in_transit(sender), at.inventory(receiver)
    for line in receipt.lines:
        item, lot = line.item_id, line.lot
        source = at.in_transit(sender, receiver, item, lot, line.sent_line_id)
        fates = (
            (line.received, at.shelf(receiver, place.pk, item, lot), in_stock),
            (line.damaged, at.damaged(receiver, place.pk, item, lot), in_stock),
            (line.missing, at.lost(sender, item), at.transit_loss(sender)),
        )
        for quantity, target, money in fates:
            if quantity:
                feeds = (on_its_way, money)
                yield Move(source=source, target=target, amount=quantity, feeds=feeds, line=line.pk)


def count_moves(count: Annotated[Any, Count]) -> Iterator[Move]:
    """The books follow what was counted.

    | Ledger | Source                    | Target                    |
    | stock  | shelf or count difference | count difference or shelf |
    | money  | inventory or shrinkage    | shrinkage or inventory    |
    """
    unit, place = count.place.unit_id, count.place_id
    stock, money = at.inventory(unit), at.shrinkage(unit)
    for line in count.lines:
        shelf = at.shelf(unit, place, line.item_id, line.lot)
        outside = at.count_difference(unit, line.item_id)
        if line.difference > 0:
            feeds = (money, stock)
            yield Move(outside, shelf, line.difference, line.value, feeds, line.pk)
        if line.difference < 0:
            yield Move(shelf, outside, -line.difference, None, (stock, money), line.pk)


def loss_moves(loss: Annotated[Any, Loss]) -> Iterator[Move]:
    """Goods leave unsold, at what they had cost; the reason says whose expense that is.

    | Ledger | Source    | Target                                  |
    | stock  | shelf     | written off                             |
    | money  | inventory | stock written off, given away, own use  |
    """
    unit, place = loss.place.unit_id, loss.place_id
    cost = EXPENSE_OF.get(loss.reason, at.write_offs)(unit)
    for line in loss.lines:
        yield Move(
            source=at.shelf(unit, place, line.item_id, line.lot),
            target=at.scrapped(unit, line.item_id),
            amount=line.base_quantity,
            feeds=(at.inventory(unit), cost),
            line=line.pk,
        )


def overage_moves(overage: Annotated[Any, Overage]) -> Iterator[Move]:
    """Goods that turned up, or were given to us, are put on the shelf.

    | Ledger | Source                              | Target    |
    | stock  | turned up                           | shelf     |
    | money  | stock that turned up, received free | inventory |
    """
    unit, place = overage.place.unit_id, overage.place_id
    income = at.received_free if overage.came_as == CameAs.GIFT else at.windfalls
    for line in overage.lines:
        yield Move(
            source=at.turned_up(unit, line.item_id),
            target=at.shelf(unit, place, line.item_id, line.lot),
            amount=line.base_quantity,
            value=line.value,
            feeds=(income(unit), at.inventory(unit)),
            line=line.pk,
        )


def assembly_moves(assembly: Annotated[Any, Assembly]) -> Iterator[Move]:
    """Parts leave the shelf, and the whole comes onto it at what they and the work cost.

    | Ledger | Source                    | Target                      |
    | stock  | shelf                     | put together or taken apart |
    | stock  | put together (whole)      | shelf                       |
    | money  | inventory, work           | goods in work               |
    | money  | goods in work             | inventory                   |
    """
    unit, place = assembly.place.unit_id, assembly.place_id
    for line in assembly.lines:
        yield Move(
            source=at.shelf(unit, place, line.item_id, line.lot),
            target=at.remade(unit, line.item_id),
            amount=line.base_quantity,
            value=line.value,
            feeds=(at.inventory(unit), at.in_work(unit)),
            line=line.pk,
        )
    if assembly.fee:
        yield Move(at.work(unit), at.in_work(unit), assembly.fee)
    yield Move(
        source=at.remade(unit, assembly.item_id),
        target=at.shelf(unit, place, assembly.item_id, assembly.lot),
        amount=assembly.base_quantity,
        value=sum((line.value for line in assembly.lines), assembly.fee or ZERO),
        feeds=(at.in_work(unit), at.inventory(unit)),
    )


def disassembly_moves(disassembly: Annotated[Any, Disassembly]) -> Iterator[Move]:
    """The whole leaves the shelf, and its parts come onto it and share what it and the work cost.

    | Ledger | Source                      | Target                      |
    | stock  | shelf (whole)               | put together or taken apart |
    | stock  | put together or taken apart | shelf                       |
    | money  | inventory, work             | goods in work               |
    | money  | goods in work               | inventory                   |
    """
    unit, place = disassembly.place.unit_id, disassembly.place_id
    fee = disassembly.fee or ZERO
    yield Move(
        source=at.shelf(unit, place, disassembly.item_id, disassembly.lot),
        target=at.remade(unit, disassembly.item_id),
        amount=disassembly.base_quantity,
        value=sum((line.value for line in disassembly.lines), -fee),
        feeds=(at.inventory(unit), at.in_work(unit)),
    )
    if fee:
        yield Move(at.work(unit), at.in_work(unit), fee)
    for line in disassembly.lines:
        yield Move(
            source=at.remade(unit, line.item_id),
            target=at.shelf(unit, place, line.item_id, line.lot),
            amount=line.base_quantity,
            value=line.value,
            feeds=(at.in_work(unit), at.inventory(unit)),
            line=line.pk,
        )
