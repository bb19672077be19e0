"""Paper without a printer: `print receipt ID --png OUT [--width 58|80] [--language zh|en]`.

What is drawn is what an interpreter makes of the very bytes that a printer would get; `--bytes OUT`
writes those. ID is the slip's id or its number. It counts as a look: no copy is recorded.
"""

import argparse
from pathlib import Path
from uuid import UUID

from django.db.models import Q

from tongpan.base.refusals import Refusal
from tongpan.config.installation import CannotRun
from tongpan.engines.prints.drawing import chinese_font, drawn, glyphs_of
from tongpan.engines.prints.strips import interpreted
from tongpan.faces.cli import Result
from tongpan.faces.pos.receipts import in_language, receipt_of, slip
from tongpan.kernel.documents.fields import as_id
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.scope import system

NAME = "print"
HELP = "把小票打印成图片 · a receipt as a picture or as a printer's bytes"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("receipt",))
    parser.add_argument("id", help="小票编号或标识 · the slip's number or id")
    parser.add_argument("--width", type=int, choices=(58, 80), default=80)
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    parser.add_argument("--copy", type=int, default=1, help="第几次打印 · which copy it is")
    parser.add_argument("--png", type=Path, metavar="OUT", help="画成图片 · draw it")
    parser.add_argument("--bytes", type=Path, metavar="OUT", help="打印机字节 · write the bytes")
    parser.add_argument("--font", type=Path, help="中文字体文件 · a font that has Chinese")


def run(given: argparse.Namespace) -> Result:
    with system(reason="a receipt on the command line"), in_language(given.language):
        found = slip(_id_of(given.id))
        content = receipt_of(found, given.width, copy=given.copy)
    strip = interpreted(content, given.width)
    if given.bytes is not None:
        given.bytes.write_bytes(content)
    if given.png is not None:
        drawn(strip, glyphs_of(given.font or _font())).save(given.png)
    facts = {
        "number": found.number, "width": given.width, "language": given.language,
        "bytes": len(content), "lines": strip.grid,
    }  # fmt: skip
    return Result(facts=facts, text="\n".join(strip.grid))


def _id_of(said: str) -> UUID:
    pk = as_id(said)
    found = Document.objects.filter(Q(pk=pk) if pk else Q(number__iexact=said)).first()
    if found is None:
        raise CannotRun(f"没有小票 {said}。\nThere is no slip {said}.")
    return found.pk


def _font() -> Path:
    try:
        return chinese_font()
    except Refusal:
        raise CannotRun(
            "本机没有中文字体：请安装（例如 fonts-wqy-microhei），或用 --font 指定字体文件。\n"
            "No font with Chinese is here: install one (such as fonts-wqy-microhei), or name a "
            "file with --font."
        ) from None
