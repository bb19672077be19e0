"""What there is to ask for, type by type.

Made by `./tongpan dev docs` from the description of the API. Do not edit it by hand.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from tongpan_client.base import Connection, Documents, Masters, Version


class Named(TypedDict):
    id: str
    code: str
    name: str


class Error(TypedDict):
    path: str
    row: int | None
    code: str
    message: str


class _Problem(TypedDict):
    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[Error]
    request_id: str
    retryable: bool


class Problem(_Problem, total=False):
    answer: str
    version: int | None


class Comment(TypedDict):
    id: str
    at: str
    author: Named
    text: str
    mentions: list[str]


class Attachment(TypedDict):
    id: str
    name: str
    media_type: str
    size: int
    added_by: Named
    at: str


class Account(TypedDict):
    key: str
    org_unit: Named
    role: str
    holder: str
    unit: str
    lot: str
    owner: str | None
    line: str | None


class _Entry(TypedDict):
    posting: str
    kind: str
    business_date: str
    posted_at: str
    ledger: str
    line: str | None
    amount: str
    source: Account
    target: Account


class Entry(_Entry, total=False):
    value: str | None


class Change(TypedDict):
    at: str
    action: str
    actor: Named | None
    authorised_by: Named | None
    via: str
    note: str
    changes: dict[str, Any]


class StockCountHeader(TypedDict, total=False):
    place: Named | None


class _StockCountLines(TypedDict):
    id: str


class StockCountLines(_StockCountLines, total=False):
    item: Named | None
    lot: str
    counted: str | None


class _StockCount(TypedDict):
    id: str
    type: str


class StockCount(_StockCount, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StockCountHeader
    lines: list[StockCountLines]
    actions: list[str]
    result: str


class _StockCountRow(TypedDict):
    id: str


class StockCountRow(_StockCountRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    place: Named | None


class StockCountDraftHeader(TypedDict, total=False):
    place: str | None


class StockCountDraftLines(TypedDict, total=False):
    id: str | None
    item: str | None
    lot: str
    counted: str | None


class StockCountDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StockCountDraftHeader
    lines: list[StockCountDraftLines]


class StockLossHeader(TypedDict, total=False):
    place: Named | None
    reason: str | None


class _StockLossLines(TypedDict):
    id: str


class StockLossLines(_StockLossLines, total=False):
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None


class _StockLoss(TypedDict):
    id: str
    type: str


class StockLoss(_StockLoss, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StockLossHeader
    lines: list[StockLossLines]
    actions: list[str]
    result: str


class _StockLossRow(TypedDict):
    id: str


class StockLossRow(_StockLossRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    place: Named | None
    reason: str | None


class StockLossDraftHeader(TypedDict, total=False):
    place: str | None
    reason: Literal["broken", "expired", "missing", "used", "gift", "sample", ""]


class StockLossDraftLines(TypedDict, total=False):
    id: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None


class StockLossDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StockLossDraftHeader
    lines: list[StockLossDraftLines]


class StockOverageHeader(TypedDict, total=False):
    place: Named | None
    came_as: str | None
    reason: str


class _StockOverageLines(TypedDict):
    id: str


class StockOverageLines(_StockOverageLines, total=False):
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None
    unit_cost: str | None


class _StockOverage(TypedDict):
    id: str
    type: str


class StockOverage(_StockOverage, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StockOverageHeader
    lines: list[StockOverageLines]
    actions: list[str]
    result: str


class _StockOverageRow(TypedDict):
    id: str


class StockOverageRow(_StockOverageRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    place: Named | None
    came_as: str | None
    reason: str


class StockOverageDraftHeader(TypedDict, total=False):
    place: str | None
    came_as: Literal["found", "gift", "sold", ""]
    reason: str


class StockOverageDraftLines(TypedDict, total=False):
    id: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None
    unit_cost: str | None


class StockOverageDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StockOverageDraftHeader
    lines: list[StockOverageDraftLines]


class StockAssemblyHeader(TypedDict, total=False):
    place: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None
    fee: str | None


class _StockAssemblyLines(TypedDict):
    id: str


class StockAssemblyLines(_StockAssemblyLines, total=False):
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None


class _StockAssembly(TypedDict):
    id: str
    type: str


class StockAssembly(_StockAssembly, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StockAssemblyHeader
    lines: list[StockAssemblyLines]
    actions: list[str]
    result: str


class _StockAssemblyRow(TypedDict):
    id: str


class StockAssemblyRow(_StockAssemblyRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    place: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    fee: str | None


class StockAssemblyDraftHeader(TypedDict, total=False):
    place: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None
    fee: str | None


class StockAssemblyDraftLines(TypedDict, total=False):
    id: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None


class StockAssemblyDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StockAssemblyDraftHeader
    lines: list[StockAssemblyDraftLines]


class StockDisassemblyHeader(TypedDict, total=False):
    place: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None
    fee: str | None


class _StockDisassemblyLines(TypedDict):
    id: str


class StockDisassemblyLines(_StockDisassemblyLines, total=False):
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None
    ratio: str | None


class _StockDisassembly(TypedDict):
    id: str
    type: str


class StockDisassembly(_StockDisassembly, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StockDisassemblyHeader
    lines: list[StockDisassemblyLines]
    actions: list[str]
    result: str


class _StockDisassemblyRow(TypedDict):
    id: str


class StockDisassemblyRow(_StockDisassemblyRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    place: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    fee: str | None


class StockDisassemblyDraftHeader(TypedDict, total=False):
    place: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None
    fee: str | None


class StockDisassemblyDraftLines(TypedDict, total=False):
    id: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None
    ratio: str | None


class StockDisassemblyDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StockDisassemblyDraftHeader
    lines: list[StockDisassemblyDraftLines]


class StockRequisitionHeader(TypedDict, total=False):
    place: Named | None
    from_place: Named | None
    wanted_on: str | None


class _StockRequisitionLines(TypedDict):
    id: str


class StockRequisitionLines(_StockRequisitionLines, total=False):
    item: Named | None
    quantity: str | None
    unit: Named | None


class _StockRequisition(TypedDict):
    id: str
    type: str


class StockRequisition(_StockRequisition, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StockRequisitionHeader
    lines: list[StockRequisitionLines]
    actions: list[str]
    result: str


class _StockRequisitionRow(TypedDict):
    id: str


class StockRequisitionRow(_StockRequisitionRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    place: Named | None
    from_place: Named | None
    wanted_on: str | None


class StockRequisitionDraftHeader(TypedDict, total=False):
    place: str | None
    from_place: str | None
    wanted_on: str | None


class StockRequisitionDraftLines(TypedDict, total=False):
    id: str | None
    item: str | None
    quantity: str | None
    unit: str | None


class StockRequisitionDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StockRequisitionDraftHeader
    lines: list[StockRequisitionDraftLines]


class StockRequisitionClosingHeader(TypedDict, total=False):
    reason: str


class _StockRequisitionClosingLines(TypedDict):
    id: str


class StockRequisitionClosingLines(_StockRequisitionClosingLines, total=False):
    requisition_line: Named | None
    item: Named | None
    quantity: str | None
    unit: Named | None


class _StockRequisitionClosing(TypedDict):
    id: str
    type: str


class StockRequisitionClosing(_StockRequisitionClosing, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StockRequisitionClosingHeader
    lines: list[StockRequisitionClosingLines]
    actions: list[str]
    result: str


class _StockRequisitionClosingRow(TypedDict):
    id: str


class StockRequisitionClosingRow(_StockRequisitionClosingRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    reason: str


class StockRequisitionClosingDraftHeader(TypedDict, total=False):
    reason: str


class StockRequisitionClosingDraftLines(TypedDict, total=False):
    id: str | None
    requisition_line: str | None
    item: str | None
    quantity: str | None
    unit: str | None


class StockRequisitionClosingDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StockRequisitionClosingDraftHeader
    lines: list[StockRequisitionClosingDraftLines]


class StockOpeningHeader(TypedDict, total=False):
    place: Named | None


class _StockOpeningLines(TypedDict):
    id: str


class StockOpeningLines(_StockOpeningLines, total=False):
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None
    unit_cost: str | None


class _StockOpening(TypedDict):
    id: str
    type: str


class StockOpening(_StockOpening, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StockOpeningHeader
    lines: list[StockOpeningLines]
    actions: list[str]
    result: str


class _StockOpeningRow(TypedDict):
    id: str


class StockOpeningRow(_StockOpeningRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    place: Named | None


class StockOpeningDraftHeader(TypedDict, total=False):
    place: str | None


class StockOpeningDraftLines(TypedDict, total=False):
    id: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None
    unit_cost: str | None


class StockOpeningDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StockOpeningDraftHeader
    lines: list[StockOpeningDraftLines]


class StockTransferHeader(TypedDict, total=False):
    from_place: Named | None
    to_place: Named | None
    wanted_on: str | None


class _StockTransferLines(TypedDict):
    id: str


class StockTransferLines(_StockTransferLines, total=False):
    requisition_line: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None


class _StockTransfer(TypedDict):
    id: str
    type: str


class StockTransfer(_StockTransfer, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StockTransferHeader
    lines: list[StockTransferLines]
    actions: list[str]
    result: str


class _StockTransferRow(TypedDict):
    id: str


class StockTransferRow(_StockTransferRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    from_place: Named | None
    to_place: Named | None
    wanted_on: str | None


class StockTransferDraftHeader(TypedDict, total=False):
    from_place: str | None
    to_place: str | None
    wanted_on: str | None


class StockTransferDraftLines(TypedDict, total=False):
    id: str | None
    requisition_line: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None


class StockTransferDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StockTransferDraftHeader
    lines: list[StockTransferDraftLines]


class StockTransferReceiptHeader(TypedDict, total=False):
    place: Named | None


class _StockTransferReceiptLines(TypedDict):
    id: str


class StockTransferReceiptLines(_StockTransferReceiptLines, total=False):
    sent_line: Named | None
    item: Named | None
    lot: str
    sent: str | None
    received: str | None
    damaged: str | None
    missing: str | None


class _StockTransferReceipt(TypedDict):
    id: str
    type: str


class StockTransferReceipt(_StockTransferReceipt, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StockTransferReceiptHeader
    lines: list[StockTransferReceiptLines]
    actions: list[str]
    result: str


class _StockTransferReceiptRow(TypedDict):
    id: str


class StockTransferReceiptRow(_StockTransferReceiptRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    place: Named | None


class StockTransferReceiptDraftHeader(TypedDict, total=False):
    place: str | None


class StockTransferReceiptDraftLines(TypedDict, total=False):
    id: str | None
    sent_line: str | None
    item: str | None
    lot: str
    sent: str | None
    received: str | None
    damaged: str | None
    missing: str | None


class StockTransferReceiptDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StockTransferReceiptDraftHeader
    lines: list[StockTransferReceiptDraftLines]


class FinanceSupplierPaymentHeader(TypedDict, total=False):
    supplier: Named | None
    paid_from: Named | None
    reference: str


class _FinanceSupplierPaymentLines(TypedDict):
    id: str


class FinanceSupplierPaymentLines(_FinanceSupplierPaymentLines, total=False):
    settles: Named | None
    amount: str | None


class _FinanceSupplierPayment(TypedDict):
    id: str
    type: str


class FinanceSupplierPayment(_FinanceSupplierPayment, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: FinanceSupplierPaymentHeader
    lines: list[FinanceSupplierPaymentLines]
    actions: list[str]
    result: str


class _FinanceSupplierPaymentRow(TypedDict):
    id: str


class FinanceSupplierPaymentRow(_FinanceSupplierPaymentRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    supplier: Named | None
    paid_from: Named | None
    reference: str


class FinanceSupplierPaymentDraftHeader(TypedDict, total=False):
    supplier: str | None
    paid_from: str | None
    reference: str


class FinanceSupplierPaymentDraftLines(TypedDict, total=False):
    id: str | None
    settles: str | None
    amount: str | None


class FinanceSupplierPaymentDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: FinanceSupplierPaymentDraftHeader
    lines: list[FinanceSupplierPaymentDraftLines]


class FinanceCustomerReceiptHeader(TypedDict, total=False):
    customer: Named | None
    paid_into: Named | None
    reference: str


class _FinanceCustomerReceiptLines(TypedDict):
    id: str


class FinanceCustomerReceiptLines(_FinanceCustomerReceiptLines, total=False):
    settles: Named | None
    amount: str | None


class _FinanceCustomerReceipt(TypedDict):
    id: str
    type: str


class FinanceCustomerReceipt(_FinanceCustomerReceipt, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: FinanceCustomerReceiptHeader
    lines: list[FinanceCustomerReceiptLines]
    actions: list[str]
    result: str


class _FinanceCustomerReceiptRow(TypedDict):
    id: str


class FinanceCustomerReceiptRow(_FinanceCustomerReceiptRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    customer: Named | None
    paid_into: Named | None
    reference: str


class FinanceCustomerReceiptDraftHeader(TypedDict, total=False):
    customer: str | None
    paid_into: str | None
    reference: str


class FinanceCustomerReceiptDraftLines(TypedDict, total=False):
    id: str | None
    settles: str | None
    amount: str | None


class FinanceCustomerReceiptDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: FinanceCustomerReceiptDraftHeader
    lines: list[FinanceCustomerReceiptDraftLines]


class FinanceSetOffHeader(TypedDict, total=False):
    party: Named | None
    reference: str


class _FinanceSetOffLines(TypedDict):
    id: str


class FinanceSetOffLines(_FinanceSetOffLines, total=False):
    settles: Named | None
    amount: str | None


class _FinanceSetOff(TypedDict):
    id: str
    type: str


class FinanceSetOff(_FinanceSetOff, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: FinanceSetOffHeader
    lines: list[FinanceSetOffLines]
    actions: list[str]
    result: str


class _FinanceSetOffRow(TypedDict):
    id: str


class FinanceSetOffRow(_FinanceSetOffRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    party: Named | None
    reference: str


class FinanceSetOffDraftHeader(TypedDict, total=False):
    party: str | None
    reference: str


class FinanceSetOffDraftLines(TypedDict, total=False):
    id: str | None
    settles: str | None
    amount: str | None


class FinanceSetOffDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: FinanceSetOffDraftHeader
    lines: list[FinanceSetOffDraftLines]


class _FinanceOpeningLines(TypedDict):
    id: str


class FinanceOpeningLines(_FinanceOpeningLines, total=False):
    place: Named | None
    amount: str | None


class _FinanceOpening(TypedDict):
    id: str
    type: str


class FinanceOpening(_FinanceOpening, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: dict[str, Any]
    lines: list[FinanceOpeningLines]
    actions: list[str]
    result: str


class _FinanceOpeningRow(TypedDict):
    id: str


class FinanceOpeningRow(_FinanceOpeningRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None


class FinanceOpeningDraftLines(TypedDict, total=False):
    id: str | None
    place: str | None
    amount: str | None


class FinanceOpeningDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: dict[str, Any]
    lines: list[FinanceOpeningDraftLines]


class _MembershipMergeLines(TypedDict):
    id: str


class MembershipMergeLines(_MembershipMergeLines, total=False):
    member: Named | None
    into: Named | None


class _MembershipMerge(TypedDict):
    id: str
    type: str


class MembershipMerge(_MembershipMerge, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: dict[str, Any]
    lines: list[MembershipMergeLines]
    actions: list[str]
    result: str


class _MembershipMergeRow(TypedDict):
    id: str


class MembershipMergeRow(_MembershipMergeRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None


class MembershipMergeDraftLines(TypedDict, total=False):
    id: str | None
    member: str | None
    into: str | None


class MembershipMergeDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: dict[str, Any]
    lines: list[MembershipMergeDraftLines]


class _MembershipExpiryLines(TypedDict):
    id: str


class MembershipExpiryLines(_MembershipExpiryLines, total=False):
    member: Named | None
    lot: str
    points: str | None


class _MembershipExpiry(TypedDict):
    id: str
    type: str


class MembershipExpiry(_MembershipExpiry, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: dict[str, Any]
    lines: list[MembershipExpiryLines]
    actions: list[str]
    result: str


class _MembershipExpiryRow(TypedDict):
    id: str


class MembershipExpiryRow(_MembershipExpiryRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None


class MembershipExpiryDraftLines(TypedDict, total=False):
    id: str | None
    member: str | None
    lot: str
    points: str | None


class MembershipExpiryDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: dict[str, Any]
    lines: list[MembershipExpiryDraftLines]


class PricesChangeHeader(TypedDict, total=False):
    price_list: Named | None
    begins_on: str | None
    begins_clock: str
    ends_on: str | None
    ends_clock: str
    percent: str | None
    amount: str | None
    ending: str | None
    brand: str
    category: Named | None
    is_all: bool | None
    only_at: str


class _PricesChangeLines(TypedDict):
    id: str


class PricesChangeLines(_PricesChangeLines, total=False):
    item: Named | None
    unit: Named | None
    new_price: str | None
    buyer: str | None
    tier: Named | None
    from_quantity: str | None


class _PricesChange(TypedDict):
    id: str
    type: str


class PricesChange(_PricesChange, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: PricesChangeHeader
    lines: list[PricesChangeLines]
    actions: list[str]
    result: str


class _PricesChangeRow(TypedDict):
    id: str


class PricesChangeRow(_PricesChangeRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    price_list: Named | None
    begins_on: str | None
    begins_clock: str
    ends_on: str | None
    ends_clock: str
    percent: str | None
    amount: str | None
    ending: str | None
    brand: str
    category: Named | None
    is_all: bool | None
    only_at: str


class PricesChangeDraftHeader(TypedDict, total=False):
    price_list: str | None
    begins_on: str | None
    begins_clock: str
    ends_on: str | None
    ends_clock: str
    percent: str | None
    amount: str | None
    ending: Literal["0.01", "0.1", "1", ".9", ".99", ""]
    brand: str
    category: str | None
    is_all: bool | None
    only_at: str


class PricesChangeDraftLines(TypedDict, total=False):
    id: str | None
    item: str | None
    unit: str | None
    new_price: str | None
    buyer: Literal["everybody", "members", ""]
    tier: str | None
    from_quantity: str | None


class PricesChangeDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: PricesChangeDraftHeader
    lines: list[PricesChangeDraftLines]


class PromotionsPromotionHeader(TypedDict, total=False):
    title: str
    kind: str | None
    begins_on: str | None
    begins_clock: str
    ends_on: str | None
    ends_clock: str
    weekdays: str
    hours: str
    percent: str | None
    amount: str | None
    price: str | None
    spend: str | None
    save_amount: str | None
    nth: int | None
    spread: str | None
    buy: int | None
    get: int | None
    for_each: bool | None
    quantity_min: str | None
    amount_min: str | None
    basket_min: str | None
    measured: str | None
    members_only: bool | None
    member_tags: str
    channels: str
    payments: str
    coupon: str
    per_sale: int | None
    per_member: int | None
    per_day: int | None
    amount_max: str | None
    budget: str | None
    group: Named | None
    place: int | None
    is_exclusive: bool | None


class _PromotionsPromotionLines(TypedDict):
    id: str


class PromotionsPromotionLines(_PromotionsPromotionLines, total=False):
    part: str | None
    item: Named | None
    category: Named | None
    brand: str
    store: Named | None
    tier: Named | None
    slot: int | None
    pieces: int | None
    least: str | None
    off: str | None


class _PromotionsPromotion(TypedDict):
    id: str
    type: str


class PromotionsPromotion(_PromotionsPromotion, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: PromotionsPromotionHeader
    lines: list[PromotionsPromotionLines]
    actions: list[str]
    result: str


class _PromotionsPromotionRow(TypedDict):
    id: str


class PromotionsPromotionRow(_PromotionsPromotionRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    title: str
    kind: str | None
    begins_on: str | None
    begins_clock: str
    ends_on: str | None
    ends_clock: str
    weekdays: str
    hours: str
    percent: str | None
    amount: str | None
    price: str | None
    spend: str | None
    save_amount: str | None
    nth: int | None
    spread: str | None
    buy: int | None
    get: int | None
    for_each: bool | None
    quantity_min: str | None
    amount_min: str | None
    basket_min: str | None
    measured: str | None
    members_only: bool | None
    member_tags: str
    channels: str
    payments: str
    coupon: str
    per_sale: int | None
    per_member: int | None
    per_day: int | None
    amount_max: str | None
    budget: str | None
    group: Named | None
    place: int | None
    is_exclusive: bool | None


class PromotionsPromotionDraftHeader(TypedDict, total=False):
    title: str
    kind: Literal[
        "percent_off",
        "amount_off",
        "fixed_price",
        "order_amount_off",
        "spend_save",
        "spend_save_each",
        "spend_percent",
        "count_save",
        "count_percent",
        "nth_percent",
        "nth_price",
        "buy_get",
        "buy_get_other",
        "bundle_price",
        "set_price",
        "gift",
        "add_on",
        "",
    ]
    begins_on: str | None
    begins_clock: str
    ends_on: str | None
    ends_clock: str
    weekdays: str
    hours: str
    percent: str | None
    amount: str | None
    price: str | None
    spend: str | None
    save_amount: str | None
    nth: int | None
    spread: Literal["", "set", "got"]
    buy: int | None
    get: int | None
    for_each: bool | None
    quantity_min: str | None
    amount_min: str | None
    basket_min: str | None
    measured: Literal["left", "listed", ""]
    members_only: bool | None
    member_tags: str
    channels: str
    payments: str
    coupon: str
    per_sale: int | None
    per_member: int | None
    per_day: int | None
    amount_max: str | None
    budget: str | None
    group: str | None
    place: int | None
    is_exclusive: bool | None


class PromotionsPromotionDraftLines(TypedDict, total=False):
    id: str | None
    part: Literal["all", "goods", "except", "reward", "slot", "step", "store", "tier", ""]
    item: str | None
    category: str | None
    brand: str
    store: str | None
    tier: str | None
    slot: int | None
    pieces: int | None
    least: str | None
    off: str | None


class PromotionsPromotionDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: PromotionsPromotionDraftHeader
    lines: list[PromotionsPromotionDraftLines]


class _CouponsIssueLines(TypedDict):
    id: str


class CouponsIssueLines(_CouponsIssueLines, total=False):
    kind: Named | None
    pieces: int | None
    member: Named | None
    tier: Named | None
    tag: str
    occasion: str


class _CouponsIssue(TypedDict):
    id: str
    type: str


class CouponsIssue(_CouponsIssue, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: dict[str, Any]
    lines: list[CouponsIssueLines]
    actions: list[str]
    result: str


class _CouponsIssueRow(TypedDict):
    id: str


class CouponsIssueRow(_CouponsIssueRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None


class CouponsIssueDraftLines(TypedDict, total=False):
    id: str | None
    kind: str | None
    pieces: int | None
    member: str | None
    tier: str | None
    tag: str
    occasion: str


class CouponsIssueDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: dict[str, Any]
    lines: list[CouponsIssueDraftLines]


class _CouponsLapseLines(TypedDict):
    id: str


class CouponsLapseLines(_CouponsLapseLines, total=False):
    coupon: Named | None
    about: str


class _CouponsLapse(TypedDict):
    id: str
    type: str


class CouponsLapse(_CouponsLapse, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: dict[str, Any]
    lines: list[CouponsLapseLines]
    actions: list[str]
    result: str


class _CouponsLapseRow(TypedDict):
    id: str


class CouponsLapseRow(_CouponsLapseRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None


class CouponsLapseDraftLines(TypedDict, total=False):
    id: str | None
    coupon: str | None
    about: str


class CouponsLapseDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: dict[str, Any]
    lines: list[CouponsLapseDraftLines]


class PurchasingOrderHeader(TypedDict, total=False):
    supplier: Named | None
    place: Named | None
    is_tax_included: bool | None
    expected_on: str | None


class _PurchasingOrderLines(TypedDict):
    id: str


class PurchasingOrderLines(_PurchasingOrderLines, total=False):
    requisition_line: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None
    price: str | None


class _PurchasingOrder(TypedDict):
    id: str
    type: str


class PurchasingOrder(_PurchasingOrder, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: PurchasingOrderHeader
    lines: list[PurchasingOrderLines]
    actions: list[str]
    result: str


class _PurchasingOrderRow(TypedDict):
    id: str


class PurchasingOrderRow(_PurchasingOrderRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    supplier: Named | None
    place: Named | None
    is_tax_included: bool | None
    expected_on: str | None


class PurchasingOrderDraftHeader(TypedDict, total=False):
    supplier: str | None
    place: str | None
    is_tax_included: bool | None
    expected_on: str | None


class PurchasingOrderDraftLines(TypedDict, total=False):
    id: str | None
    requisition_line: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None
    price: str | None


class PurchasingOrderDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: PurchasingOrderDraftHeader
    lines: list[PurchasingOrderDraftLines]


class PurchasingReceiptHeader(TypedDict, total=False):
    supplier: Named | None
    place: Named | None
    is_tax_included: bool | None
    delivery_note: str


class _PurchasingReceiptLines(TypedDict):
    id: str


class PurchasingReceiptLines(_PurchasingReceiptLines, total=False):
    order_line: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None
    price: str | None


class _PurchasingReceipt(TypedDict):
    id: str
    type: str


class PurchasingReceipt(_PurchasingReceipt, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: PurchasingReceiptHeader
    lines: list[PurchasingReceiptLines]
    actions: list[str]
    result: str


class _PurchasingReceiptRow(TypedDict):
    id: str


class PurchasingReceiptRow(_PurchasingReceiptRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    supplier: Named | None
    place: Named | None
    is_tax_included: bool | None
    delivery_note: str


class PurchasingReceiptDraftHeader(TypedDict, total=False):
    supplier: str | None
    place: str | None
    is_tax_included: bool | None
    delivery_note: str


class PurchasingReceiptDraftLines(TypedDict, total=False):
    id: str | None
    order_line: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None
    price: str | None


class PurchasingReceiptDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: PurchasingReceiptDraftHeader
    lines: list[PurchasingReceiptDraftLines]


class PurchasingBillHeader(TypedDict, total=False):
    supplier: Named | None
    place: Named | None
    invoice_kind: str | None
    invoice_number: str
    is_tax_included: bool | None
    due_on: str | None


class _PurchasingBillLines(TypedDict):
    id: str


class PurchasingBillLines(_PurchasingBillLines, total=False):
    receipt_line: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None
    price: str | None


class _PurchasingBill(TypedDict):
    id: str
    type: str


class PurchasingBill(_PurchasingBill, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: PurchasingBillHeader
    lines: list[PurchasingBillLines]
    actions: list[str]
    result: str


class _PurchasingBillRow(TypedDict):
    id: str


class PurchasingBillRow(_PurchasingBillRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    supplier: Named | None
    place: Named | None
    invoice_kind: str | None
    invoice_number: str
    is_tax_included: bool | None
    due_on: str | None


class PurchasingBillDraftHeader(TypedDict, total=False):
    supplier: str | None
    place: str | None
    invoice_kind: Literal["special", "ordinary", ""]
    invoice_number: str
    is_tax_included: bool | None
    due_on: str | None


class PurchasingBillDraftLines(TypedDict, total=False):
    id: str | None
    receipt_line: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None
    price: str | None


class PurchasingBillDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: PurchasingBillDraftHeader
    lines: list[PurchasingBillDraftLines]


class PurchasingReturnHeader(TypedDict, total=False):
    supplier: Named | None
    place: Named | None
    reason: str


class _PurchasingReturnLines(TypedDict):
    id: str


class PurchasingReturnLines(_PurchasingReturnLines, total=False):
    receipt_line: Named | None
    bill_line: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None


class _PurchasingReturn(TypedDict):
    id: str
    type: str


class PurchasingReturn(_PurchasingReturn, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: PurchasingReturnHeader
    lines: list[PurchasingReturnLines]
    actions: list[str]
    result: str


class _PurchasingReturnRow(TypedDict):
    id: str


class PurchasingReturnRow(_PurchasingReturnRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    supplier: Named | None
    place: Named | None
    reason: str


class PurchasingReturnDraftHeader(TypedDict, total=False):
    supplier: str | None
    place: str | None
    reason: str


class PurchasingReturnDraftLines(TypedDict, total=False):
    id: str | None
    receipt_line: str | None
    bill_line: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None


class PurchasingReturnDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: PurchasingReturnDraftHeader
    lines: list[PurchasingReturnDraftLines]


class PurchasingCreditHeader(TypedDict, total=False):
    supplier: Named | None
    place: Named | None
    invoice_kind: str | None
    invoice_number: str
    is_tax_included: bool | None


class _PurchasingCreditLines(TypedDict):
    id: str


class PurchasingCreditLines(_PurchasingCreditLines, total=False):
    return_line: Named | None
    bill_line: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None
    price: str | None


class _PurchasingCredit(TypedDict):
    id: str
    type: str


class PurchasingCredit(_PurchasingCredit, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: PurchasingCreditHeader
    lines: list[PurchasingCreditLines]
    actions: list[str]
    result: str


class _PurchasingCreditRow(TypedDict):
    id: str


class PurchasingCreditRow(_PurchasingCreditRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    supplier: Named | None
    place: Named | None
    invoice_kind: str | None
    invoice_number: str
    is_tax_included: bool | None


class PurchasingCreditDraftHeader(TypedDict, total=False):
    supplier: str | None
    place: str | None
    invoice_kind: Literal["special", "ordinary", ""]
    invoice_number: str
    is_tax_included: bool | None


class PurchasingCreditDraftLines(TypedDict, total=False):
    id: str | None
    return_line: str | None
    bill_line: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None
    price: str | None


class PurchasingCreditDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: PurchasingCreditDraftHeader
    lines: list[PurchasingCreditDraftLines]


class SalesOrderHeader(TypedDict, total=False):
    customer: Named | None
    place: Named | None
    is_tax_included: bool | None
    wanted_on: str | None
    customer_order: str


class _SalesOrderLines(TypedDict):
    id: str


class SalesOrderLines(_SalesOrderLines, total=False):
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None
    price: str | None


class _SalesOrder(TypedDict):
    id: str
    type: str


class SalesOrder(_SalesOrder, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: SalesOrderHeader
    lines: list[SalesOrderLines]
    actions: list[str]
    result: str


class _SalesOrderRow(TypedDict):
    id: str


class SalesOrderRow(_SalesOrderRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    customer: Named | None
    place: Named | None
    is_tax_included: bool | None
    wanted_on: str | None
    customer_order: str


class SalesOrderDraftHeader(TypedDict, total=False):
    customer: str | None
    place: str | None
    is_tax_included: bool | None
    wanted_on: str | None
    customer_order: str


class SalesOrderDraftLines(TypedDict, total=False):
    id: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None
    price: str | None


class SalesOrderDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: SalesOrderDraftHeader
    lines: list[SalesOrderDraftLines]


class SalesDeliveryHeader(TypedDict, total=False):
    customer: Named | None
    place: Named | None
    is_tax_included: bool | None
    due_on: str | None


class _SalesDeliveryLines(TypedDict):
    id: str


class SalesDeliveryLines(_SalesDeliveryLines, total=False):
    order_line: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None
    price: str | None


class _SalesDelivery(TypedDict):
    id: str
    type: str


class SalesDelivery(_SalesDelivery, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: SalesDeliveryHeader
    lines: list[SalesDeliveryLines]
    actions: list[str]
    result: str


class _SalesDeliveryRow(TypedDict):
    id: str


class SalesDeliveryRow(_SalesDeliveryRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    customer: Named | None
    place: Named | None
    is_tax_included: bool | None
    due_on: str | None


class SalesDeliveryDraftHeader(TypedDict, total=False):
    customer: str | None
    place: str | None
    is_tax_included: bool | None
    due_on: str | None


class SalesDeliveryDraftLines(TypedDict, total=False):
    id: str | None
    order_line: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None
    price: str | None


class SalesDeliveryDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: SalesDeliveryDraftHeader
    lines: list[SalesDeliveryDraftLines]


class SalesReturnHeader(TypedDict, total=False):
    customer: Named | None
    place: Named | None
    reason: str


class _SalesReturnLines(TypedDict):
    id: str


class SalesReturnLines(_SalesReturnLines, total=False):
    delivery_line: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None


class _SalesReturn(TypedDict):
    id: str
    type: str


class SalesReturn(_SalesReturn, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: SalesReturnHeader
    lines: list[SalesReturnLines]
    actions: list[str]
    result: str


class _SalesReturnRow(TypedDict):
    id: str


class SalesReturnRow(_SalesReturnRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    customer: Named | None
    place: Named | None
    reason: str


class SalesReturnDraftHeader(TypedDict, total=False):
    customer: str | None
    place: str | None
    reason: str


class SalesReturnDraftLines(TypedDict, total=False):
    id: str | None
    delivery_line: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None


class SalesReturnDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: SalesReturnDraftHeader
    lines: list[SalesReturnDraftLines]


class SalesClosingHeader(TypedDict, total=False):
    customer: Named | None
    place: Named | None
    reason: str


class _SalesClosingLines(TypedDict):
    id: str


class SalesClosingLines(_SalesClosingLines, total=False):
    order_line: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None


class _SalesClosing(TypedDict):
    id: str
    type: str


class SalesClosing(_SalesClosing, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: SalesClosingHeader
    lines: list[SalesClosingLines]
    actions: list[str]
    result: str


class _SalesClosingRow(TypedDict):
    id: str


class SalesClosingRow(_SalesClosingRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    customer: Named | None
    place: Named | None
    reason: str


class SalesClosingDraftHeader(TypedDict, total=False):
    customer: str | None
    place: str | None
    reason: str


class SalesClosingDraftLines(TypedDict, total=False):
    id: str | None
    order_line: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None


class SalesClosingDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: SalesClosingDraftHeader
    lines: list[SalesClosingDraftLines]


class FranchiseSupplyHeader(TypedDict, total=False):
    from_place: Named | None
    to_place: Named | None
    is_tax_included: bool | None
    due_on: str | None


class _FranchiseSupplyLines(TypedDict):
    id: str


class FranchiseSupplyLines(_FranchiseSupplyLines, total=False):
    requisition_line: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None
    price: str | None


class _FranchiseSupply(TypedDict):
    id: str
    type: str


class FranchiseSupply(_FranchiseSupply, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: FranchiseSupplyHeader
    lines: list[FranchiseSupplyLines]
    actions: list[str]
    result: str


class _FranchiseSupplyRow(TypedDict):
    id: str


class FranchiseSupplyRow(_FranchiseSupplyRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    from_place: Named | None
    to_place: Named | None
    is_tax_included: bool | None
    due_on: str | None


class FranchiseSupplyDraftHeader(TypedDict, total=False):
    from_place: str | None
    to_place: str | None
    is_tax_included: bool | None
    due_on: str | None


class FranchiseSupplyDraftLines(TypedDict, total=False):
    id: str | None
    requisition_line: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None
    price: str | None


class FranchiseSupplyDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: FranchiseSupplyDraftHeader
    lines: list[FranchiseSupplyDraftLines]


class FranchiseReceiptHeader(TypedDict, total=False):
    place: Named | None


class _FranchiseReceiptLines(TypedDict):
    id: str


class FranchiseReceiptLines(_FranchiseReceiptLines, total=False):
    sent_line: Named | None
    item: Named | None
    lot: str
    sent: str | None
    received: str | None
    damaged: str | None
    missing: str | None


class _FranchiseReceipt(TypedDict):
    id: str
    type: str


class FranchiseReceipt(_FranchiseReceipt, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: FranchiseReceiptHeader
    lines: list[FranchiseReceiptLines]
    actions: list[str]
    result: str


class _FranchiseReceiptRow(TypedDict):
    id: str


class FranchiseReceiptRow(_FranchiseReceiptRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    place: Named | None


class FranchiseReceiptDraftHeader(TypedDict, total=False):
    place: str | None


class FranchiseReceiptDraftLines(TypedDict, total=False):
    id: str | None
    sent_line: str | None
    item: str | None
    lot: str
    sent: str | None
    received: str | None
    damaged: str | None
    missing: str | None


class FranchiseReceiptDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: FranchiseReceiptDraftHeader
    lines: list[FranchiseReceiptDraftLines]


class FranchiseReturnHeader(TypedDict, total=False):
    from_place: Named | None
    to_place: Named | None
    reason: str


class _FranchiseReturnLines(TypedDict):
    id: str


class FranchiseReturnLines(_FranchiseReturnLines, total=False):
    supply_line: Named | None
    receipt_line: Named | None
    item: Named | None
    lot: str
    quantity: str | None
    unit: Named | None
    condition: str | None


class _FranchiseReturn(TypedDict):
    id: str
    type: str


class FranchiseReturn(_FranchiseReturn, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: FranchiseReturnHeader
    lines: list[FranchiseReturnLines]
    actions: list[str]
    result: str


class _FranchiseReturnRow(TypedDict):
    id: str


class FranchiseReturnRow(_FranchiseReturnRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    from_place: Named | None
    to_place: Named | None
    reason: str


class FranchiseReturnDraftHeader(TypedDict, total=False):
    from_place: str | None
    to_place: str | None
    reason: str


class FranchiseReturnDraftLines(TypedDict, total=False):
    id: str | None
    supply_line: str | None
    receipt_line: str | None
    item: str | None
    lot: str
    quantity: str | None
    unit: str | None
    condition: Literal["good", "damaged", "missing", ""]


class FranchiseReturnDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: FranchiseReturnDraftHeader
    lines: list[FranchiseReturnDraftLines]


class TillSaleHeader(TypedDict, total=False):
    store: Named | None
    customer: Named | None
    net: str | None
    tax: str | None
    gross: str | None
    change: str | None
    invoiceable: str | None
    invoice_state: str | None
    due_on: str | None


class _TillSaleLines(TypedDict):
    id: str


class TillSaleLines(_TillSaleLines, total=False):
    item: Named | None
    quantity: str | None
    unit: Named | None
    price: str | None
    tax_rate: str | None
    net: str | None
    tax: str | None
    gross: str | None


class _TillSale(TypedDict):
    id: str
    type: str


class TillSale(_TillSale, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: TillSaleHeader
    lines: list[TillSaleLines]
    actions: list[str]
    result: str


class _TillSaleRow(TypedDict):
    id: str


class TillSaleRow(_TillSaleRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    store: Named | None
    customer: Named | None
    net: str | None
    tax: str | None
    gross: str | None
    change: str | None
    invoiceable: str | None
    invoice_state: str | None
    due_on: str | None


class TillSaleDraftHeader(TypedDict, total=False):
    store: str | None
    customer: str | None
    net: str | None
    tax: str | None
    gross: str | None
    change: str | None
    invoiceable: str | None
    invoice_state: Literal["none", "asked", "issued", ""]
    due_on: str | None


class TillSaleDraftLines(TypedDict, total=False):
    id: str | None
    item: str | None
    quantity: str | None
    unit: str | None
    price: str | None
    tax_rate: str | None
    net: str | None
    tax: str | None
    gross: str | None


class TillSaleDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: TillSaleDraftHeader
    lines: list[TillSaleDraftLines]


class TillReturnHeader(TypedDict, total=False):
    store: Named | None
    reason: str
    net: str | None
    tax: str | None
    gross: str | None


class _TillReturnLines(TypedDict):
    id: str


class TillReturnLines(_TillReturnLines, total=False):
    item: Named | None
    quantity: str | None
    unit: Named | None
    price: str | None
    tax_rate: str | None
    net: str | None
    tax: str | None
    gross: str | None


class _TillReturn(TypedDict):
    id: str
    type: str


class TillReturn(_TillReturn, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: TillReturnHeader
    lines: list[TillReturnLines]
    actions: list[str]
    result: str


class _TillReturnRow(TypedDict):
    id: str


class TillReturnRow(_TillReturnRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    store: Named | None
    reason: str
    net: str | None
    tax: str | None
    gross: str | None


class TillReturnDraftHeader(TypedDict, total=False):
    store: str | None
    reason: str
    net: str | None
    tax: str | None
    gross: str | None


class TillReturnDraftLines(TypedDict, total=False):
    id: str | None
    item: str | None
    quantity: str | None
    unit: str | None
    price: str | None
    tax_rate: str | None
    net: str | None
    tax: str | None
    gross: str | None


class TillReturnDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: TillReturnDraftHeader
    lines: list[TillReturnDraftLines]


class TreasuryTransferHeader(TypedDict, total=False):
    from_place: Named | None
    reference: str


class _TreasuryTransferLines(TypedDict):
    id: str


class TreasuryTransferLines(_TreasuryTransferLines, total=False):
    to_place: Named | None
    amount: str | None
    fee: str | None


class _TreasuryTransfer(TypedDict):
    id: str
    type: str


class TreasuryTransfer(_TreasuryTransfer, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: TreasuryTransferHeader
    lines: list[TreasuryTransferLines]
    actions: list[str]
    result: str


class _TreasuryTransferRow(TypedDict):
    id: str


class TreasuryTransferRow(_TreasuryTransferRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    from_place: Named | None
    reference: str


class TreasuryTransferDraftHeader(TypedDict, total=False):
    from_place: str | None
    reference: str


class TreasuryTransferDraftLines(TypedDict, total=False):
    id: str | None
    to_place: str | None
    amount: str | None
    fee: str | None


class TreasuryTransferDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: TreasuryTransferDraftHeader
    lines: list[TreasuryTransferDraftLines]


class TreasuryTakingsHeader(TypedDict, total=False):
    paid_into: Named | None
    reference: str


class _TreasuryTakingsLines(TypedDict):
    id: str


class TreasuryTakingsLines(_TreasuryTakingsLines, total=False):
    store: Named | None
    method: Named | None
    amount: str | None
    fee: str | None
    missing: str | None


class _TreasuryTakings(TypedDict):
    id: str
    type: str


class TreasuryTakings(_TreasuryTakings, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: TreasuryTakingsHeader
    lines: list[TreasuryTakingsLines]
    actions: list[str]
    result: str


class _TreasuryTakingsRow(TypedDict):
    id: str


class TreasuryTakingsRow(_TreasuryTakingsRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    paid_into: Named | None
    reference: str


class TreasuryTakingsDraftHeader(TypedDict, total=False):
    paid_into: str | None
    reference: str


class TreasuryTakingsDraftLines(TypedDict, total=False):
    id: str | None
    store: str | None
    method: str | None
    amount: str | None
    fee: str | None
    missing: str | None


class TreasuryTakingsDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: TreasuryTakingsDraftHeader
    lines: list[TreasuryTakingsDraftLines]


class TreasuryExpenseHeader(TypedDict, total=False):
    paid_from: Named | None
    supplier: Named | None
    reference: str
    due_on: str | None


class _TreasuryExpenseLines(TypedDict):
    id: str


class TreasuryExpenseLines(_TreasuryExpenseLines, total=False):
    purpose: Named | None
    about: str
    unit: Named | None
    amount: str | None
    tax: str | None


class _TreasuryExpense(TypedDict):
    id: str
    type: str


class TreasuryExpense(_TreasuryExpense, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: TreasuryExpenseHeader
    lines: list[TreasuryExpenseLines]
    actions: list[str]
    result: str


class _TreasuryExpenseRow(TypedDict):
    id: str


class TreasuryExpenseRow(_TreasuryExpenseRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    paid_from: Named | None
    supplier: Named | None
    reference: str
    due_on: str | None


class TreasuryExpenseDraftHeader(TypedDict, total=False):
    paid_from: str | None
    supplier: str | None
    reference: str
    due_on: str | None


class TreasuryExpenseDraftLines(TypedDict, total=False):
    id: str | None
    purpose: str | None
    about: str
    unit: str | None
    amount: str | None
    tax: str | None


class TreasuryExpenseDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: TreasuryExpenseDraftHeader
    lines: list[TreasuryExpenseDraftLines]


class TreasuryIncomeHeader(TypedDict, total=False):
    paid_into: Named | None
    payer: Named | None
    reference: str


class _TreasuryIncomeLines(TypedDict):
    id: str


class TreasuryIncomeLines(_TreasuryIncomeLines, total=False):
    purpose: Named | None
    about: str
    unit: Named | None
    amount: str | None
    tax: str | None


class _TreasuryIncome(TypedDict):
    id: str
    type: str


class TreasuryIncome(_TreasuryIncome, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: TreasuryIncomeHeader
    lines: list[TreasuryIncomeLines]
    actions: list[str]
    result: str


class _TreasuryIncomeRow(TypedDict):
    id: str


class TreasuryIncomeRow(_TreasuryIncomeRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    paid_into: Named | None
    payer: Named | None
    reference: str


class TreasuryIncomeDraftHeader(TypedDict, total=False):
    paid_into: str | None
    payer: str | None
    reference: str


class TreasuryIncomeDraftLines(TypedDict, total=False):
    id: str | None
    purpose: str | None
    about: str
    unit: str | None
    amount: str | None
    tax: str | None


class TreasuryIncomeDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: TreasuryIncomeDraftHeader
    lines: list[TreasuryIncomeDraftLines]


class TreasuryYearCloseHeader(TypedDict, total=False):
    year: int | None


class TreasuryYearCloseLines(TypedDict):
    id: str


class _TreasuryYearClose(TypedDict):
    id: str
    type: str


class TreasuryYearClose(_TreasuryYearClose, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: TreasuryYearCloseHeader
    lines: list[TreasuryYearCloseLines]
    actions: list[str]
    result: str


class _TreasuryYearCloseRow(TypedDict):
    id: str


class TreasuryYearCloseRow(_TreasuryYearCloseRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    year: int | None


class TreasuryYearCloseDraftHeader(TypedDict, total=False):
    year: int | None


class TreasuryYearCloseDraftLines(TypedDict, total=False):
    id: str | None


class TreasuryYearCloseDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: TreasuryYearCloseDraftHeader
    lines: list[TreasuryYearCloseDraftLines]


class TillShiftHeader(TypedDict, total=False):
    store: Named | None
    clerk: Named | None
    float_amount: str | None
    expected: str | None
    counted: str | None
    difference: str | None
    kept: str | None
    remark: str


class _TillShiftLines(TypedDict):
    id: str


class TillShiftLines(_TillShiftLines, total=False):
    kind: str | None
    face: str | None
    pieces: int | None
    amount: str | None


class _TillShift(TypedDict):
    id: str
    type: str


class TillShift(_TillShift, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: TillShiftHeader
    lines: list[TillShiftLines]
    actions: list[str]
    result: str


class _TillShiftRow(TypedDict):
    id: str


class TillShiftRow(_TillShiftRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    store: Named | None
    clerk: Named | None
    float_amount: str | None
    expected: str | None
    counted: str | None
    difference: str | None
    kept: str | None
    remark: str


class TillShiftDraftHeader(TypedDict, total=False):
    store: str | None
    clerk: str | None
    float_amount: str | None
    expected: str | None
    counted: str | None
    difference: str | None
    kept: str | None
    remark: str


class TillShiftDraftLines(TypedDict, total=False):
    id: str | None
    kind: Literal["note", "coin", ""]
    face: str | None
    pieces: int | None
    amount: str | None


class TillShiftDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: TillShiftDraftHeader
    lines: list[TillShiftDraftLines]


class StoredValueTopUpHeader(TypedDict, total=False):
    method: Named | None
    reference: str


class _StoredValueTopUpLines(TypedDict):
    id: str


class StoredValueTopUpLines(_StoredValueTopUpLines, total=False):
    member: Named | None
    amount: str | None


class _StoredValueTopUp(TypedDict):
    id: str
    type: str


class StoredValueTopUp(_StoredValueTopUp, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StoredValueTopUpHeader
    lines: list[StoredValueTopUpLines]
    actions: list[str]
    result: str


class _StoredValueTopUpRow(TypedDict):
    id: str


class StoredValueTopUpRow(_StoredValueTopUpRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    method: Named | None
    reference: str


class StoredValueTopUpDraftHeader(TypedDict, total=False):
    method: str | None
    reference: str


class StoredValueTopUpDraftLines(TypedDict, total=False):
    id: str | None
    member: str | None
    amount: str | None


class StoredValueTopUpDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StoredValueTopUpDraftHeader
    lines: list[StoredValueTopUpDraftLines]


class StoredValuePayOutHeader(TypedDict, total=False):
    method: Named | None
    reference: str


class _StoredValuePayOutLines(TypedDict):
    id: str


class StoredValuePayOutLines(_StoredValuePayOutLines, total=False):
    member: Named | None
    amount: str | None
    about: str


class _StoredValuePayOut(TypedDict):
    id: str
    type: str


class StoredValuePayOut(_StoredValuePayOut, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StoredValuePayOutHeader
    lines: list[StoredValuePayOutLines]
    actions: list[str]
    result: str


class _StoredValuePayOutRow(TypedDict):
    id: str


class StoredValuePayOutRow(_StoredValuePayOutRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    method: Named | None
    reference: str


class StoredValuePayOutDraftHeader(TypedDict, total=False):
    method: str | None
    reference: str


class StoredValuePayOutDraftLines(TypedDict, total=False):
    id: str | None
    member: str | None
    amount: str | None
    about: str


class StoredValuePayOutDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StoredValuePayOutDraftHeader
    lines: list[StoredValuePayOutDraftLines]


class StoredValueCardSaleHeader(TypedDict, total=False):
    method: Named | None
    reference: str


class _StoredValueCardSaleLines(TypedDict):
    id: str


class StoredValueCardSaleLines(_StoredValueCardSaleLines, total=False):
    member: Named | None
    kind: Named | None


class _StoredValueCardSale(TypedDict):
    id: str
    type: str


class StoredValueCardSale(_StoredValueCardSale, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StoredValueCardSaleHeader
    lines: list[StoredValueCardSaleLines]
    actions: list[str]
    result: str


class _StoredValueCardSaleRow(TypedDict):
    id: str


class StoredValueCardSaleRow(_StoredValueCardSaleRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    method: Named | None
    reference: str


class StoredValueCardSaleDraftHeader(TypedDict, total=False):
    method: str | None
    reference: str


class StoredValueCardSaleDraftLines(TypedDict, total=False):
    id: str | None
    member: str | None
    kind: str | None


class StoredValueCardSaleDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StoredValueCardSaleDraftHeader
    lines: list[StoredValueCardSaleDraftLines]


class StoredValueCardRefundHeader(TypedDict, total=False):
    method: Named | None
    reference: str


class _StoredValueCardRefundLines(TypedDict):
    id: str


class StoredValueCardRefundLines(_StoredValueCardRefundLines, total=False):
    card: Named | None
    about: str


class _StoredValueCardRefund(TypedDict):
    id: str
    type: str


class StoredValueCardRefund(_StoredValueCardRefund, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StoredValueCardRefundHeader
    lines: list[StoredValueCardRefundLines]
    actions: list[str]
    result: str


class _StoredValueCardRefundRow(TypedDict):
    id: str


class StoredValueCardRefundRow(_StoredValueCardRefundRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    method: Named | None
    reference: str


class StoredValueCardRefundDraftHeader(TypedDict, total=False):
    method: str | None
    reference: str


class StoredValueCardRefundDraftLines(TypedDict, total=False):
    id: str | None
    card: str | None
    about: str


class StoredValueCardRefundDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StoredValueCardRefundDraftHeader
    lines: list[StoredValueCardRefundDraftLines]


class StoredValueSettlementHeader(TypedDict, total=False):
    from_place: Named | None
    reference: str


class _StoredValueSettlementLines(TypedDict):
    id: str


class StoredValueSettlementLines(_StoredValueSettlementLines, total=False):
    store: Named | None
    to_place: Named | None
    amount: str | None


class _StoredValueSettlement(TypedDict):
    id: str
    type: str


class StoredValueSettlement(_StoredValueSettlement, total=False):
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    follows: str | None
    replaces: str | None
    created_by: Named | None
    submitted_by: Named | None
    posted_by: Named | None
    reversed_by: Named | None
    header: StoredValueSettlementHeader
    lines: list[StoredValueSettlementLines]
    actions: list[str]
    result: str


class _StoredValueSettlementRow(TypedDict):
    id: str


class StoredValueSettlementRow(_StoredValueSettlementRow, total=False):
    type: str
    unit: Named | None
    other_unit: Named | None
    number: str | None
    state: Literal["draft", "submitted", "posted", "reversed", "void"]
    version: int
    business_date: str
    currency: str
    total: str | None
    note: str
    created_at: str | None
    changed_at: str | None
    submitted_at: str | None
    posted_at: str | None
    reversed_at: str | None
    from_place: Named | None
    reference: str


class StoredValueSettlementDraftHeader(TypedDict, total=False):
    from_place: str | None
    reference: str


class StoredValueSettlementDraftLines(TypedDict, total=False):
    id: str | None
    store: str | None
    to_place: str | None
    amount: str | None


class StoredValueSettlementDraft(TypedDict, total=False):
    id: str
    business_date: str | None
    note: str | None
    unit: str | None
    follows: str | None
    header: StoredValueSettlementDraftHeader
    lines: list[StoredValueSettlementDraftLines]


class _TaxesCategory(TypedDict):
    id: str


class TaxesCategory(_TaxesCategory, total=False):
    code: str
    name: str
    treatment: str | None
    state: str | None


class TaxesCategoryDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    treatment: Literal["taxable", "zero_rated", "exempt", "not_taxable", ""]


class _TaxesRate(TypedDict):
    id: str


class TaxesRate(_TaxesRate, total=False):
    category: Named | None
    rate: str | None
    valid_from: str | None
    state: str | None


class TaxesRateDraft(TypedDict, total=False):
    id: str
    category: str | None
    rate: str | None
    valid_from: str | None


class _ItemsUnit(TypedDict):
    id: str


class ItemsUnit(_ItemsUnit, total=False):
    code: str
    name: str
    dimension: str | None
    step: str | None
    size: str | None
    state: str | None


class ItemsUnitDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    dimension: Literal["count", "weight", "volume", "length", "area", "time", ""]
    step: str | None
    size: str | None


class _ItemsCategory(TypedDict):
    id: str


class ItemsCategory(_ItemsCategory, total=False):
    code: str
    name: str
    parent: Named | None
    state: str | None


class ItemsCategoryDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    parent: str | None


class _ItemsFamilyOptions(TypedDict):
    id: str


class ItemsFamilyOptions(_ItemsFamilyOptions, total=False):
    name: str
    values: str


class _ItemsFamily(TypedDict):
    id: str


class ItemsFamily(_ItemsFamily, total=False):
    code: str
    name: str
    state: str | None
    options: list[ItemsFamilyOptions]


class ItemsFamilyDraftOptions(TypedDict, total=False):
    id: str
    name: str
    values: str


class ItemsFamilyDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    options: list[ItemsFamilyDraftOptions]


class _ItemsFamilyOption(TypedDict):
    id: str


class ItemsFamilyOption(_ItemsFamilyOption, total=False):
    family: Named | None
    name: str
    values: str
    state: str | None


class ItemsFamilyOptionDraft(TypedDict, total=False):
    id: str
    family: str | None
    name: str
    values: str


class _ItemsItemUnits(TypedDict):
    id: str


class ItemsItemUnits(_ItemsItemUnits, total=False):
    unit: Named | None
    factor: str | None


class _ItemsItemBarcodes(TypedDict):
    id: str


class ItemsItemBarcodes(_ItemsItemBarcodes, total=False):
    code: str
    unit: Named | None
    kind: str | None
    is_main: bool | None


class _ItemsItemPrices(TypedDict):
    id: str


class ItemsItemPrices(_ItemsItemPrices, total=False):
    price_list: Named | None
    unit: Named | None
    barcode: Named | None
    price: str | None
    valid_from: str | None
    from_clock: str


class _ItemsItem(TypedDict):
    id: str


class ItemsItem(_ItemsItem, total=False):
    code: str
    name: str
    specification: str
    kind: str | None
    category: Named | None
    brand: str
    origin: str
    base_unit: Named | None
    is_weighed: bool | None
    is_price_open: bool | None
    has_lots: bool | None
    family: Named | None
    variant: str
    tax_category: Named | None
    tax_code: str
    state: str | None
    units: list[ItemsItemUnits]
    barcodes: list[ItemsItemBarcodes]
    prices: list[ItemsItemPrices]


class ItemsItemDraftUnits(TypedDict, total=False):
    id: str
    unit: str | None
    factor: str | None


class ItemsItemDraftBarcodes(TypedDict, total=False):
    id: str
    code: str
    unit: str | None
    kind: Literal["gtin", "own", "scale", ""]
    is_main: bool | None


class ItemsItemDraftPrices(TypedDict, total=False):
    id: str
    price_list: str | None
    unit: str | None
    barcode: str | None
    price: str | None
    valid_from: str | None
    from_clock: str


class ItemsItemDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    specification: str
    kind: Literal["stocked", "service", "bundle", "wallet", "deposit", ""]
    category: str | None
    brand: str
    origin: str
    base_unit: str | None
    is_weighed: bool | None
    is_price_open: bool | None
    has_lots: bool | None
    family: str | None
    variant: str
    tax_category: str | None
    tax_code: str
    units: list[ItemsItemDraftUnits]
    barcodes: list[ItemsItemDraftBarcodes]
    prices: list[ItemsItemDraftPrices]


class _ItemsItemUnit(TypedDict):
    id: str


class ItemsItemUnit(_ItemsItemUnit, total=False):
    item: Named | None
    unit: Named | None
    factor: str | None
    state: str | None


class ItemsItemUnitDraft(TypedDict, total=False):
    id: str
    item: str | None
    unit: str | None
    factor: str | None


class _ItemsBarcode(TypedDict):
    id: str


class ItemsBarcode(_ItemsBarcode, total=False):
    code: str
    item: Named | None
    unit: Named | None
    kind: str | None
    is_main: bool | None
    state: str | None


class ItemsBarcodeDraft(TypedDict, total=False):
    id: str
    code: str
    item: str | None
    unit: str | None
    kind: Literal["gtin", "own", "scale", ""]
    is_main: bool | None


class _ItemsBarcodeLayout(TypedDict):
    id: str


class ItemsBarcodeLayout(_ItemsBarcodeLayout, total=False):
    code: str
    name: str
    pattern: str
    weight_places: int | None
    price_places: int | None
    state: str | None


class ItemsBarcodeLayoutDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    pattern: str
    weight_places: int | None
    price_places: int | None


class _ItemsItemAtUnit(TypedDict):
    id: str


class ItemsItemAtUnit(_ItemsItemAtUnit, total=False):
    item: Named | None
    org_unit: Named | None
    valid_from: str | None
    is_carried: bool | None
    is_orderable: bool | None
    is_sellable: bool | None
    is_returnable: bool | None
    status: str | None
    main_supplier: Named | None
    delivery_mode: str | None
    stock_min: str | None
    state: str | None


class ItemsItemAtUnitDraft(TypedDict, total=False):
    id: str
    item: str | None
    org_unit: str | None
    valid_from: str | None
    is_carried: bool | None
    is_orderable: bool | None
    is_sellable: bool | None
    is_returnable: bool | None
    status: Literal["new", "normal", "discontinued", ""]
    main_supplier: str | None
    delivery_mode: Literal["warehouse", "direct", "cross_dock", ""]
    stock_min: str | None


class _ItemsSupplierItem(TypedDict):
    id: str


class ItemsSupplierItem(_ItemsSupplierItem, total=False):
    supplier: Named | None
    item: Named | None
    supplier_code: str
    order_unit: Named | None
    pack: str | None
    order_min: str | None
    lead_days: int | None
    trade_mode: str | None
    state: str | None


class ItemsSupplierItemDraft(TypedDict, total=False):
    id: str
    supplier: str | None
    item: str | None
    supplier_code: str
    order_unit: str | None
    pack: str | None
    order_min: str | None
    lead_days: int | None
    trade_mode: Literal["bought", "consignment", "concession", ""]


class _ItemsSupplierPrice(TypedDict):
    id: str


class ItemsSupplierPrice(_ItemsSupplierPrice, total=False):
    supplier_item: Named | None
    price: str | None
    is_tax_included: bool | None
    valid_from: str | None
    valid_until: str | None
    state: str | None


class ItemsSupplierPriceDraft(TypedDict, total=False):
    id: str
    supplier_item: str | None
    price: str | None
    is_tax_included: bool | None
    valid_from: str | None
    valid_until: str | None


class _PlacesPlace(TypedDict):
    id: str


class PlacesPlace(_PlacesPlace, total=False):
    unit: Named | None
    code: str
    name: str
    kind: str | None
    is_default: bool | None
    state: str | None


class PlacesPlaceDraft(TypedDict, total=False):
    id: str
    unit: str | None
    code: str
    name: str
    kind: Literal["shelf", "receiving", "display", "damaged", "quarantine", ""]
    is_default: bool | None


class _PartiesParty(TypedDict):
    id: str


class PartiesParty(_PartiesParty, total=False):
    code: str
    name: str
    short_name: str
    is_supplier: bool | None
    is_customer: bool | None
    invoice_title: str
    tax_number: str
    bank_name: str
    bank_account: str
    due_days: int | None
    due_from: str | None
    is_wholesale: bool | None
    price_list: Named | None
    credit_limit: str | None
    customer_of: Named | None
    entity: Named | None
    supply_percent: str | None
    note: str
    state: str | None


class PartiesPartyDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    short_name: str
    is_supplier: bool | None
    is_customer: bool | None
    invoice_title: str
    tax_number: str
    bank_name: str
    bank_account: str
    due_days: int | None
    due_from: Literal["bill", "month", ""]
    is_wholesale: bool | None
    price_list: str | None
    credit_limit: str | None
    customer_of: str | None
    entity: str | None
    supply_percent: str | None
    note: str


class _PartiesContact(TypedDict):
    id: str


class PartiesContact(_PartiesContact, total=False):
    party: Named | None
    name: str
    position: str
    phone: str
    email: str
    address: str
    is_main: bool | None
    state: str | None


class PartiesContactDraft(TypedDict, total=False):
    id: str
    party: str | None
    name: str
    position: str
    phone: str
    email: str
    address: str
    is_main: bool | None


class _PricesList(TypedDict):
    id: str


class PricesList(_PricesList, total=False):
    code: str
    name: str
    org_unit: Named | None
    holds_for: str | None
    currency: str
    is_tax_included: bool | None
    valid_from: str | None
    valid_until: str | None
    state: str | None


class PricesListDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    org_unit: str | None
    holds_for: Literal["everybody", "wholesale", "named", ""]
    currency: str
    is_tax_included: bool | None
    valid_from: str | None
    valid_until: str | None


class _PricesPrice(TypedDict):
    id: str


class PricesPrice(_PricesPrice, total=False):
    price_list: Named | None
    item: Named | None
    unit: Named | None
    barcode: Named | None
    price: str | None
    valid_from: str | None
    from_clock: str
    state: str | None


class PricesPriceDraft(TypedDict, total=False):
    id: str
    price_list: str | None
    item: str | None
    unit: str | None
    barcode: str | None
    price: str | None
    valid_from: str | None
    from_clock: str


class _FinanceMoneyPlace(TypedDict):
    id: str


class FinanceMoneyPlace(_FinanceMoneyPlace, total=False):
    code: str
    name: str
    unit: Named | None
    kind: str | None
    number: str
    state: str | None


class FinanceMoneyPlaceDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    unit: str | None
    kind: Literal["cash", "bank", "provider", ""]
    number: str


class _MembershipProgramme(TypedDict):
    id: str


class MembershipProgramme(_MembershipProgramme, total=False):
    code: str
    name: str
    points_per_yuan: int | None
    expiry_months: int | None
    tier_months: int | None
    state: str | None


class MembershipProgrammeDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    points_per_yuan: int | None
    expiry_months: int | None
    tier_months: int | None


class _MembershipTier(TypedDict):
    id: str


class MembershipTier(_MembershipTier, total=False):
    code: str
    name: str
    programme: Named | None
    spent_min: str | None
    state: str | None


class MembershipTierDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    programme: str | None
    spent_min: str | None


class _MembershipEarnRule(TypedDict):
    id: str


class MembershipEarnRule(_MembershipEarnRule, total=False):
    code: str
    name: str
    programme: Named | None
    points: str | None
    tier: Named | None
    category: Named | None
    weekdays: str
    on_birthday: bool | None
    valid_from: str | None
    valid_until: str | None
    state: str | None


class MembershipEarnRuleDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    programme: str | None
    points: str | None
    tier: str | None
    category: str | None
    weekdays: str
    on_birthday: bool | None
    valid_from: str | None
    valid_until: str | None


class _MembershipWalletRule(TypedDict):
    id: str


class MembershipWalletRule(_MembershipWalletRule, total=False):
    code: str
    valid_from: str | None
    unregistered_max: str | None
    registered_max: str | None
    named_from: str | None
    unregistered_months: int | None
    uses: str | None
    state: str | None


class MembershipWalletRuleDraft(TypedDict, total=False):
    id: str
    code: str
    valid_from: str | None
    unregistered_max: str | None
    registered_max: str | None
    named_from: str | None
    unregistered_months: int | None
    uses: Literal["proportion", "principal", "bonus", ""]


class _MembershipTopUpRule(TypedDict):
    id: str


class MembershipTopUpRule(_MembershipTopUpRule, total=False):
    code: str
    amount_min: str | None
    bonus: str | None
    valid_from: str | None
    valid_until: str | None
    state: str | None


class MembershipTopUpRuleDraft(TypedDict, total=False):
    id: str
    code: str
    amount_min: str | None
    bonus: str | None
    valid_from: str | None
    valid_until: str | None


class _MembershipMember(TypedDict):
    id: str


class MembershipMember(_MembershipMember, total=False):
    code: str
    phone: str
    name: str
    birthday: str
    tags: str
    note: str
    tier: Named | None
    joined_on: str | None
    joined_at: Named | None
    state: str | None


class MembershipMemberDraft(TypedDict, total=False):
    id: str
    code: str
    phone: str
    name: str
    birthday: str
    tags: str
    note: str


class _PricesLevel(TypedDict):
    id: str


class PricesLevel(_PricesLevel, total=False):
    price_list: Named | None
    item: Named | None
    unit: Named | None
    buyer: str | None
    tier: Named | None
    from_quantity: str | None
    price: str | None
    valid_from: str | None
    from_clock: str
    valid_until: str | None
    state: str | None


class PricesLevelDraft(TypedDict, total=False):
    id: str
    price_list: str | None
    item: str | None
    unit: str | None
    buyer: Literal["everybody", "members", ""]
    tier: str | None
    from_quantity: str | None
    price: str | None
    valid_from: str | None
    from_clock: str
    valid_until: str | None


class _PricesBand(TypedDict):
    id: str


class PricesBand(_PricesBand, total=False):
    code: str
    org_unit: Named | None
    price_list: Named | None
    item: Named | None
    category: Named | None
    floor: str | None
    ceiling: str | None
    margin_min: str | None
    valid_from: str | None
    valid_until: str | None
    state: str | None


class PricesBandDraft(TypedDict, total=False):
    id: str
    code: str
    org_unit: str | None
    price_list: str | None
    item: str | None
    category: str | None
    floor: str | None
    ceiling: str | None
    margin_min: str | None
    valid_from: str | None
    valid_until: str | None


class _PromotionsGroup(TypedDict):
    id: str


class PromotionsGroup(_PromotionsGroup, total=False):
    code: str
    name: str
    rule: str | None
    position: int | None
    state: str | None


class PromotionsGroupDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    rule: Literal["stack", "best", "one", ""]
    position: int | None


class _CouponsKind(TypedDict):
    id: str


class CouponsKind(_CouponsKind, total=False):
    code: str
    name: str
    form: str | None
    amount: str | None
    percent: str | None
    item: Named | None
    minimum: str | None
    valid_from: str | None
    valid_until: str | None
    days: int | None
    tier: Named | None
    tag: str
    unit: Named | None
    most: int | None
    is_transferable: bool | None
    comes_back: bool | None
    after_sale: str | None
    state: str | None


class CouponsKindDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    form: Literal["amount", "percent", "goods", "opens", ""]
    amount: str | None
    percent: str | None
    item: str | None
    minimum: str | None
    valid_from: str | None
    valid_until: str | None
    days: int | None
    tier: str | None
    tag: str
    unit: str | None
    most: int | None
    is_transferable: bool | None
    comes_back: bool | None
    after_sale: str | None


class _CouponsGift(TypedDict):
    id: str


class CouponsGift(_CouponsGift, total=False):
    code: str
    day: str | None
    kind: Named | None
    tier: Named | None
    days_before: int | None
    valid_from: str | None
    valid_until: str | None
    state: str | None


class CouponsGiftDraft(TypedDict, total=False):
    id: str
    code: str
    day: Literal["birthday", "joined", ""]
    kind: str | None
    tier: str | None
    days_before: int | None
    valid_from: str | None
    valid_until: str | None


class _PunchcardsKind(TypedDict):
    id: str


class PunchcardsKind(_PunchcardsKind, total=False):
    code: str
    name: str
    item: Named | None
    category: Named | None
    uses: int | None
    price: str | None
    days: int | None
    unit: Named | None
    state: str | None


class PunchcardsKindDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    item: str | None
    category: str | None
    uses: int | None
    price: str | None
    days: int | None
    unit: str | None


class _TillPaymentMethod(TypedDict):
    id: str


class TillPaymentMethod(_TillPaymentMethod, total=False):
    code: str
    name: str
    kind: str | None
    gives_change: bool | None
    is_refundable: bool | None
    is_invoiceable: bool | None
    is_by_provider: bool | None
    fee_rate: str | None
    settle_days: int | None
    position: int | None
    state: str | None


class TillPaymentMethodDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    kind: Literal["money", "stored_value", "points", "account", ""]
    gives_change: bool | None
    is_refundable: bool | None
    is_invoiceable: bool | None
    is_by_provider: bool | None
    fee_rate: str | None
    settle_days: int | None
    position: int | None


class _TillDisplayPage(TypedDict):
    id: str


class TillDisplayPage(_TillDisplayPage, total=False):
    code: str
    text: str
    item: Named | None
    unit: Named | None
    position: int | None
    valid_from: str | None
    valid_until: str | None
    state: str | None


class TillDisplayPageDraft(TypedDict, total=False):
    id: str
    code: str
    text: str
    item: str | None
    unit: str | None
    position: int | None
    valid_from: str | None
    valid_until: str | None


class _TreasuryPurpose(TypedDict):
    id: str


class TreasuryPurpose(_TreasuryPurpose, total=False):
    code: str
    name: str
    kind: str | None
    state: str | None


class TreasuryPurposeDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    kind: Literal["expense", "income", ""]


class _SelfservicePage(TypedDict):
    id: str


class SelfservicePage(_SelfservicePage, total=False):
    code: str
    valid_from: str | None
    address: str
    rules: str
    rules_en: str
    state: str | None


class SelfservicePageDraft(TypedDict, total=False):
    id: str
    code: str
    valid_from: str | None
    address: str
    rules: str
    rules_en: str


class _PrintsLabelFormat(TypedDict):
    id: str


class PrintsLabelFormat(_PrintsLabelFormat, total=False):
    code: str
    name: str
    width: int | None
    height: int | None
    gap: int | None
    shows_origin: bool | None
    shows_code: bool | None
    shows_barcode: bool | None
    shows_member_price: bool | None
    shows_more_prices: bool | None
    state: str | None


class PrintsLabelFormatDraft(TypedDict, total=False):
    id: str
    code: str
    name: str
    width: int | None
    height: int | None
    gap: int | None
    shows_origin: bool | None
    shows_code: bool | None
    shows_barcode: bool | None
    shows_member_price: bool | None
    shows_more_prices: bool | None


class StockCountResource(Documents[StockCountRow, StockCount, StockCountDraft]):
    """All of `stock.count`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockCount:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockCount:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(self, pk: str, *, answers: Sequence[str] = (), version: Version = None) -> StockCount:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockCount:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockCount:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(self, pk: str, *, answers: Sequence[str] = (), version: Version = None) -> StockCount:
        return self._act("void", pk, answers=answers, version=version)


class StockLossResource(Documents[StockLossRow, StockLoss, StockLossDraft]):
    """All of `stock.loss`."""

    def submit(self, pk: str, *, answers: Sequence[str] = (), version: Version = None) -> StockLoss:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockLoss:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(self, pk: str, *, answers: Sequence[str] = (), version: Version = None) -> StockLoss:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockLoss:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockLoss:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(self, pk: str, *, answers: Sequence[str] = (), version: Version = None) -> StockLoss:
        return self._act("void", pk, answers=answers, version=version)


class StockOverageResource(Documents[StockOverageRow, StockOverage, StockOverageDraft]):
    """All of `stock.overage`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockOverage:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockOverage:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockOverage:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockOverage:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockOverage:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockOverage:
        return self._act("void", pk, answers=answers, version=version)


class StockAssemblyResource(Documents[StockAssemblyRow, StockAssembly, StockAssemblyDraft]):
    """All of `stock.assembly`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockAssembly:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockAssembly:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockAssembly:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockAssembly:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockAssembly:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockAssembly:
        return self._act("void", pk, answers=answers, version=version)


class StockDisassemblyResource(
    Documents[StockDisassemblyRow, StockDisassembly, StockDisassemblyDraft]
):
    """All of `stock.disassembly`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockDisassembly:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockDisassembly:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockDisassembly:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockDisassembly:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockDisassembly:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockDisassembly:
        return self._act("void", pk, answers=answers, version=version)


class StockRequisitionResource(
    Documents[StockRequisitionRow, StockRequisition, StockRequisitionDraft]
):
    """All of `stock.requisition`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockRequisition:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockRequisition:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockRequisition:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockRequisition:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockRequisition:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockRequisition:
        return self._act("void", pk, answers=answers, version=version)


class StockRequisitionClosingResource(
    Documents[StockRequisitionClosingRow, StockRequisitionClosing, StockRequisitionClosingDraft]
):
    """All of `stock.requisition_closing`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockRequisitionClosing:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockRequisitionClosing:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockRequisitionClosing:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockRequisitionClosing:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockRequisitionClosing:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockRequisitionClosing:
        return self._act("void", pk, answers=answers, version=version)


class StockOpeningResource(Documents[StockOpeningRow, StockOpening, StockOpeningDraft]):
    """All of `stock.opening`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockOpening:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockOpening:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockOpening:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockOpening:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockOpening:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockOpening:
        return self._act("void", pk, answers=answers, version=version)


class StockTransferResource(Documents[StockTransferRow, StockTransfer, StockTransferDraft]):
    """All of `stock.transfer`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockTransfer:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockTransfer:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockTransfer:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockTransfer:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockTransfer:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockTransfer:
        return self._act("void", pk, answers=answers, version=version)


class StockTransferReceiptResource(
    Documents[StockTransferReceiptRow, StockTransferReceipt, StockTransferReceiptDraft]
):
    """All of `stock.transfer_receipt`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockTransferReceipt:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockTransferReceipt:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockTransferReceipt:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockTransferReceipt:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockTransferReceipt:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StockTransferReceipt:
        return self._act("void", pk, answers=answers, version=version)


class FinanceSupplierPaymentResource(
    Documents[FinanceSupplierPaymentRow, FinanceSupplierPayment, FinanceSupplierPaymentDraft]
):
    """All of `finance.supplier_payment`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceSupplierPayment:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceSupplierPayment:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceSupplierPayment:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceSupplierPayment:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceSupplierPayment:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceSupplierPayment:
        return self._act("void", pk, answers=answers, version=version)


class FinanceCustomerReceiptResource(
    Documents[FinanceCustomerReceiptRow, FinanceCustomerReceipt, FinanceCustomerReceiptDraft]
):
    """All of `finance.customer_receipt`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceCustomerReceipt:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceCustomerReceipt:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceCustomerReceipt:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceCustomerReceipt:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceCustomerReceipt:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceCustomerReceipt:
        return self._act("void", pk, answers=answers, version=version)


class FinanceSetOffResource(Documents[FinanceSetOffRow, FinanceSetOff, FinanceSetOffDraft]):
    """All of `finance.set_off`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceSetOff:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceSetOff:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceSetOff:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceSetOff:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceSetOff:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceSetOff:
        return self._act("void", pk, answers=answers, version=version)


class FinanceOpeningResource(Documents[FinanceOpeningRow, FinanceOpening, FinanceOpeningDraft]):
    """All of `finance.opening`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceOpening:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceOpening:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceOpening:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceOpening:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceOpening:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FinanceOpening:
        return self._act("void", pk, answers=answers, version=version)


class MembershipMergeResource(Documents[MembershipMergeRow, MembershipMerge, MembershipMergeDraft]):
    """All of `membership.merge`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> MembershipMerge:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> MembershipMerge:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> MembershipMerge:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> MembershipMerge:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> MembershipMerge:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> MembershipMerge:
        return self._act("void", pk, answers=answers, version=version)


class MembershipExpiryResource(
    Documents[MembershipExpiryRow, MembershipExpiry, MembershipExpiryDraft]
):
    """All of `membership.expiry`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> MembershipExpiry:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> MembershipExpiry:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> MembershipExpiry:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> MembershipExpiry:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> MembershipExpiry:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> MembershipExpiry:
        return self._act("void", pk, answers=answers, version=version)


class PricesChangeResource(Documents[PricesChangeRow, PricesChange, PricesChangeDraft]):
    """All of `prices.change`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PricesChange:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PricesChange:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PricesChange:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PricesChange:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PricesChange:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PricesChange:
        return self._act("void", pk, answers=answers, version=version)


class PromotionsPromotionResource(
    Documents[PromotionsPromotionRow, PromotionsPromotion, PromotionsPromotionDraft]
):
    """All of `promotions.promotion`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PromotionsPromotion:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PromotionsPromotion:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PromotionsPromotion:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PromotionsPromotion:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PromotionsPromotion:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PromotionsPromotion:
        return self._act("void", pk, answers=answers, version=version)

    def end(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PromotionsPromotion:
        return self._act("end", pk, reason=reason, answers=answers, version=version)

    def change(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PromotionsPromotion:
        return self._act("change", pk, answers=answers, version=version)


class CouponsIssueResource(Documents[CouponsIssueRow, CouponsIssue, CouponsIssueDraft]):
    """All of `coupons.issue`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> CouponsIssue:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> CouponsIssue:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> CouponsIssue:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> CouponsIssue:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> CouponsIssue:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> CouponsIssue:
        return self._act("void", pk, answers=answers, version=version)


class CouponsLapseResource(Documents[CouponsLapseRow, CouponsLapse, CouponsLapseDraft]):
    """All of `coupons.lapse`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> CouponsLapse:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> CouponsLapse:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> CouponsLapse:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> CouponsLapse:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> CouponsLapse:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> CouponsLapse:
        return self._act("void", pk, answers=answers, version=version)


class PurchasingOrderResource(Documents[PurchasingOrderRow, PurchasingOrder, PurchasingOrderDraft]):
    """All of `purchasing.order`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingOrder:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingOrder:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingOrder:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingOrder:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingOrder:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingOrder:
        return self._act("void", pk, answers=answers, version=version)


class PurchasingReceiptResource(
    Documents[PurchasingReceiptRow, PurchasingReceipt, PurchasingReceiptDraft]
):
    """All of `purchasing.receipt`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingReceipt:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingReceipt:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingReceipt:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingReceipt:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingReceipt:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingReceipt:
        return self._act("void", pk, answers=answers, version=version)


class PurchasingBillResource(Documents[PurchasingBillRow, PurchasingBill, PurchasingBillDraft]):
    """All of `purchasing.bill`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingBill:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingBill:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingBill:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingBill:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingBill:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingBill:
        return self._act("void", pk, answers=answers, version=version)


class PurchasingReturnResource(
    Documents[PurchasingReturnRow, PurchasingReturn, PurchasingReturnDraft]
):
    """All of `purchasing.return`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingReturn:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingReturn:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingReturn:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingReturn:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingReturn:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingReturn:
        return self._act("void", pk, answers=answers, version=version)


class PurchasingCreditResource(
    Documents[PurchasingCreditRow, PurchasingCredit, PurchasingCreditDraft]
):
    """All of `purchasing.credit`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingCredit:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingCredit:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingCredit:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingCredit:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingCredit:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> PurchasingCredit:
        return self._act("void", pk, answers=answers, version=version)


class SalesOrderResource(Documents[SalesOrderRow, SalesOrder, SalesOrderDraft]):
    """All of `sales.order`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesOrder:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesOrder:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(self, pk: str, *, answers: Sequence[str] = (), version: Version = None) -> SalesOrder:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesOrder:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesOrder:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(self, pk: str, *, answers: Sequence[str] = (), version: Version = None) -> SalesOrder:
        return self._act("void", pk, answers=answers, version=version)


class SalesDeliveryResource(Documents[SalesDeliveryRow, SalesDelivery, SalesDeliveryDraft]):
    """All of `sales.delivery`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesDelivery:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesDelivery:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesDelivery:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesDelivery:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesDelivery:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesDelivery:
        return self._act("void", pk, answers=answers, version=version)


class SalesReturnResource(Documents[SalesReturnRow, SalesReturn, SalesReturnDraft]):
    """All of `sales.return`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesReturn:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesReturn:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(self, pk: str, *, answers: Sequence[str] = (), version: Version = None) -> SalesReturn:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesReturn:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesReturn:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(self, pk: str, *, answers: Sequence[str] = (), version: Version = None) -> SalesReturn:
        return self._act("void", pk, answers=answers, version=version)


class SalesClosingResource(Documents[SalesClosingRow, SalesClosing, SalesClosingDraft]):
    """All of `sales.closing`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesClosing:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesClosing:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesClosing:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesClosing:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesClosing:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> SalesClosing:
        return self._act("void", pk, answers=answers, version=version)


class FranchiseSupplyResource(Documents[FranchiseSupplyRow, FranchiseSupply, FranchiseSupplyDraft]):
    """All of `franchise.supply`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseSupply:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseSupply:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseSupply:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseSupply:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseSupply:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseSupply:
        return self._act("void", pk, answers=answers, version=version)


class FranchiseReceiptResource(
    Documents[FranchiseReceiptRow, FranchiseReceipt, FranchiseReceiptDraft]
):
    """All of `franchise.receipt`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseReceipt:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseReceipt:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseReceipt:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseReceipt:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseReceipt:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseReceipt:
        return self._act("void", pk, answers=answers, version=version)


class FranchiseReturnResource(Documents[FranchiseReturnRow, FranchiseReturn, FranchiseReturnDraft]):
    """All of `franchise.return`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseReturn:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseReturn:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseReturn:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseReturn:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseReturn:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> FranchiseReturn:
        return self._act("void", pk, answers=answers, version=version)


class TillSaleResource(Documents[TillSaleRow, TillSale, TillSaleDraft]):
    """All of `till.sale`."""

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TillSale:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)


class TillReturnResource(Documents[TillReturnRow, TillReturn, TillReturnDraft]):
    """All of `till.return`."""

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TillReturn:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)


class TreasuryTransferResource(
    Documents[TreasuryTransferRow, TreasuryTransfer, TreasuryTransferDraft]
):
    """All of `treasury.transfer`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryTransfer:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryTransfer:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryTransfer:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryTransfer:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryTransfer:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryTransfer:
        return self._act("void", pk, answers=answers, version=version)


class TreasuryTakingsResource(Documents[TreasuryTakingsRow, TreasuryTakings, TreasuryTakingsDraft]):
    """All of `treasury.takings`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryTakings:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryTakings:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryTakings:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryTakings:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryTakings:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryTakings:
        return self._act("void", pk, answers=answers, version=version)


class TreasuryExpenseResource(Documents[TreasuryExpenseRow, TreasuryExpense, TreasuryExpenseDraft]):
    """All of `treasury.expense`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryExpense:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryExpense:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryExpense:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryExpense:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryExpense:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryExpense:
        return self._act("void", pk, answers=answers, version=version)


class TreasuryIncomeResource(Documents[TreasuryIncomeRow, TreasuryIncome, TreasuryIncomeDraft]):
    """All of `treasury.income`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryIncome:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryIncome:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryIncome:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryIncome:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryIncome:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryIncome:
        return self._act("void", pk, answers=answers, version=version)


class TreasuryYearCloseResource(
    Documents[TreasuryYearCloseRow, TreasuryYearClose, TreasuryYearCloseDraft]
):
    """All of `treasury.year_close`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryYearClose:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryYearClose:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryYearClose:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryYearClose:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryYearClose:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TreasuryYearClose:
        return self._act("void", pk, answers=answers, version=version)


class TillShiftResource(Documents[TillShiftRow, TillShift, TillShiftDraft]):
    """All of `till.shift`."""

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> TillShift:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)


class StoredValueTopUpResource(
    Documents[StoredValueTopUpRow, StoredValueTopUp, StoredValueTopUpDraft]
):
    """All of `stored_value.top_up`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueTopUp:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueTopUp:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueTopUp:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueTopUp:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueTopUp:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueTopUp:
        return self._act("void", pk, answers=answers, version=version)


class StoredValuePayOutResource(
    Documents[StoredValuePayOutRow, StoredValuePayOut, StoredValuePayOutDraft]
):
    """All of `stored_value.pay_out`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValuePayOut:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValuePayOut:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValuePayOut:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValuePayOut:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValuePayOut:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValuePayOut:
        return self._act("void", pk, answers=answers, version=version)


class StoredValueCardSaleResource(
    Documents[StoredValueCardSaleRow, StoredValueCardSale, StoredValueCardSaleDraft]
):
    """All of `stored_value.card_sale`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueCardSale:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueCardSale:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueCardSale:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueCardSale:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueCardSale:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueCardSale:
        return self._act("void", pk, answers=answers, version=version)


class StoredValueCardRefundResource(
    Documents[StoredValueCardRefundRow, StoredValueCardRefund, StoredValueCardRefundDraft]
):
    """All of `stored_value.card_refund`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueCardRefund:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueCardRefund:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueCardRefund:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueCardRefund:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueCardRefund:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueCardRefund:
        return self._act("void", pk, answers=answers, version=version)


class StoredValueSettlementResource(
    Documents[StoredValueSettlementRow, StoredValueSettlement, StoredValueSettlementDraft]
):
    """All of `stored_value.settlement`."""

    def submit(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueSettlement:
        return self._act("submit", pk, answers=answers, version=version)

    def return_(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueSettlement:
        return self._act("return", pk, reason=reason, answers=answers, version=version)

    def post(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueSettlement:
        return self._act("post", pk, answers=answers, version=version)

    def reverse(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueSettlement:
        return self._act("reverse", pk, reason=reason, answers=answers, version=version)

    def amend(
        self, pk: str, reason: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueSettlement:
        return self._act("amend", pk, reason=reason, answers=answers, version=version)

    def void(
        self, pk: str, *, answers: Sequence[str] = (), version: Version = None
    ) -> StoredValueSettlement:
        return self._act("void", pk, answers=answers, version=version)


class TaxesCategoryResource(Masters[TaxesCategory, TaxesCategoryDraft]):
    """All of `taxes.category`."""


class TaxesRateResource(Masters[TaxesRate, TaxesRateDraft]):
    """All of `taxes.rate`."""


class ItemsUnitResource(Masters[ItemsUnit, ItemsUnitDraft]):
    """All of `items.unit`."""


class ItemsCategoryResource(Masters[ItemsCategory, ItemsCategoryDraft]):
    """All of `items.category`."""


class ItemsFamilyResource(Masters[ItemsFamily, ItemsFamilyDraft]):
    """All of `items.family`."""


class ItemsFamilyOptionResource(Masters[ItemsFamilyOption, ItemsFamilyOptionDraft]):
    """All of `items.family_option`."""


class ItemsItemResource(Masters[ItemsItem, ItemsItemDraft]):
    """All of `items.item`."""


class ItemsItemUnitResource(Masters[ItemsItemUnit, ItemsItemUnitDraft]):
    """All of `items.item_unit`."""


class ItemsBarcodeResource(Masters[ItemsBarcode, ItemsBarcodeDraft]):
    """All of `items.barcode`."""


class ItemsBarcodeLayoutResource(Masters[ItemsBarcodeLayout, ItemsBarcodeLayoutDraft]):
    """All of `items.barcode_layout`."""


class ItemsItemAtUnitResource(Masters[ItemsItemAtUnit, ItemsItemAtUnitDraft]):
    """All of `items.item_at_unit`."""


class ItemsSupplierItemResource(Masters[ItemsSupplierItem, ItemsSupplierItemDraft]):
    """All of `items.supplier_item`."""


class ItemsSupplierPriceResource(Masters[ItemsSupplierPrice, ItemsSupplierPriceDraft]):
    """All of `items.supplier_price`."""


class PlacesPlaceResource(Masters[PlacesPlace, PlacesPlaceDraft]):
    """All of `places.place`."""


class PartiesPartyResource(Masters[PartiesParty, PartiesPartyDraft]):
    """All of `parties.party`."""


class PartiesContactResource(Masters[PartiesContact, PartiesContactDraft]):
    """All of `parties.contact`."""


class PricesListResource(Masters[PricesList, PricesListDraft]):
    """All of `prices.list`."""


class PricesPriceResource(Masters[PricesPrice, PricesPriceDraft]):
    """All of `prices.price`."""


class FinanceMoneyPlaceResource(Masters[FinanceMoneyPlace, FinanceMoneyPlaceDraft]):
    """All of `finance.money_place`."""


class MembershipProgrammeResource(Masters[MembershipProgramme, MembershipProgrammeDraft]):
    """All of `membership.programme`."""


class MembershipTierResource(Masters[MembershipTier, MembershipTierDraft]):
    """All of `membership.tier`."""


class MembershipEarnRuleResource(Masters[MembershipEarnRule, MembershipEarnRuleDraft]):
    """All of `membership.earn_rule`."""


class MembershipWalletRuleResource(Masters[MembershipWalletRule, MembershipWalletRuleDraft]):
    """All of `membership.wallet_rule`."""


class MembershipTopUpRuleResource(Masters[MembershipTopUpRule, MembershipTopUpRuleDraft]):
    """All of `membership.top_up_rule`."""


class MembershipMemberResource(Masters[MembershipMember, MembershipMemberDraft]):
    """All of `membership.member`."""


class PricesLevelResource(Masters[PricesLevel, PricesLevelDraft]):
    """All of `prices.level`."""


class PricesBandResource(Masters[PricesBand, PricesBandDraft]):
    """All of `prices.band`."""


class PromotionsGroupResource(Masters[PromotionsGroup, PromotionsGroupDraft]):
    """All of `promotions.group`."""


class CouponsKindResource(Masters[CouponsKind, CouponsKindDraft]):
    """All of `coupons.kind`."""


class CouponsGiftResource(Masters[CouponsGift, CouponsGiftDraft]):
    """All of `coupons.gift`."""


class PunchcardsKindResource(Masters[PunchcardsKind, PunchcardsKindDraft]):
    """All of `punchcards.kind`."""


class TillPaymentMethodResource(Masters[TillPaymentMethod, TillPaymentMethodDraft]):
    """All of `till.payment_method`."""


class TillDisplayPageResource(Masters[TillDisplayPage, TillDisplayPageDraft]):
    """All of `till.display_page`."""


class TreasuryPurposeResource(Masters[TreasuryPurpose, TreasuryPurposeDraft]):
    """All of `treasury.purpose`."""


class SelfservicePageResource(Masters[SelfservicePage, SelfservicePageDraft]):
    """All of `selfservice.page`."""


class PrintsLabelFormatResource(Masters[PrintsLabelFormat, PrintsLabelFormatDraft]):
    """All of `prints.label_format`."""


class Api:
    """Everything that a token may reach on one server."""

    def __init__(
        self,
        address: str,
        token: str,
        *,
        unit: str = "",
        language: str = "en",
        tries: int = 4,
        timeout_s: float = 30.0,
    ) -> None:
        self.connection = Connection(
            address,
            token,
            unit=unit,
            language=language,
            tries=tries,
            timeout_s=timeout_s,
        )
        self.stock_count = StockCountResource(self.connection, "stock.count")
        self.stock_loss = StockLossResource(self.connection, "stock.loss")
        self.stock_overage = StockOverageResource(self.connection, "stock.overage")
        self.stock_assembly = StockAssemblyResource(self.connection, "stock.assembly")
        self.stock_disassembly = StockDisassemblyResource(self.connection, "stock.disassembly")
        self.stock_requisition = StockRequisitionResource(self.connection, "stock.requisition")
        self.stock_requisition_closing = StockRequisitionClosingResource(
            self.connection, "stock.requisition_closing"
        )
        self.stock_opening = StockOpeningResource(self.connection, "stock.opening")
        self.stock_transfer = StockTransferResource(self.connection, "stock.transfer")
        self.stock_transfer_receipt = StockTransferReceiptResource(
            self.connection, "stock.transfer_receipt"
        )
        self.finance_supplier_payment = FinanceSupplierPaymentResource(
            self.connection, "finance.supplier_payment"
        )
        self.finance_customer_receipt = FinanceCustomerReceiptResource(
            self.connection, "finance.customer_receipt"
        )
        self.finance_set_off = FinanceSetOffResource(self.connection, "finance.set_off")
        self.finance_opening = FinanceOpeningResource(self.connection, "finance.opening")
        self.membership_merge = MembershipMergeResource(self.connection, "membership.merge")
        self.membership_expiry = MembershipExpiryResource(self.connection, "membership.expiry")
        self.prices_change = PricesChangeResource(self.connection, "prices.change")
        self.promotions_promotion = PromotionsPromotionResource(
            self.connection, "promotions.promotion"
        )
        self.coupons_issue = CouponsIssueResource(self.connection, "coupons.issue")
        self.coupons_lapse = CouponsLapseResource(self.connection, "coupons.lapse")
        self.purchasing_order = PurchasingOrderResource(self.connection, "purchasing.order")
        self.purchasing_receipt = PurchasingReceiptResource(self.connection, "purchasing.receipt")
        self.purchasing_bill = PurchasingBillResource(self.connection, "purchasing.bill")
        self.purchasing_return = PurchasingReturnResource(self.connection, "purchasing.return")
        self.purchasing_credit = PurchasingCreditResource(self.connection, "purchasing.credit")
        self.sales_order = SalesOrderResource(self.connection, "sales.order")
        self.sales_delivery = SalesDeliveryResource(self.connection, "sales.delivery")
        self.sales_return = SalesReturnResource(self.connection, "sales.return")
        self.sales_closing = SalesClosingResource(self.connection, "sales.closing")
        self.franchise_supply = FranchiseSupplyResource(self.connection, "franchise.supply")
        self.franchise_receipt = FranchiseReceiptResource(self.connection, "franchise.receipt")
        self.franchise_return = FranchiseReturnResource(self.connection, "franchise.return")
        self.till_sale = TillSaleResource(self.connection, "till.sale")
        self.till_return = TillReturnResource(self.connection, "till.return")
        self.treasury_transfer = TreasuryTransferResource(self.connection, "treasury.transfer")
        self.treasury_takings = TreasuryTakingsResource(self.connection, "treasury.takings")
        self.treasury_expense = TreasuryExpenseResource(self.connection, "treasury.expense")
        self.treasury_income = TreasuryIncomeResource(self.connection, "treasury.income")
        self.treasury_year_close = TreasuryYearCloseResource(self.connection, "treasury.year_close")
        self.till_shift = TillShiftResource(self.connection, "till.shift")
        self.stored_value_top_up = StoredValueTopUpResource(self.connection, "stored_value.top_up")
        self.stored_value_pay_out = StoredValuePayOutResource(
            self.connection, "stored_value.pay_out"
        )
        self.stored_value_card_sale = StoredValueCardSaleResource(
            self.connection, "stored_value.card_sale"
        )
        self.stored_value_card_refund = StoredValueCardRefundResource(
            self.connection, "stored_value.card_refund"
        )
        self.stored_value_settlement = StoredValueSettlementResource(
            self.connection, "stored_value.settlement"
        )
        self.taxes_category = TaxesCategoryResource(self.connection, "taxes.category")
        self.taxes_rate = TaxesRateResource(self.connection, "taxes.rate")
        self.items_unit = ItemsUnitResource(self.connection, "items.unit")
        self.items_category = ItemsCategoryResource(self.connection, "items.category")
        self.items_family = ItemsFamilyResource(self.connection, "items.family")
        self.items_family_option = ItemsFamilyOptionResource(self.connection, "items.family_option")
        self.items_item = ItemsItemResource(self.connection, "items.item")
        self.items_item_unit = ItemsItemUnitResource(self.connection, "items.item_unit")
        self.items_barcode = ItemsBarcodeResource(self.connection, "items.barcode")
        self.items_barcode_layout = ItemsBarcodeLayoutResource(
            self.connection, "items.barcode_layout"
        )
        self.items_item_at_unit = ItemsItemAtUnitResource(self.connection, "items.item_at_unit")
        self.items_supplier_item = ItemsSupplierItemResource(self.connection, "items.supplier_item")
        self.items_supplier_price = ItemsSupplierPriceResource(
            self.connection, "items.supplier_price"
        )
        self.places_place = PlacesPlaceResource(self.connection, "places.place")
        self.parties_party = PartiesPartyResource(self.connection, "parties.party")
        self.parties_contact = PartiesContactResource(self.connection, "parties.contact")
        self.prices_list = PricesListResource(self.connection, "prices.list")
        self.prices_price = PricesPriceResource(self.connection, "prices.price")
        self.finance_money_place = FinanceMoneyPlaceResource(self.connection, "finance.money_place")
        self.membership_programme = MembershipProgrammeResource(
            self.connection, "membership.programme"
        )
        self.membership_tier = MembershipTierResource(self.connection, "membership.tier")
        self.membership_earn_rule = MembershipEarnRuleResource(
            self.connection, "membership.earn_rule"
        )
        self.membership_wallet_rule = MembershipWalletRuleResource(
            self.connection, "membership.wallet_rule"
        )
        self.membership_top_up_rule = MembershipTopUpRuleResource(
            self.connection, "membership.top_up_rule"
        )
        self.membership_member = MembershipMemberResource(self.connection, "membership.member")
        self.prices_level = PricesLevelResource(self.connection, "prices.level")
        self.prices_band = PricesBandResource(self.connection, "prices.band")
        self.promotions_group = PromotionsGroupResource(self.connection, "promotions.group")
        self.coupons_kind = CouponsKindResource(self.connection, "coupons.kind")
        self.coupons_gift = CouponsGiftResource(self.connection, "coupons.gift")
        self.punchcards_kind = PunchcardsKindResource(self.connection, "punchcards.kind")
        self.till_payment_method = TillPaymentMethodResource(self.connection, "till.payment_method")
        self.till_display_page = TillDisplayPageResource(self.connection, "till.display_page")
        self.treasury_purpose = TreasuryPurposeResource(self.connection, "treasury.purpose")
        self.selfservice_page = SelfservicePageResource(self.connection, "selfservice.page")
        self.prints_label_format = PrintsLabelFormatResource(self.connection, "prints.label_format")
