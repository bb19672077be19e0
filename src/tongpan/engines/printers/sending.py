"""The server prints: to network printers that it reaches, and into files of its data folder."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from tongpan.base import env
from tongpan.engines.printers.actions import SEND_JOB
from tongpan.engines.printers.carrying import Journal, Paper, carry
from tongpan.engines.printers.models import By, JobState, PrintJob
from tongpan.kernel.documents.gate import run
from tongpan.kernel.events import jobs
from tongpan.kernel.events.registry import chore

KEEP_DAYS = 30


def data_folder() -> Path:
    """Where the present company's papers and the journal of what was printed are kept."""
    schema: str = connection.schema_name  # type: ignore[attr-defined]
    return Path(settings.DATA) / "printed" / schema


@jobs.job(SEND_JOB)
def send(job: str) -> None:
    """Print a paper once. It is tried again later while the printer is not ready."""
    rows = PrintJob.unscoped.select_for_update(of=("self",)).select_related("printer")
    one = rows.filter(pk=UUID(job), state=JobState.WAITING, printer__by=By.SERVER).first()
    if one is None:
        return
    one.tries += 1
    one.save(update_fields=["tries"])
    printer, folder = one.printer, data_folder()
    paper = Paper(one.pk, printer.way, printer.address, bytes(one.content))
    # The journal stays when this transaction is lost: then it is known to have been printed.
    came = carry(
        paper, Journal(folder / "journal"), folder=folder / str(printer.till_id), devices=()
    )
    run("printers.job.settle", one.pk, {"state": came.state, "said": came.said})


def forget_old() -> None:
    """Delete papers and notes of a month ago."""
    before = env.now() - timedelta(days=KEEP_DAYS)
    PrintJob.unscoped.filter(made_at__lt=before).delete()
    Journal(data_folder() / "journal").forget_old()


chore(forget_old, name="printers.forget_old", every_s=3600)
