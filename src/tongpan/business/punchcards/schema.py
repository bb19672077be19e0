"""What the till reads about punch cards, in one call."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

READ = """
-- Punch cards by their ids, or those of a member that have uses left, for those of the given items
-- that each is for; with what is left on their accounts. Who was merged is who they go on as.
create or replace function punchcards_at_till(p_cards jsonb, p_member uuid, p_items jsonb)
returns jsonb language plpgsql stable as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', c.id, 'code', c.code, 'kind', k.id, 'name', k.name, 'home', a.org_unit,
            'member', coalesce(m.merged_into_id, m.id), 'path', u.path, 'until', c.valid_until,
            'left', (a.inflow - a.outflow)::text,
            'money', (
                select coalesce(sum(p.outflow - p.inflow), 0)::text from account p
                where p.holder = c.id and p.role = 'card_prepaid'
            ),
            'fits', (
                select coalesce(jsonb_agg(i.id), '[]')
                from jsonb_array_elements_text(p_items) given
                join items_item i on i.id = given::uuid
                left join items_itemcategory n on n.id = i.category_id
                where i.id = k.item_id or starts_with(n.path, g.path)
            )
        ) order by c.valid_until nulls last, c.id), '[]')
        from (
            select * from punchcards_card
            where id in (select jsonb_array_elements_text(p_cards)::uuid)
            union
            select * from punchcards_card where member_id in (
                select other.id from membership_member asked
                join membership_member one on one.id = coalesce(asked.merged_into_id, asked.id)
                join membership_member other
                    on other.id = one.id or other.merged_into_id = one.id
                where asked.id = p_member
            )
        ) c
        join punchcards_kind k on k.id = c.kind_id
        join account a on a.holder = c.id and a.role = 'card_uses'
        join membership_member m on m.id = c.member_id
        left join org_unit u on u.id = k.unit_id
        left join items_itemcategory g on g.id = k.category_id
        where a.inflow > a.outflow or c.id in (select jsonb_array_elements_text(p_cards)::uuid)
    );
end $$;
"""


def install(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the function anew."""
    editor.execute(READ, params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function punchcards_at_till", params=None)
