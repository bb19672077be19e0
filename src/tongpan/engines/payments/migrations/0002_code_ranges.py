from django.db import migrations, models
from django.db.models import F, Q

import tongpan.base.env

# WeChat Pay, "code payment": 18 digits, prefix 10 to 15. Alipay, "alipay.trade.pay", `auth_code`:
# 16 to 24 digits, prefix 25 to 30.
SHIPPED = (("wechat", 10, 15, 18, 18), ("alipay", 25, 30, 16, 24))


def give(apps, _editor):
    ranges = apps.get_model("payments", "PayCodeRange").objects
    for provider, first, last, least, most in SHIPPED:
        ranges.create(
            provider=provider, first=first, last=last, digits_min=least, digits_max=most
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="PayCodeRange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("provider", models.CharField(max_length=20, verbose_name="provider")),
                ("first", models.PositiveSmallIntegerField(verbose_name="first two digits from")),
                ("last", models.PositiveSmallIntegerField(verbose_name="first two digits to")),
                ("digits_min", models.PositiveSmallIntegerField(verbose_name="digits at least")),
                ("digits_max", models.PositiveSmallIntegerField(verbose_name="digits at most")),
            ],
            options={
                "db_table": "payments_code_range",
                "ordering": ("first", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(first__gte=10, last__lte=99, first__lte=F("last"))
                        & Q(
                            digits_min__gte=14, digits_max__lte=32, digits_min__lte=F("digits_max")
                        ),
                        name="a_range_of_codes_is_one",
                    )
                ],
            },
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
