"""The language of print templates: text with names in it, by people who are not trusted.

{% if document.note %}Note: {{ document.note }}{% endif %}

The engine is python-liquid, made for such authors, and only a corner of it: four words, five
filters, and names that are published. What was written is looked at before it is kept, in all of
its branches; what is written out are plain texts, which the page escapes like any other. Nothing
loads a file, an address or another template, counts, or keeps a value.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop as noop
from liquid import BoundTemplate, Environment, Mode, RenderContext, Undefined
from liquid.ast import BlockNode, ConditionalBlockNode, Node
from liquid.builtin import content, illegal, output
from liquid.builtin import expressions as parts
from liquid.builtin.expressions import logical, primitive
from liquid.builtin.tags import for_tag, if_tag, unless_tag
from liquid.exceptions import BlockNestingError, LiquidError, ResourceLimitError
from liquid.expression import Expression
from liquid.token import Token
from liquid.utils import ReadOnlyChainMap

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.sentences import say

CHARS_MAX = 2_000  # of one text of a template
DEPTH_MAX = 6  # of words within words
TURNS_MAX = 5_000  # of all loops together
WRITTEN_MAX = 20_000  # bytes that one text may come to
GIVEN_MAX = 40  # signs of what was refused that the refusal repeats

say(
    "template_forbidden",
    noop(
        "Line {line}, position {column}: {given} cannot be written here. What may be written"
        " is listed below the form; everything else is plain text."
    ),
)
say(
    "template_limit",
    noop(
        "Line {line}: this is more than a print template may do ({chars_max} characters,"
        " {depth_max} levels, {turns_max} turns of its loops). Make it shorter."
    ),
)

# What may be written: a text (by what people call it), a group of them, or a list of one group.
Names = Mapping[str, Any]
Published = Mapping[str, Any]


class _Writing(RenderContext):
    """What a text is written with: the published values and nothing of the library's own.

    Only keys of mappings and places of lists are looked up, never an attribute of anything.
    """

    __slots__ = ("turns",)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.turns = 0
        self.scope = ReadOnlyChainMap(self.globals)

    def get_item(self, obj: Any, key: Any) -> Any:
        if isinstance(obj, Mapping) and isinstance(key, str):
            return obj[key]
        if type(obj) is list and key == "size":
            return len(obj)
        if type(obj) is list and key in ("first", "last", 0):
            return obj[-1 if key == "last" else 0]
        raise KeyError(key)

    def raise_for_loop_limit(self, length: int = 1) -> None:
        """All turns of all loops count, one after the other and one within the other."""
        self.turns += length
        if self.turns > TURNS_MAX:
            raise ResourceLimitError("turns", token=None)


class _Text(BoundTemplate):
    context_class = _Writing


class _Language(Environment):
    """Four words, five filters; no word or filter of the library that is not named here."""

    template_class = _Text
    block_nesting_limit = DEPTH_MAX
    context_depth_limit = 30
    output_stream_limit = WRITTEN_MAX

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in (
            content.Literal, output.Output, illegal.Illegal, if_tag.IfTag, unless_tag.UnlessTag,
            for_tag.ForTag,
        ):  # fmt: skip
            self.add_tag(tag)
        self.filters.update(FILTERS)


def _truncated(given: Any, length: Any = 20, *_more: Any) -> str:
    text, most = str(given), length if type(length) is int and 0 < length < CHARS_MAX else 20
    return text if len(text) <= most else f"{text[: most - 1]}…"


FILTERS: dict[str, Any] = {
    "default": lambda given, other="", *_more: given or other,
    "upcase": lambda given, *_more: str(given).upper(),
    "downcase": lambda given, *_more: str(given).lower(),
    "strip": lambda given, *_more: str(given).strip(),
    "truncate": _truncated,
}
WORDS = ("if", "elsif", "else", "endif", "unless", "endunless", "for", "endfor")
_language = _Language(tolerance=Mode.STRICT, undefined=Undefined, strict_filters=True)
_NODES = (
    BlockNode, ConditionalBlockNode, content.ContentNode, output.OutputNode, if_tag.IfNode,
    unless_tag.UnlessNode, for_tag.ForNode,
)  # fmt: skip
_EXPRESSIONS = (
    parts.FilteredExpression, parts.BooleanExpression, parts.LoopExpression, parts.Path,
    primitive.StringLiteral, primitive.IntegerLiteral, primitive.TrueLiteral,
    primitive.FalseLiteral, primitive.Nil, primitive.Empty, primitive.Blank,
    logical.LogicalAndExpression, logical.LogicalOrExpression,
    logical.EqExpression, logical.NeExpression, logical.LtExpression, logical.GtExpression,
    logical.LeExpression, logical.GeExpression, logical.ContainsExpression, primitive.Continue,
)  # fmt: skip
OF_LOOP: Names = {"index": "", "first": "", "last": "", "length": ""}


def check(text: str, names: Names) -> None:
    """Refuse a text that does more than it may, wherever in it that stands.

    Errors: Refusal template_forbidden or template_limit, with line and position.
    """
    _check_nodes(_parsed(text).nodes, dict(names))
    write(text, _sample(names))


def write(text: str, published: Published) -> str:
    """The text with what stands for its names. A name that this reader has nothing for is empty.

    Errors: Refusal template_forbidden or template_limit.
    """
    parsed = _parsed(text)
    try:
        return parsed.render(_plain(published))
    except ResourceLimitError as error:
        raise _limit(text, error.token) from None
    except LiquidError as error:
        raise _forbidden(text, error.token) from None


@lru_cache(maxsize=256)
def _parsed(text: str) -> BoundTemplate:
    if len(text) > CHARS_MAX:
        raise _limit(text, None)
    try:
        return _language.from_string(text)
    except (BlockNestingError, ResourceLimitError) as error:
        raise _limit(text, error.token) from None
    except LiquidError as error:
        raise _forbidden(text, error.token) from None
    except RecursionError:
        raise _limit(text, None) from None
    except (ValueError, ArithmeticError, AssertionError, LookupError, TypeError):
        raise _forbidden(text, None) from None  # a number or a sign that the library stumbles over


# -- looking at what was written -----------------------------------------------------------------


def _check_nodes(nodes: Sequence[Node], names: dict[str, Any]) -> None:
    for node in nodes:
        if not isinstance(node, _NODES):
            raise _forbidden_at(node.token)
        for expression in node.expressions():
            _check_expression(expression, names)
        if isinstance(node, for_tag.ForNode):
            _check_nodes([node.block], names | _of_turn(node, names))
            _check_nodes([node.default] if node.default else [], names)
        else:
            _check_nodes(list(node.children(None)), names)  # type: ignore[arg-type]


def _of_turn(node: for_tag.ForNode, names: Names) -> dict[str, Any]:
    """What the inside of a loop may name besides."""
    over = node.expression.iterable
    found = _found(over, names) if isinstance(over, parts.Path) else None
    if not isinstance(found, list) or node.expression.identifier in names:
        raise _forbidden_at(over.token)
    return {node.expression.identifier: found[0], "forloop": OF_LOOP}


def _is_group(found: Any) -> bool:
    """Whether it is not one text: only what is in it can be written."""
    return isinstance(found, Mapping | list)


def _check_expression(expression: Expression, names: Names) -> None:
    if isinstance(expression, parts.Path):
        _found(expression, names)
        return
    if not isinstance(expression, _EXPRESSIONS):
        raise _forbidden_at(expression.token)
    if isinstance(expression, parts.FilteredExpression):
        for one in expression.filters or ():
            if one.name not in FILTERS:
                raise _forbidden_at(one.token)
    for part in expression.children():
        _check_expression(part, names)
        is_written = isinstance(expression, parts.FilteredExpression)
        if is_written and isinstance(part, parts.Path) and _is_group(_found(part, names)):
            raise _forbidden_at(part.token, str(part))


def _found(path: parts.Path, names: Names) -> Any:
    """What a path names; only written-out names, one below the other."""
    at: Any = names
    for step in path.path:
        if isinstance(at, list) and step in ("size", "first", "last", 0):
            at = "" if step == "size" else at[0]
        elif isinstance(at, Mapping) and isinstance(step, str) and step in at:
            at = at[step]
        else:
            raise _forbidden_at(path.token, str(path))
    return at


# -- refusals ------------------------------------------------------------------------------------


def _forbidden_at(token: Token, given: str = "") -> Refusal:
    return _forbidden(token.source, token, given)


def _forbidden(text: str, token: Token | None, given: str = "") -> Refusal:
    line, column, rest = _place(text, token)
    shown = (given or rest)[:GIVEN_MAX]
    return Refusal("template_forbidden", line=line, column=column, given=shown)


def _limit(text: str, token: Token | None) -> Refusal:
    line, _column, _rest = _place(text, token)
    return Refusal(
        "template_limit", line=line, chars_max=CHARS_MAX, depth_max=DEPTH_MAX, turns_max=TURNS_MAX
    )


def _place(text: str, token: Token | None) -> tuple[int, int, str]:
    """Line and position of a token, from 1, and what begins there."""
    start = max(0, token.start_index) if token is not None else _first_word(text)
    before = text[:start]
    rest = (token.value if token is not None and token.value else text[start:]).strip()
    column = start - (before.rfind("\n") + 1) + 1
    return before.count("\n") + 1, column, rest.partition("\n")[0] or "{{"


def _first_word(text: str) -> int:
    found = [at for at in (text.find("{{"), text.find("{%")) if at >= 0]
    return min(found, default=0)


# -- what is published ---------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """Texts, yes or no, numbers, lists and mappings of them; nothing else is ever handed over."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if value is None or type(value) in (bool, int):
        return value
    if isinstance(value, str):  # an empty one counts as nothing: `if` asks whether it is there
        return str.__str__(value) or None
    raise TypeError(f"{type(value).__name__} is not published.")


def _sample(names: Names) -> dict[str, Any]:
    """Something for every name, to try a text with."""
    return {
        name: _sample(one)
        if isinstance(one, Mapping)
        else [_sample(one[0])] * 2
        if isinstance(one, list)
        else name
        for name, one in names.items()
    }
