"""What the till reads about coupons, in one call."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

READ = """
-- Coupons by their codes, or those that a member holds and that are good on a day: with what their
-- kinds say and what is left on their accounts, one or nothing.
create or replace function coupons_at_till(p_codes jsonb, p_member uuid, p_on date)
returns jsonb language plpgsql stable as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', c.id, 'code', c.code, 'member', coalesce(m.merged_into_id, m.id),
            'kind', k.id, 'kind_code', k.code,
            'name', k.name, 'form', k.form, 'amount', k.amount::text, 'percent', k.percent::text,
            'item', k.item_id, 'minimum', k.minimum::text, 'tier', k.tier_id, 'most', k.most,
            'fits_tag', k.tag = '' or exists (
                select from membership_member w
                where w.id = buyer.id and k.tag = any(string_to_array(w.tags, ' '))
            ),
            'path', u.path, 'is_active', k.state = 'active', 'home', a.org_unit,
            'left', (a.inflow - a.outflow)::text, 'from', c.valid_from, 'until', c.valid_until
        ) order by c.valid_until nulls last, c.id), '[]')
        from (
            select coalesce(max(w.merged_into_id::text), max(w.id::text))::uuid as id
            from membership_member w where w.id = p_member
        ) buyer
        cross join lateral (
            select * from coupons_coupon
            where code in (select jsonb_array_elements_text(p_codes))
            union
            select * from coupons_coupon
            where member_id in (
                select w.id from membership_member w
                where w.id = buyer.id or w.merged_into_id = buyer.id
            ) and (valid_until is null or valid_until >= p_on)
        ) c
        join coupons_kind k on k.id = c.kind_id
        join account a on a.holder = c.id and a.role = 'coupon'
        left join membership_member m on m.id = c.member_id
        left join org_unit u on u.id = k.unit_id
        where a.inflow > a.outflow or c.code in (select jsonb_array_elements_text(p_codes))
    );
end $$;
"""


def install(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the function anew."""
    editor.execute(READ, params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function coupons_at_till", params=None)
