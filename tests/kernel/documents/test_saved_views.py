"""A person's own views of lists: kept, changed, taken away, and nobody else's."""

import pytest

from tests.chain import Chain
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.saved_views import VIEWS_MOST, drop_view, keep_view, views_of

PAGE = "/d/stock.transfer/"


def test_a_view_is_kept_changed_and_taken_away_by_its_owner_alone(chain: Chain) -> None:
    wang, zhao = chain.people["wang"].pk, chain.people["zhao"].pk
    kept = keep_view(wang, PAGE, "  发往  南站店 ", "state=posted")
    keep_view(wang, PAGE, "发往 南站店", "state=draft")

    assert [(v.name, v.query) for v in views_of(wang, PAGE)] == [("发往 南站店", "state=draft")]
    assert views_of(zhao, PAGE) == views_of(wang, "/d/stock.count/") == []
    with pytest.raises(Refusal, match="not_found"):
        drop_view(zhao, kept.pk)
    assert drop_view(wang, kept.pk).page == PAGE
    assert views_of(wang, PAGE) == []


def test_a_view_has_a_name_and_a_list_has_not_too_many(chain: Chain) -> None:
    wang = chain.people["wang"].pk
    for name in ("", "  ", "x" * 41):
        with pytest.raises(Refusal, match="saved_view_name"):
            keep_view(wang, PAGE, name, "")
    for number in range(VIEWS_MOST):
        keep_view(wang, PAGE, f"v{number}", "")

    with pytest.raises(Refusal, match="saved_view_most"):
        keep_view(wang, PAGE, "one more", "")
    assert keep_view(wang, PAGE, "v3", "q=1").query == "q=1"
