"""Terms of trade: kinds of prices, customer rules, minimums, lead times, catch weights, substitutes, closed days

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from models.tables.base import Exact

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
CODES_BEFORE = (
    'unknown_customer', 'customer_unsure', 'unknown_sender', 'missing_po_number', 'po_number_unsure', 'duplicate_po',
    'change_of_order', 'cancellation', 'no_lines', 'unknown_item', 'item_unsure', 'item_conflict', 'item_inactive',
    'quantity_missing', 'quantity_unsure', 'unit_unsure', 'price_deviation', 'price_missing', 'amount_mismatch',
    'total_mismatch', 'ship_to_unknown', 'date_unsure', 'currency_mismatch', 'stock_short', 'field_unsure',
    'reading_problem', 'policy', 'form_changed',
)
CODES_NEW = (
    'same_goods_again', 'revised_order', 'item_superseded', 'codes_disagree', 'order_multiple', 'below_order_quantity',
    'unusual_quantity', 'order_minimum', 'credit_limit', 'overdue', 'date_too_early', 'price_ambiguous', 'catch_weight',
    'bank_details', 'repeated_line', 'sampled', 'too_little_history',
)
PRICE_CHECKS = {
    'one_owner': 'customer_id IS NULL OR group_code IS NULL',
    'has_customer': "kind NOT IN ('contract', 'customer') OR customer_id IS NOT NULL",
    'has_group': "kind <> 'group' OR group_code IS NOT NULL",
    'list_is_general': "kind <> 'list' OR (customer_id IS NULL AND group_code IS NULL)",
    'pricekind': "kind IN ('contract', 'customer', 'promotion', 'group', 'list')",
}
ITEM_CHECKS = {
    'successor_is_another': 'superseded_by_id IS NULL OR superseded_by_id <> id',
    'order_multiple_positive': 'order_multiple > 0',
    'order_minimum_not_negative': 'order_minimum >= 0',
    'lead_time_not_negative': 'lead_time_days >= 0',
    'catch_weight_whole':
        '(catch_weight_uom IS NULL) = (catch_weight IS NULL) AND (catch_weight IS NULL OR catch_weight > 0)',
}
CUSTOMER_CHECKS = {
    'order_minimum_not_negative': 'order_minimum >= 0',
    'credit_limit_not_negative': 'credit_limit >= 0',
    'target_error_rate_is_share': 'target_error_rate > 0 AND target_error_rate < 1',
    'packrule': "pack_rule IN ('ask', 'round_up')",
    'codekind': "code_preference IN ('part_number', 'sku', 'gtin', 'mpn')",
}


def upgrade() -> None:
    _items()
    _prices()
    _customers()
    op.create_table(
        'closed_days',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('name', sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint('day', name=op.f('pk_closed_days')),
    )
    _allow((*CODES_BEFORE, *CODES_NEW))


def _items() -> None:
    with op.batch_alter_table('items') as items:
        items.add_column(sa.Column('manufacturer', sa.String(length=128), nullable=True))
        items.add_column(sa.Column('product_line', sa.String(length=64), nullable=True))
        items.add_column(sa.Column('attributes', sa.Text(), nullable=True))
        items.add_column(sa.Column('order_multiple', Exact(), nullable=True))
        items.add_column(sa.Column('order_minimum', Exact(), nullable=True))
        items.add_column(sa.Column('lead_time_days', sa.Integer(), nullable=True))
        items.add_column(sa.Column('catch_weight_uom', sa.String(length=3), nullable=True))
        items.add_column(sa.Column('catch_weight', Exact(), nullable=True))
        items.add_column(sa.Column('catch_weight_tolerance', Exact(), nullable=True))
        items.create_index('ix_items_product_line', ['product_line'])
        for name, rule in ITEM_CHECKS.items():
            items.create_check_constraint(op.f(f'ck_items_{name}'), rule)
    op.create_table(
        'item_substitutes',
        sa.Column('item_id', ID, nullable=False),
        sa.Column('substitute_id', ID, nullable=False),
        sa.Column('rank', sa.Integer(), nullable=False),
        sa.CheckConstraint('item_id <> substitute_id', name=op.f('ck_item_substitutes_substitute_is_another')),
        sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_item_substitutes_item_id_items')),
        sa.ForeignKeyConstraint(['substitute_id'], ['items.id'], name=op.f('fk_item_substitutes_substitute_id_items')),
        sa.PrimaryKeyConstraint('item_id', 'substitute_id', name=op.f('pk_item_substitutes')),
    )


def _prices() -> None:
    with op.batch_alter_table('prices') as prices:
        prices.add_column(sa.Column('kind', sa.String(length=32), nullable=False, server_default='list'))
        prices.add_column(sa.Column('group_code', sa.String(length=64), nullable=True))
        prices.add_column(sa.Column('reference', sa.String(length=64), nullable=True))
    rows = sa.table('prices', sa.column('kind', sa.String), sa.column('customer_id', sa.Integer))
    op.execute(rows.update().where(rows.c.customer_id.is_not(None)).values(kind='contract'))
    with op.batch_alter_table('prices') as prices:
        prices.alter_column('kind', server_default=None, existing_type=sa.String(length=32), existing_nullable=False)
        for name, rule in PRICE_CHECKS.items():
            prices.create_check_constraint(op.f(f'ck_prices_{name}'), rule)


def _customers() -> None:
    with op.batch_alter_table('customers') as customers:
        customers.add_column(sa.Column('gln', sa.String(length=13), nullable=True))
        customers.add_column(sa.Column('group_code', sa.String(length=64), nullable=True))
        customers.add_column(sa.Column('delivery_terms', sa.Text(), nullable=True))
        customers.add_column(sa.Column('credit_limit', Exact(), nullable=True))
        customers.add_column(sa.Column('open_balance', Exact(), nullable=False, server_default='0'))
        customers.add_column(sa.Column('overdue', Exact(), nullable=False, server_default='0'))
        customers.add_column(sa.Column('order_minimum', Exact(), nullable=True))
        customers.add_column(sa.Column('pack_rule', sa.String(length=32), nullable=False, server_default='ask'))
        customers.add_column(sa.Column('ship_complete', sa.Boolean(), nullable=False, server_default=sa.false()))
        customers.add_column(sa.Column('merge_repeated_lines', sa.Boolean(), nullable=False, server_default=sa.false()))
        customers.add_column(sa.Column('partial_release', sa.Boolean(), nullable=False, server_default=sa.false()))
        customers.add_column(sa.Column('code_preference', sa.String(length=32), nullable=True))
        customers.add_column(sa.Column('target_error_rate', Exact(), nullable=True))
        customers.create_index('ix_customers_gln', ['gln'])
    with op.batch_alter_table('customers') as customers:
        for name in ('open_balance', 'overdue'):
            customers.alter_column(name, server_default=None, existing_type=Exact(), existing_nullable=False)
        for name in ('ship_complete', 'merge_repeated_lines', 'partial_release'):
            customers.alter_column(name, server_default=None, existing_type=sa.Boolean(), existing_nullable=False)
        customers.alter_column('pack_rule', server_default=None, existing_type=sa.String(length=32), existing_nullable=False)
        for name, rule in CUSTOMER_CHECKS.items():
            customers.create_check_constraint(op.f(f'ck_customers_{name}'), rule)
    with op.batch_alter_table('customer_emails') as emails:
        emails.add_column(sa.Column('name', sa.String(length=255), nullable=True))
        emails.add_column(sa.Column('phone', sa.String(length=64), nullable=True))
    with op.batch_alter_table('addresses') as addresses:
        addresses.add_column(sa.Column('gln', sa.String(length=13), nullable=True))
        addresses.add_column(sa.Column('transit_days', sa.Integer(), nullable=True))
        addresses.create_index('ix_addresses_gln', ['gln'])
    op.create_table(
        'customer_minimums',
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('product_line', sa.String(length=64), nullable=False),
        sa.Column('amount', Exact(), nullable=False),
        sa.CheckConstraint('amount > 0', name=op.f('ck_customer_minimums_amount_positive')),
        sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_customer_minimums_customer_id_customers')),
        sa.PrimaryKeyConstraint('customer_id', 'product_line', name=op.f('pk_customer_minimums')),
    )


def downgrade() -> None:
    codes = ", ".join(f"'{name}'" for name in CODES_NEW)
    op.execute(sa.text(f"UPDATE doubts SET code = 'reading_problem' WHERE code IN ({codes})"))  # noqa: S608 - our own constants
    _allow(CODES_BEFORE)
    for table in ('closed_days', 'customer_minimums', 'item_substitutes'):
        op.drop_table(table)
    op.execute(sa.text("DELETE FROM prices WHERE kind IN ('promotion', 'group')"))
    with op.batch_alter_table('addresses') as addresses:
        addresses.drop_index('ix_addresses_gln')
        addresses.drop_column('gln')
        addresses.drop_column('transit_days')
    with op.batch_alter_table('customer_emails') as emails:
        emails.drop_column('name')
        emails.drop_column('phone')
    _drop('customers', CUSTOMER_CHECKS, (
        'gln', 'group_code', 'delivery_terms', 'credit_limit', 'open_balance', 'overdue', 'order_minimum', 'pack_rule',
        'ship_complete', 'merge_repeated_lines', 'partial_release', 'code_preference', 'target_error_rate'), 'ix_customers_gln')
    _drop('prices', PRICE_CHECKS, ('kind', 'group_code', 'reference'), None)
    _drop('items', ITEM_CHECKS, (
        'manufacturer', 'product_line', 'attributes', 'order_multiple', 'order_minimum', 'lead_time_days', 'catch_weight_uom',
        'catch_weight', 'catch_weight_tolerance'), 'ix_items_product_line')


def _drop(table: str, checks: dict[str, str], columns: tuple[str, ...], index: str | None) -> None:
    with op.batch_alter_table(table) as rows:
        for name in checks:
            rows.drop_constraint(op.f(f'ck_{table}_{name}'), type_='check')
        if index:
            rows.drop_index(index)
        for column in columns:
            rows.drop_column(column)


def _allow(codes: tuple[str, ...]) -> None:
    words = ", ".join(f"'{name}'" for name in codes)
    with op.batch_alter_table('doubts') as doubts:
        doubts.drop_constraint(op.f('ck_doubts_doubtcode'), type_='check')
        doubts.create_check_constraint(op.f('ck_doubts_doubtcode'), f"code IN ({words})")
