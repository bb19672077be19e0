"""A session is read from the company's own table, and no longer than it lasts."""

from datetime import timedelta

from tongpan.base import env
from tongpan.kernel.org.sessions import SessionStore


def kept(**values: str) -> str:
    """The key of a new session that holds these values."""
    session = SessionStore()
    session.update(values)
    session.save()
    assert session.session_key is not None
    return session.session_key


def test_what_was_kept_is_read_again_until_the_session_ends(company: str) -> None:
    key = kept(who="lin")
    lasts_s = SessionStore(key).get_expiry_age()

    assert SessionStore(key).get("who") == "lin"
    with env.frozen(env.now() + timedelta(seconds=lasts_s + 60)):
        ended = SessionStore(key)
        assert ended.get("who") is None
        assert ended.session_key is None


def test_a_key_that_nobody_gave_out_opens_nothing(company: str) -> None:
    strange = SessionStore("a-key-of-ones-own")

    assert strange.get("who") is None
    assert strange.session_key is None
