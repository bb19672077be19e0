"""What the till reads about a member, in one call; and the index by which their slips are found."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Until when stored value can be used: so many months after money last came in, or after it was made
# valid again. Null where the name is known, or where no rule ends it.
STORED_UNTIL = """case when m.name = '' and w.unregistered_months > 0 then (
                greatest(m.renewed_on, (
                    select max(e.business_date) from account a join entry e on e.source = a.id
                    where a.holder = m.id and a.org_unit = top.id
                      and a.role in ('wallet', 'wallet_bonus')
                )) + make_interval(months => w.unregistered_months)
            )::date end"""

_READ = """
-- How a member stands on a day: who they are, what they may spend, and what holds for the items of
-- a basket. One who was merged stands as who they go on as. Null where nobody has this id.
create or replace function membership_at_till(p_member uuid, p_items jsonb, p_on date)
returns jsonb language plpgsql stable as $$
begin
    return (
        select jsonb_build_object(
            'member', m.id, 'code', m.code, 'is_active', m.state = 'active', 'tier', m.tier_id,
            'birthday', m.birthday, 'home', top.id, 'programme', g.id,
            'points_per_yuan', g.points_per_yuan, 'expiry_months', g.expiry_months,
            'uses', w.uses,
            'stored_until', {stored_until},
            'rules', (
                select coalesce(jsonb_agg(jsonb_build_array(
                    r.points::text, r.tier_id, r.category_id, r.weekdays, r.on_birthday
                )), '[]')
                from membership_earn_rule r
                where r.programme_id = g.id and r.state = 'active' and r.valid_from <= p_on
                  and (r.valid_until is null or r.valid_until >= p_on)
            ),
            'accounts', (
                select coalesce(jsonb_agg(jsonb_build_array(
                    a.role, a.unit, a.lot, (a.inflow - a.outflow)::text
                )), '[]')
                from account a
                where a.holder = m.id and a.org_unit = top.id and a.inflow <> a.outflow
                  and a.role in ('points', 'points_debt', 'wallet', 'wallet_bonus')
            ),
            'categories', (
                select coalesce(jsonb_object_agg(i.id, (
                    select jsonb_agg(above.id) from items_itemcategory above
                    where starts_with(c.path, above.path)
                )), '{}')
                from jsonb_array_elements_text(p_items) given
                join items_item i on i.id = given::uuid
                join items_itemcategory c on c.id = i.category_id
            )
        )
        from membership_member asked
        join membership_member m on m.id = coalesce(asked.merged_into_id, asked.id)
        cross join (select id from org_unit where parent_id is null order by path limit 1) top
        left join lateral (
            select * from membership_programme p where p.state = 'active' order by p.code limit 1
        ) g on true
        left join lateral (
            select * from membership_wallet_rule r
            where r.state = 'active' and r.valid_from <= p_on order by r.valid_from desc limit 1
        ) w on true
        where asked.id = p_member
    );
end $$;

-- What posting a top-up, or paying one out, needs to know: where the accounts of members are, what
-- holds on the day, and of each member the principal and whether their name is known.
create or replace function membership_wallets(p_members uuid[], p_on date)
returns jsonb language plpgsql stable as $$
begin
    return jsonb_build_object(
        'home', (select id from org_unit where parent_id is null order by path limit 1),
        'rule', (
            select jsonb_build_array(
                w.unregistered_max::text, w.registered_max::text, w.named_from::text
            )
            from membership_wallet_rule w where w.state = 'active' and w.valid_from <= p_on
            order by w.valid_from desc limit 1
        ),
        'offers', (
            select coalesce(jsonb_agg(jsonb_build_array(t.amount_min::text, t.bonus::text)), '[]')
            from membership_top_up_rule t where t.state = 'active' and t.valid_from <= p_on
              and (t.valid_until is null or t.valid_until >= p_on)
        ),
        'members', (
            select coalesce(jsonb_object_agg(m.id, jsonb_build_array(m.name <> '', (
                select coalesce(sum(a.outflow - a.inflow), 0)::text from account a
                where a.holder = m.id and a.role = 'wallet'
            ))), '{}')
            from membership_member m where m.id = any(p_members)
        )
    );
end $$;

create index if not exists document_of_party on document (party, business_date desc, id desc)
    where party is not null;
"""

READ = _READ.replace("{stored_until}", STORED_UNTIL)
READ_BEFORE_VALIDITY = _READ.replace("{stored_until}", "null")


def install(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the function anew."""
    editor.execute(READ, params=None)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("drop function membership_at_till", params=None)
    editor.execute("drop function membership_wallets", params=None)
    editor.execute("drop index document_of_party", params=None)
