"""Ways of paying get a position; those that are there keep the order in which tills had them."""

from django.db import migrations, models

IN_ORDER = """
update payment_method m set position = 10 * o.place
  from (select id, row_number() over (order by gives_change desc, code) as place
          from payment_method) o
  where o.id = m.id
"""


class Migration(migrations.Migration):
    dependencies = [("till", "0003_one_call_to_read_and_one_to_write")]

    operations = [
        migrations.AddField(
            model_name="paymentmethod",
            name="position",
            field=models.PositiveSmallIntegerField(
                blank=True,
                default=100,
                help_text="The lowest stands first at the till and in lists.",
                verbose_name="sort order",
            ),
        ),
        migrations.AlterModelOptions(
            name="paymentmethod",
            options={"ordering": ("position", "code"), "verbose_name": "payment method"},
        ),
        migrations.RunSQL(IN_ORDER, migrations.RunSQL.noop),
    ]
