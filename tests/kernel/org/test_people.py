"""People, as Django's own machinery meets them."""

from typing import Any

from tests.kernel.org.conftest import Chain, a_person
from tongpan.kernel.org.models import ApiToken, Person, Role


def test_a_person_is_found_by_their_name_however_it_is_written(chain: Chain) -> None:
    lin = a_person("Lin")

    assert Person.objects.get_by_natural_key(" ＬＩＮ ") == lin


def test_a_session_survives_the_change_of_the_signing_key_while_the_old_one_is_kept(
    chain: Chain, settings: Any
) -> None:
    lin = a_person("lin")
    before = lin.get_session_auth_hash()

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    assert lin.get_session_auth_hash() != before
    assert before in list(lin.get_session_auth_fallback_hash())


def test_what_people_read_names_the_thing(chain: Chain) -> None:
    lin = a_person("lin", does=(chain.north, "stock.*"))

    names = [str(thing) for thing in (lin, chain.north, chain.north.entity, Role.objects.get())]

    assert names == ["Lin", "north 北店", "北方商贸", "does"]
    assert str(ApiToken(name="Web shop")) == "Web shop"


def test_saving_a_known_unit_keeps_its_path(chain: Chain) -> None:
    chain.north.name = "新北店"
    chain.north.save()

    chain.north.refresh_from_db()
    assert (chain.north.name, chain.north.path) == ("新北店", "/hq/east/north/")
