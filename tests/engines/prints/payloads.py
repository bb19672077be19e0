"""What people write into templates who want more than a template may do: families of payloads."""

from collections.abc import Iterator
from itertools import product

WALKS = (
    "__class__", "__class__.__mro__", "__class__.__base__.__subclasses__", "__init__.__globals__",
    "__dict__", "_meta.app_config", "__doc__", "__module__", "mro", "format", "encode", "keys",
    "items", "values", "pop", "password", "secret", "objects.all", "delete", "save",
)  # fmt: skip
ROOTS = ("document", "document.number", "company", "lines", "lines.first", "party", "printed.by")
NOT_PUBLISHED = (
    "settings", "settings.SECRET_KEY", "request", "request.user", "self", "config", "globals",
    "environment", "env", "context", "now", "today", "debug", "messages", "perms", "user",
    "import os", "os.environ", "cycler.__init__", "lipsum", "url_for", "namespace", "joiner",
    "range", "dict", "partial", "template", "block.super", "csrf_token", "forloop", "nil.x",
)  # fmt: skip
WORDS = (
    "include 'x'", "include \"/etc/passwd\"", "render 'x'", "render document.note", "import 'x'",
    "extends 'kit/frame.html'", "load kit", "block x", "with x=1", "set x = 1", "assign x = 'y'",
    "capture x", "increment x", "decrement x", "cycle 'a', 'b'", "tablerow i in lines",
    "layout 'x'",
    "section 'x'", "echo document.number", "liquid echo document.number", "ifchanged", "comment",
    "doc", "debug", "csrf_token", "url 'home'", "static 'x'", "autoescape off", "filter upper",
    "macro x()", "call x()", "do x.pop()", "python", "php", "exec 'x'", "eval 'x'", "now 'Y'",
    "templatetag openblock", "ssi '/etc/passwd'", "break", "continue",
)  # fmt: skip
FILTERS = (
    "safe", "raw", "escape_once", "attr: '__class__'", "map: '__class__'", "join: ','", "sort",
    "where: 'a', 'b'", "date: '%Y'", "append: 'x'", "prepend: 'x'", "replace: 'a', 'aaaa'",
    "times: 9", "plus: 1", "divided_by: 0", "slice: 0, 9", "split: ''", "base64_decode",
    "url_decode", "format", "string_format: 'x'", "json", "tojson", "pprint", "add: 'x'",
    "import", "eval", "concat: lines", "strip_html",
)  # fmt: skip
SIGNS = (
    "{{7*7}}", "{{ 7*7 }}", "{{7+7}}", "{{ 7/0 }}", "{{ 'a'*9 }}", "{{ -document.number }}",
    "{{ document.number() }}", "{{ ''.join(lines) }}", "{{ [1, 2] }}", "{{ {'a': 1} }}",
    "{{ document['__class__'] }}", "{{ document[\"__class__\"] }}", "{{ document[document.note] }}",
    "{{ ['settings'].SECRET_KEY }}", "{{ ['__class__'] }}",
    "{{ lines[0].__class__ }}", "{{ lines[-1] }}", "{{ lines[99] }}",
    "{{ document.number if true else 1 }}", "{{ not document.number }}", "{{ document }}",
    "{{ lines }}", "{{ lines.first }}", "{{ (1..3) }}", "{{ document..number }}", "{{ . }}",
    "{{",
    "}}{{", "{%", "{% %}", "{{ }}{{ }", "{{ '", "{% if", "{% for %}", "{% endfor %}", "{% else %}",
    "{% if document.number > 3 %}x{% endif %}", "{% for a in document.number %}x{% endfor %}",
    "{% for a in document %}x{% endfor %}", "{% for document in lines %}x{% endfor %}",
    "{% for a in lines limit: document.number %}x{% endfor %}", "{% if 1 in lines %}{% endif %}",
    "{%- include 'x' -%}", "{{- settings -}}", "{% raw %}{% endraw %}{{ settings }}",
)  # fmt: skip
LITERAL = (
    "${7*7}", "#{7*7}", "<%= 7*7 %>", "*{7*7}", "@(7*7)", "%s", "%(number)s",
    "{0.__class__}", "{number}", "{0}", "$(id)", "`id`", "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<img src=https://evil.example/x.png>", "file:///etc/passwd",
    "<iframe src=file:///etc/passwd>", "url(https://evil.example)", "javascript:alert(1)",
    "<!--#include virtual='/etc/passwd'-->", "<?php echo 1 ?>", "&lt;b&gt;", "\\{\\{7*7\\}\\}",
    "<style>@import 'https://evil.example'</style>", "=1+1", "{ {7*7} }", "{#  #}", "｛｛7*7｝｝",
    "#set($x=7*7)$x", "[[${7*7}]]", "~{x}", "a\u202eb",
)  # fmt: skip
LOOKALIKE = (
    "{{ \uff44ocument.number }}", "{{ document\u2024number }}", "{{ docum\u0435nt.number }}",
    "{{ document.__cl\u0430ss__ }}", "{\u200b{ settings }}{{ settings }}", "{{\u00a0settings }}",
    "{{ document.\u200bnumber }}", "{{ \u202esettings }}", "{%\u3000include 'x' %}", "{{ \ud83d }}",
    "{{ se\u0301ttings }}", "{{ document.number\u0000 }}", "{{\n\n\nsettings\n}}", "{{ ﹛ }}",
)  # fmt: skip


def refused() -> Iterator[str]:
    """What must not be written: each is refused."""
    yield from (f"{{{{ {root}.{walk} }}}}" for root, walk in product(ROOTS, WALKS[:13]))
    yield from (f"{{{{ document.{walk} }}}}" for walk in WALKS[13:])
    yield from (f"{{{{ {name} }}}}" for name in NOT_PUBLISHED)
    yield from (f"a\n{{% {word} %}}" for word in WORDS)
    yield from (f"{{{{ document.number | {one} }}}}" for one in FILTERS)
    yield from SIGNS
    yield from LOOKALIKE
    yield from too_much()


def too_much() -> Iterator[str]:
    """Giants, endless loops, depths: by what they would cost."""
    for top in ("999999999", "99999999999999999999", "document.number"):
        yield f"{{% for i in (1..{top}) %}}x{{% endfor %}}"
    yield "{% for i in (1..1000000000) offset: 999999990 %}{% endfor %}"
    yield "{% if (1..1000000000) contains 999999999 %}x{% endif %}"
    for depth in (7, 40, 90):
        yield "{% if document.number %}" * depth + "{% endif %}" * depth
        yield "{% for a in lines %}" * depth + "{% endfor %}" * depth
    yield "{% lorem 9999999 %}"
    yield "{{ document.number | center: 999999999 }}"
    yield "{{ document.number | ljust: 999999999 }}"
    yield "x" * 2_001
    yield "{{ document.number }}" * 100
    yield "{{" + "[" * 1_900
    yield "{{ document" + "[document" * 200 + "]" * 200 + " }}"
    yield "{{ " + "9" * 1_990 + "." + " }}"
    yield "{{ document.number " + "| upcase " * 190 + "| safe }}"


def literal() -> Iterator[str]:
    """What means nothing in this language: it stands on the paper as it was written."""
    yield from LITERAL
