"""Erasing again whom a restored copy brought back, through the gate like any erasure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tongpan.base.refusals import Refusal
from tongpan.config.erasures import Erased
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.personal import ERASED, note_erased, state_of
from tongpan.kernel.documents.personal_actions import ERASE
from tongpan.kernel.org.scope import system

REASON = "恢复的数据，重新删除 · restored data, erased again"


@dataclass
class Replayed:
    """What came of it: who was erased again, who is not in this copy, and who was refused."""

    erased: list[Erased] = field(default_factory=list)
    absent: list[Erased] = field(default_factory=list)
    refused: list[tuple[Erased, Refusal]] = field(default_factory=list)


def erase_again(noted: Iterable[Erased]) -> Replayed:
    """Erase in the company that is open who was erased before, if it knows them still.

    Who is not there, or not yet, is remembered as erased: a sheet cannot bring them in again.
    """
    came = Replayed()
    with system(reason="erasures of a restored copy"):
        for one in noted:
            pk = UUID(one.id)
            if (known := state_of(pk)) is not None and known.state == ERASED:
                continue
            try:
                _erase(one.kind, pk)
            except Refusal as refused:
                if refused.code != "not_found":
                    came.refused.append((one, refused))
                    continue
                note_erased(one.kind, pk, at=datetime.fromisoformat(one.at))
                came.absent.append(one)
            else:
                came.erased.append(one)
    return came


def _erase(kind: str, pk: UUID) -> None:
    asked = {"kind": kind, "reason": REASON}
    try:
        run(ERASE, pk, asked)
    except Refusal as refused:
        if refused.code != "person_still_signs_in":
            raise
        run("org.person.switch_off", pk)
        run(ERASE, pk, asked)
