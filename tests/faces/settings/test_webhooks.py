"""Webhooks by hand: made, tried, paused, replayed."""

from django.test import Client

from tests.faces.settings.test_settings import sent, text_of
from tongpan.engines.webhooks.models import Delivery, Endpoint


def test_a_webhook_is_made_shows_its_secret_once_and_what_it_was_sent(zhou: Client) -> None:
    answer = sent(
        zhou, "/settings/webhooks/new", 200, name="财务软件", url="https://books.example/hook",
        events="stock.transfer.*\ntill.sale.posted",
    )  # fmt: skip
    one = Endpoint.objects.get()
    assert one.secret in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    path = f"/settings/webhooks/{one.pk}/"
    assert one.secret not in text_of(zhou, path)
    assert "财务软件" in text_of(zhou, "/settings/webhooks/")

    sent(zhou, f"{path}do/test")
    delivery = Delivery.objects.get()
    assert "webhooks.test.sent" in text_of(zhou, path)
    assert str(delivery.event) in text_of(zhou, f"{path}sent/{delivery.pk}")
    sent(zhou, f"{path}do/send_again", delivery=str(delivery.pk))
    sent(zhou, f"{path}do/switch", is_active="")
    assert "paused" in text_of(zhou, path)
    sent(zhou, f"{path}do/replay", 422, position="999999999")
    sent(zhou, f"{path}do/replay", position="0")
    renewed = sent(zhou, f"{path}do/renew", 200)
    assert Endpoint.objects.get().secret in renewed.content.decode()
    assert zhou.post(f"{path}do/eat").status_code == 404


def test_a_webhook_is_edited_and_refused_beside_its_field(zhou: Client) -> None:
    sent(zhou, "/settings/webhooks/new", 200, name="a", url="https://a.example", events="*")
    one = Endpoint.objects.get()
    path = f"/settings/webhooks/{one.pk}/edit"

    said = sent(zhou, path, 422, name="a", url="a.example", events="*")
    sent(zhou, path, name="b", url="https://b.example", events="stock.*")

    assert "Write the whole address" in said.content.decode()
    one.refresh_from_db()
    assert (one.name, one.url, one.events) == ("b", "https://b.example", ["stock.*"])
