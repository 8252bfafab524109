"""The OMS core deepened: ledger, lots, fulfilment, returns, billing, exceptions, other systems; and the desk around a case

Revision ID: 0010
Revises: 0009
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.tables.base import Exact, Instant
from models.tables.triggers import append_only

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
LOCATION_KINDS = "'own', 'third_party', 'transit', 'quarantine', 'customer', 'supplier', 'loss', 'adjustment'"
VIRTUAL = 'customer', 'supplier', 'loss', 'adjustment', 'transit'        # ends of the ledger that are no shelves
NEW_COLUMNS: dict[str, tuple[tuple[str, Any, Any], ...]] = {      # name, type, what rows that were there get (None: nothing)
    'addresses': (('latitude', sa.Double(), None), ('longitude', sa.Double(), None)),
    'cases': (('priority', sa.Integer(), '0'), ('snoozed_until', Instant(timezone=True), None), ('due_at', Instant(timezone=True), None)),
    'customers': (('cut_off', sa.String(length=5), None), ('over_tolerance', Exact(), '0')),
    'items': (
        ('tracking', sa.String(length=32), 'none'), ('is_kit', sa.Boolean(), sa.false()), ('backorder', sa.Boolean(), sa.true()),
        ('available_from', sa.Date(), None), ('weight', Exact(), None), ('tariff_code', sa.String(length=16), None),
        ('origin_country', sa.String(length=2), None)),
    'locations': (
        ('kind', sa.String(length=32), 'own'), ('is_active', sa.Boolean(), sa.true()), ('channel_pool', sa.String(length=64), None),
        ('street', sa.String(length=255), None), ('postcode', sa.String(length=32), None), ('city', sa.String(length=128), None),
        ('country', sa.String(length=2), None), ('latitude', sa.Double(), None), ('longitude', sa.Double(), None),
        ('cost_per_order', Exact(), None), ('capacity_per_day', sa.Integer(), None)),
    'messages': (('authentication', sa.Text(), None), ('thread', sa.Text(), None)),
    'order_lines': (
        ('over_allowed', Exact(), '0'), ('allocated', Exact(), '0'), ('returned', Exact(), '0'), ('invoiced', Exact(), '0'),
        ('credited', Exact(), '0'), ('discount', Exact(), None), ('list_price', Exact(), None), ('origin_order_id', ID, None),
        ('origin_position', sa.Integer(), None), ('origin_line_id', ID, None)),
    'house_policies': (('two_people_above', Exact(), None),),
    'outbox': (('webhook_id', ID, None),),
    'reservations': (('expires_at', Instant(timezone=True), None),),
    'sales_orders': (
        ('source', sa.String(length=32), 'case'), ('revision', sa.Integer(), '1'), ('priority', sa.Integer(), '0'),
        ('ship_complete', sa.Boolean(), sa.false()), ('valid_until', sa.Date(), None), ('origin_order_id', ID, None),
        ('company_currency', sa.String(length=3), None), ('exchange_rate', Exact(), None), ('rate_date', sa.Date(), None),
        ('rate_source', sa.String(length=64), None), ('key', sa.String(length=128), None)),
    'users': (
        ('email', sa.String(length=320), None), ('language', sa.String(length=2), None), ('preferences', sa.Text(), '{}'),
        ('sealed_totp', sa.Text(), None), ('totp_step', sa.Integer(), None), ('oidc_subject', sa.String(length=255), None)),
}
NEW_CHECKS = {
    ('addresses', 'whole_coordinates'): '(latitude IS NULL) = (longitude IS NULL)',
    ('items', 'tracking'): "tracking IN ('none', 'lot', 'serial')",
    ('locations', 'locationkind'): f"kind IN ({LOCATION_KINDS})",
    ('order_lines', 'allocated_within_ordered'): 'allocated >= 0 AND allocated + cancelled <= base_quantity + over_allowed',
    ('order_lines', 'returned_within_shipped'): 'returned >= 0 AND returned <= shipped',
    ('order_lines', 'invoiced_within_shipped'): 'invoiced >= 0 AND invoiced <= shipped',
    ('order_lines', 'credited_within_invoiced'): 'credited >= 0 AND credited <= invoiced',
    ('sales_orders', 'ordersource'): "source IN ('case', 'import', 'api', 'desk', 'exchange', 'split')",
    ('sales_orders', 'revision_positive'): 'revision >= 1',
    ('sales_orders', 'exchange_rate_positive'): 'exchange_rate > 0',
    ('sales_orders', 'quote_has_validity'): "state <> 'quoted' OR valid_until IS NOT NULL",
}
CHANGED_CHECKS = {                                                 # before, after
    ('order_lines', 'within_ordered'): (
        'cancelled >= 0 AND shipped >= 0 AND shipped + cancelled <= base_quantity',
        'cancelled >= 0 AND shipped >= 0 AND over_allowed >= 0 AND shipped + cancelled <= base_quantity + over_allowed'),
    ('sales_orders', 'salesorderstate'): (
        "state IN ('accepted', 'released', 'cancelled', 'closed')",
        "state IN ('draft', 'quoted', 'accepted', 'released', 'cancelled', 'closed', 'merged')"),
    ('reservations', 'reservationstate'): (
        "state IN ('active', 'consumed', 'released')", "state IN ('active', 'consumed', 'released', 'expired')"),
    ('users', 'role'): (
        "role IN ('viewer', 'clerk', 'approver', 'admin')", "role IN ('viewer', 'clerk', 'approver', 'admin', 'integration')"),
    ('outbox', 'channel'): ("channel IN ('erp', 'mail')", "channel IN ('erp', 'mail', 'webhook')"),
}
NEW_TABLES = (
    'installation', 'exchange_rates', 'event_cursors', 'erp_cursors', 'erp_links', 'house_settings', 'mailbox_settings',
    'notice_templates',
    'sourcing_rules', 'webhooks', 'exception_rules', 'incoming_supplies', 'kit_components',
    'lots', 'message_keeping', 'recovery_codes', 'saved_views', 'waves', 'case_approvals',
    'case_comments', 'case_questions', 'case_tags', 'case_visits', 'case_words', 'lot_levels',
    'unsaved_edits', 'fulfilment_orders', 'order_changes', 'order_charges', 'order_holds',
    'order_notes', 'order_tags', 'returns', 'exceptions', 'fulfilment_holds',
    'fulfilment_lines', 'return_lines', 'shipments', 'stock_entries', 'inspections',
    'invoices', 'parcels', 'credit_memos', 'invoice_lines', 'payments',
    'shipment_lines', 'credit_lines', 'refunds', 'unread_mentions',
)
LINE_ORIGINS = ('origin_order_id', 'sales_orders'), ('origin_line_id', 'order_lines')
PROMISES = ('order_line_id', 'location_id'), ('order_line_id', 'item_id', 'location_id')


def upgrade() -> None:
    _new_tables()
    for table, columns in NEW_COLUMNS.items():
        _add(table, columns)
    for (table, name), rule in NEW_CHECKS.items():
        with op.batch_alter_table(table) as rows:
            rows.create_check_constraint(op.f(f'ck_{table}_{name}'), rule)
    for (table, name), (_, rule) in CHANGED_CHECKS.items():
        _check(table, name, rule)
    _promises(*PROMISES)
    with op.batch_alter_table('outbox') as outbox:
        outbox.create_index('ix_outbox_webhook_id', ['webhook_id'])
        outbox.create_foreign_key(op.f('fk_outbox_webhook_id_webhooks'), 'webhooks', ['webhook_id'], ['id'])
    with op.batch_alter_table('sales_orders') as orders:
        orders.create_foreign_key(
            op.f('fk_sales_orders_origin_order_id_sales_orders'), 'sales_orders', ['origin_order_id'], ['id'])
        orders.create_unique_constraint(op.f('uq_sales_orders_key'), ['key'])
    with op.batch_alter_table('order_lines') as lines:
        lines.create_index('ix_order_lines_origin_order_id', ['origin_order_id'])
        for column, table in LINE_ORIGINS:
            lines.create_foreign_key(op.f(f'fk_order_lines_{column}_{table}'), table, [column], ['id'])
    _find_orders()
    with op.batch_alter_table('users') as users:
        users.create_unique_constraint(op.f('uq_users_oidc_subject'), ['oidc_subject'])
    _give_tokens_users()
    _open_ledger()
    for statement in append_only(op.get_bind().dialect.name, 'order_changes', 'stock_entries'):
        op.execute(sa.text(statement))


def _give_tokens_users() -> None:
    with op.batch_alter_table('api_tokens') as tokens:
        tokens.add_column(sa.Column('user_id', ID, nullable=True))
        tokens.alter_column(
            'scopes', type_=sa.String(length=1_000), existing_type=sa.String(length=255), existing_nullable=False)
    op.execute(sa.text("""
        INSERT INTO users (login, name, role, password_hash, is_active, failed_logins, preferences)
        SELECT 'token-' || id, name, 'integration', '!', true, 0, '{}' FROM api_tokens"""))
    op.execute(sa.text(
        "UPDATE api_tokens SET user_id = (SELECT u.id FROM users u WHERE u.login = 'token-' || api_tokens.id)"))
    with op.batch_alter_table('api_tokens') as tokens:
        tokens.alter_column('user_id', existing_type=ID, nullable=False)
        tokens.create_foreign_key(op.f('fk_api_tokens_user_id_users'), 'users', ['user_id'], ['id'])


def _find_orders() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(sa.text('CREATE EXTENSION IF NOT EXISTS pg_trgm'))
    op.create_index('ix_sales_orders_customer_newest', 'sales_orders', ['customer_id', 'id'])
    op.create_index(
        'ix_sales_orders_po_part', 'sales_orders', ['po_number'], postgresql_using='gin',
        postgresql_ops={'po_number': 'gin_trgm_ops'})


def downgrade() -> None:
    op.drop_index('ix_sales_orders_po_part', 'sales_orders')
    op.drop_index('ix_sales_orders_customer_newest', 'sales_orders')
    _close_ledger()
    with op.batch_alter_table('api_tokens') as tokens:
        tokens.drop_constraint(op.f('fk_api_tokens_user_id_users'), type_='foreignkey')
        tokens.drop_column('user_id')
        tokens.alter_column(
            'scopes', type_=sa.String(length=255), existing_type=sa.String(length=1_000), existing_nullable=False)
    op.execute(sa.text(                                            # they are kept: cases may name who worked on them
        "UPDATE users SET role = 'viewer', is_active = false, login = 'was-' || id || '-' || login WHERE role = 'integration'"))
    with op.batch_alter_table('users') as users:
        users.drop_constraint(op.f('uq_users_oidc_subject'), type_='unique')
    with op.batch_alter_table('order_lines') as lines:
        for column, table in LINE_ORIGINS:
            lines.drop_constraint(op.f(f'fk_order_lines_{column}_{table}'), type_='foreignkey')
        lines.drop_index('ix_order_lines_origin_order_id')
    with op.batch_alter_table('sales_orders') as orders:
        orders.drop_constraint(op.f('uq_sales_orders_key'), type_='unique')
        orders.drop_constraint(op.f('fk_sales_orders_origin_order_id_sales_orders'), type_='foreignkey')
    with op.batch_alter_table('outbox') as outbox:
        outbox.drop_constraint(op.f('fk_outbox_webhook_id_webhooks'), type_='foreignkey')
        outbox.drop_index('ix_outbox_webhook_id')
    _promises(*reversed(PROMISES))
    for (table, name), (rule, _) in CHANGED_CHECKS.items():
        _check(table, name, rule)
    for table, name in NEW_CHECKS:
        with op.batch_alter_table(table) as rows:
            rows.drop_constraint(op.f(f'ck_{table}_{name}'), type_='check')
    for table, columns in NEW_COLUMNS.items():
        with op.batch_alter_table(table) as rows:
            for name, _, _ in columns:
                rows.drop_column(name)
    for table in reversed(NEW_TABLES):
        op.drop_table(table)


def _open_ledger() -> None:
    """What moved before becomes opening entries, with what is promised beside it."""
    for kind in VIRTUAL:
        values = {'code': f'@{kind}', 'name': kind.capitalize(), 'kind': kind}
        there = op.get_bind().execute(sa.text('UPDATE locations SET kind = :kind WHERE code = :code'), values)
        if not there.rowcount:                                     # they stay when this is taken back
            op.get_bind().execute(sa.text(
                'INSERT INTO locations (code, name, kind, priority, is_active) VALUES (:code, :name, :kind, 0, true)'), values)
    op.execute(sa.text("""
        INSERT INTO stock_entries (item_id, from_id, to_id, physical, promised, kind, reference, actor, at)
        SELECT m.item_id, CASE WHEN m.quantity > 0 THEN a.id ELSE m.location_id END,
            CASE WHEN m.quantity > 0 THEN m.location_id ELSE a.id END, abs(m.quantity), 0, 'opening',
            substr(COALESCE(m.reason || ' ' || m.reference, m.reason), 1, 128), 'ordermill', m.at
        FROM stock_movements m JOIN locations a ON a.code = '@adjustment' WHERE m.quantity <> 0 ORDER BY m.id"""))
    op.execute(sa.text("""
        INSERT INTO stock_entries (item_id, from_id, to_id, physical, promised, kind, order_line_id, actor, at)
        SELECT r.item_id, r.location_id, c.id, 0, r.quantity, 'reservation', r.order_line_id, 'ordermill', CURRENT_TIMESTAMP
        FROM reservations r JOIN locations c ON c.code = '@customer' WHERE r.state = 'active' ORDER BY r.id"""))
    op.drop_table('stock_movements')


def _close_ledger() -> None:
    op.create_table(
        'stock_movements',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('item_id', ID, nullable=False),
        sa.Column('location_id', ID, nullable=False),
        sa.Column('quantity', Exact(), nullable=False),
        sa.Column('reason', sa.String(length=64), nullable=False),
        sa.Column('reference', sa.String(length=128), nullable=True),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_stock_movements_item_id_items')),
        sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_stock_movements_location_id_locations')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_movements')),
    )
    op.create_index('ix_stock_movements_item_location', 'stock_movements', ['item_id', 'location_id'])
    op.execute(sa.text("""
        INSERT INTO stock_movements (item_id, location_id, quantity, reason, reference, at)
        SELECT e.item_id, l.id, CASE WHEN l.id = e.to_id THEN e.physical ELSE -e.physical END, e.kind, e.reference, e.at
        FROM stock_entries e JOIN locations l ON l.id IN (e.from_id, e.to_id)
        WHERE e.physical > 0 AND l.kind NOT IN ('customer', 'supplier', 'loss', 'adjustment', 'transit') ORDER BY e.id"""))
    for statement in append_only(op.get_bind().dialect.name, 'stock_movements'):
        op.execute(sa.text(statement))


def _add(table: str, columns: tuple[tuple[str, Any, Any], ...]) -> None:
    with op.batch_alter_table(table) as rows:
        for name, kind, default in columns:
            rows.add_column(sa.Column(name, kind, nullable=default is None, server_default=default))
    with op.batch_alter_table(table) as rows:
        for name, kind, default in columns:
            if default is not None:
                rows.alter_column(name, server_default=None, existing_type=kind, existing_nullable=False)


def _check(table: str, name: str, rule: str) -> None:
    with op.batch_alter_table(table) as rows:
        rows.drop_constraint(op.f(f'ck_{table}_{name}'), type_='check')
        rows.create_check_constraint(op.f(f'ck_{table}_{name}'), rule)


def _promises(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    with op.batch_alter_table('reservations') as rows:
        rows.drop_constraint(op.f(f"uq_reservations_{'_'.join(before)}"), type_='unique')
        rows.create_unique_constraint(op.f(f"uq_reservations_{'_'.join(after)}"), list(after))


def _new_tables() -> None:
    op.create_table(
        'exchange_rates',
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('company_currency', sa.String(length=3), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('rate', Exact(), nullable=False),
        sa.Column('source', sa.String(length=64), nullable=False),
        sa.Column('made_by', sa.String(length=255), nullable=False),
        sa.Column('made_at', Instant(timezone=True), nullable=False),
        sa.CheckConstraint('rate > 0', name=op.f('ck_exchange_rates_rate_positive')),
        sa.PrimaryKeyConstraint('currency', 'company_currency', 'day', name=op.f('pk_exchange_rates')),
    )
    op.create_table(
        'erp_cursors',
        sa.Column('system', sa.String(length=32), nullable=False),
        sa.Column('noun', sa.String(length=32), nullable=False),
        sa.Column('cursor', sa.Text(), nullable=False),
        sa.Column('full_at', Instant(timezone=True), nullable=True),
        sa.Column('pulled_at', Instant(timezone=True), nullable=False),
        sa.Column('code', sa.String(length=64), nullable=True),
        sa.Column('sentence', sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint('system', 'noun', name=op.f('pk_erp_cursors')),
    )
    op.create_table(
        'installation',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('identity', sa.String(length=32), nullable=False),
        sa.Column('made_at', Instant(timezone=True), nullable=False),
        sa.CheckConstraint('id = 1', name=op.f('ck_installation_one_row')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_installation')),
    )
    op.create_table(
        'erp_links',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('system', sa.String(length=32), nullable=False),
        sa.Column('noun', sa.String(length=32), nullable=False),
        sa.Column('local_id', sa.Integer(), nullable=False),
        sa.Column('external_id', sa.String(length=128), nullable=False),
        sa.Column('seen_at', Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_erp_links')),
        sa.UniqueConstraint('system', 'noun', 'external_id', name=op.f('uq_erp_links_system_noun_external_id')),
    )
    op.create_index('ix_erp_links_noun_local_id', 'erp_links', ['system', 'noun', 'local_id'])
    op.create_table(
        'event_cursors',
        sa.Column('follower', sa.String(length=64), nullable=False),
        sa.Column('seq', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('follower', name=op.f('pk_event_cursors')),
    )
    op.create_table(
        'house_settings',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('name', sa.String(length=64), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('made_by', sa.String(length=255), nullable=False),
        sa.Column('made_at', Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_house_settings')),
    )
    op.create_index('ix_house_settings_name_id', 'house_settings', ['name', 'id'])
    op.create_table(
        'mailbox_settings',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('name', sa.String(length=64), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('sealed_password', sa.Text(), nullable=False),
        sa.Column('is_active', sa.Boolean(), nullable=False),
        sa.Column('made_by', sa.String(length=255), nullable=False),
        sa.Column('made_at', Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mailbox_settings')),
        sa.UniqueConstraint('name', name=op.f('uq_mailbox_settings_name')),
    )
    op.create_table(
        'notice_templates',
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('language', sa.String(length=2), nullable=False),
        sa.Column('customer_no', sa.String(length=64), nullable=False),
        sa.Column('subject', sa.Text(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('made_by', sa.String(length=255), nullable=False),
        sa.Column('made_at', Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('kind', 'language', 'customer_no', name=op.f('pk_notice_templates')),
    )
    op.create_table(
        'sourcing_rules',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=128), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('is_active', sa.Boolean(), nullable=False),
        sa.Column('made_by', sa.String(length=255), nullable=False),
        sa.Column('made_at', Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sourcing_rules')),
        sa.UniqueConstraint('position', name=op.f('uq_sourcing_rules_position')),
    )
    op.create_table(
        'webhooks',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('url', sa.Text(), nullable=False),
        sa.Column('events', sa.Text(), nullable=False),
        sa.Column('sealed_secret', sa.Text(), nullable=False),
        sa.Column('description', sa.String(length=255), nullable=False),
        sa.Column('is_active', sa.Boolean(), nullable=False),
        sa.Column('code', sa.String(length=64), nullable=True),
        sa.Column('sentence', sa.Text(), nullable=True),
        sa.Column('made_by', sa.String(length=255), nullable=False),
        sa.Column('made_at', Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_webhooks')),
    )
    op.create_table(
        'exception_rules',
        sa.Column('kind', sa.Enum('unknown_item', 'price', 'minimum', 'credit', 'short_stock', 'duplicate_po', 'address', 'compliance', 'sync_failure', 'reconciliation', name='exceptionkind', native_enum=False, length=32), nullable=False),
        sa.Column('assignee_id', ID, nullable=True),
        sa.Column('team', sa.String(length=64), nullable=True),
        sa.Column('is_blocking', sa.Boolean(), nullable=False),
        sa.Column('due_hours', sa.Integer(), nullable=True),
        sa.Column('escalate_to', sa.String(length=64), nullable=True),
        sa.CheckConstraint("kind IN ('unknown_item', 'price', 'minimum', 'credit', 'short_stock', 'duplicate_po', 'address', 'compliance', 'sync_failure', 'reconciliation')", name=op.f('ck_exception_rules_exceptionkind')),
        sa.CheckConstraint('due_hours > 0', name=op.f('ck_exception_rules_due_hours_positive')),
        sa.ForeignKeyConstraint(['assignee_id'], ['users.id'], name=op.f('fk_exception_rules_assignee_id_users')),
        sa.PrimaryKeyConstraint('kind', name=op.f('pk_exception_rules')),
    )
    op.create_table(
        'incoming_supplies',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('item_id', ID, nullable=False),
        sa.Column('location_id', ID, nullable=False),
        sa.Column('quantity', Exact(), nullable=False),
        sa.Column('received', Exact(), nullable=False),
        sa.Column('expected_on', sa.Date(), nullable=False),
        sa.Column('reference', sa.String(length=128), nullable=False),
        sa.Column('is_closed', sa.Boolean(), nullable=False),
        sa.CheckConstraint('quantity > 0 AND received >= 0', name=op.f('ck_incoming_supplies_quantity_positive')),
        sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_incoming_supplies_item_id_items')),
        sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_incoming_supplies_location_id_locations')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_incoming_supplies')),
        sa.UniqueConstraint('reference', 'item_id', 'location_id', name=op.f('uq_incoming_supplies_reference_item_id_location_id')),
    )
    op.create_index('ix_incoming_supplies_item', 'incoming_supplies', ['item_id', 'expected_on'])
    op.create_table(
        'kit_components',
        sa.Column('kit_id', ID, nullable=False),
        sa.Column('component_id', ID, nullable=False),
        sa.Column('quantity', Exact(), nullable=False),
        sa.CheckConstraint('kit_id <> component_id', name=op.f('ck_kit_components_component_is_another')),
        sa.CheckConstraint('quantity > 0', name=op.f('ck_kit_components_quantity_positive')),
        sa.ForeignKeyConstraint(['component_id'], ['items.id'], name=op.f('fk_kit_components_component_id_items')),
        sa.ForeignKeyConstraint(['kit_id'], ['items.id'], name=op.f('fk_kit_components_kit_id_items')),
        sa.PrimaryKeyConstraint('kit_id', 'component_id', name=op.f('pk_kit_components')),
    )
    op.create_table(
        'lots',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('item_id', ID, nullable=False),
        sa.Column('code', sa.String(length=64), nullable=False),
        sa.Column('is_serial', sa.Boolean(), nullable=False),
        sa.Column('expires_on', sa.Date(), nullable=True),
        sa.Column('received_on', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_lots_item_id_items')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_lots')),
        sa.UniqueConstraint('item_id', 'code', name=op.f('uq_lots_item_id_code')),
    )
    op.create_table(
        'recovery_codes',
        sa.Column('code_sha256', sa.String(length=64), nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('used_at', Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_recovery_codes_user_id_users')),
        sa.PrimaryKeyConstraint('code_sha256', name=op.f('pk_recovery_codes')),
    )
    op.create_index('ix_recovery_codes_user_id', 'recovery_codes', ['user_id'])
    op.create_table(
        'message_keeping',
        sa.Column('message_id', ID, nullable=False),
        sa.Column('hold_reason', sa.Text(), nullable=True),
        sa.Column('hold_by', sa.String(length=255), nullable=True),
        sa.Column('hold_at', Instant(timezone=True), nullable=True),
        sa.Column('erased_at', Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_message_keeping_message_id_messages')),
        sa.PrimaryKeyConstraint('message_id', name=op.f('pk_message_keeping')),
    )
    op.create_table(
        'saved_views',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('page', sa.String(length=32), nullable=False),
        sa.Column('name', sa.String(length=64), nullable=False),
        sa.Column('query', sa.Text(), nullable=False),
        sa.Column('is_shared', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_saved_views_user_id_users')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_views')),
        sa.UniqueConstraint('user_id', 'page', 'name', name=op.f('uq_saved_views_user_id_page_name')),
    )
    op.create_table(
        'waves',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('number', sa.String(length=32), nullable=False),
        sa.Column('location_id', ID, nullable=False),
        sa.Column('made_by', sa.String(length=255), nullable=False),
        sa.Column('made_at', Instant(timezone=True), nullable=False),
        sa.Column('closed_at', Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_waves_location_id_locations')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_waves')),
        sa.UniqueConstraint('number', name=op.f('uq_waves_number')),
    )
    op.create_table(
        'case_approvals',
        sa.Column('case_id', ID, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_approvals_case_id_cases')),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_case_approvals_user_id_users')),
        sa.PrimaryKeyConstraint('case_id', 'version', 'user_id', name=op.f('pk_case_approvals')),
    )
    op.create_table(
        'case_comments',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('case_id', ID, nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('path', sa.String(length=128), nullable=True),
        sa.Column('document_id', ID, nullable=True),
        sa.Column('place', sa.Text(), nullable=True),
        sa.Column('mentions', sa.Text(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('resolved_at', Instant(timezone=True), nullable=True),
        sa.Column('resolved_by', sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_comments_case_id_cases')),
        sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_case_comments_document_id_documents')),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_case_comments_user_id_users')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_comments')),
    )
    op.create_index('ix_case_comments_case_id', 'case_comments', ['case_id'])
    op.create_table(
        'unread_mentions',
        sa.Column('user_id', ID, nullable=False),
        sa.Column('comment_id', ID, nullable=False),
        sa.ForeignKeyConstraint(['comment_id'], ['case_comments.id'], name=op.f('fk_unread_mentions_comment_id_case_comments')),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_unread_mentions_user_id_users')),
        sa.PrimaryKeyConstraint('user_id', 'comment_id', name=op.f('pk_unread_mentions')),
    )
    op.create_table(
        'case_questions',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('case_id', ID, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=128), nullable=False),
        sa.Column('mail_id', sa.Text(), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('asked_by', sa.String(length=255), nullable=False),
        sa.Column('asked_at', Instant(timezone=True), nullable=False),
        sa.Column('answer_message_id', ID, nullable=True),
        sa.Column('answered_at', Instant(timezone=True), nullable=True),
        sa.CheckConstraint('(answered_at IS NULL) = (answer_message_id IS NULL)', name=op.f('ck_case_questions_answered_by_a_message')),
        sa.ForeignKeyConstraint(['answer_message_id'], ['messages.id'], name=op.f('fk_case_questions_answer_message_id_messages')),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_questions_case_id_cases')),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_case_questions_user_id_users')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_questions')),
        sa.UniqueConstraint('key', name=op.f('uq_case_questions_key')),
    )
    op.create_index('ix_case_questions_answer_message_id', 'case_questions', ['answer_message_id'])
    op.create_index('ix_case_questions_case_id', 'case_questions', ['case_id'])
    op.create_index('ix_case_questions_mail_id', 'case_questions', ['mail_id'])
    op.create_table(
        'case_tags',
        sa.Column('case_id', ID, nullable=False),
        sa.Column('tag', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_tags_case_id_cases')),
        sa.PrimaryKeyConstraint('case_id', 'tag', name=op.f('pk_case_tags')),
    )
    op.create_index('ix_case_tags_tag', 'case_tags', ['tag'])
    op.create_table(
        'case_words',
        sa.Column('word', sa.String(length=40).with_variant(sa.String(length=40, collation='C'), 'postgresql'), nullable=False),
        sa.Column('case_id', ID, nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_words_case_id_cases')),
        sa.PrimaryKeyConstraint('word', 'case_id', name=op.f('pk_case_words')),
    )
    op.create_index('ix_case_words_case_id', 'case_words', ['case_id'])
    op.create_table(
        'case_visits',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('case_id', ID, nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('keys', sa.Integer(), nullable=False),
        sa.Column('clicks', sa.Integer(), nullable=False),
        sa.Column('active_seconds', sa.Double(), nullable=False),
        sa.Column('ended_at', Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_visits_case_id_cases')),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_case_visits_user_id_users')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_visits')),
    )
    op.create_index('ix_case_visits_case_id', 'case_visits', ['case_id'])
    op.create_index('ix_case_visits_ended_at', 'case_visits', ['ended_at'])
    op.create_table(
        'lot_levels',
        sa.Column('lot_id', ID, nullable=False),
        sa.Column('location_id', ID, nullable=False),
        sa.Column('on_hand', Exact(), nullable=False),
        sa.Column('held', Exact(), nullable=False),
        sa.CheckConstraint('held >= 0 AND held <= on_hand', name=op.f('ck_lot_levels_held_within_stock')),
        sa.CheckConstraint('on_hand >= 0', name=op.f('ck_lot_levels_on_hand_not_negative')),
        sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_lot_levels_location_id_locations')),
        sa.ForeignKeyConstraint(['lot_id'], ['lots.id'], name=op.f('fk_lot_levels_lot_id_lots')),
        sa.PrimaryKeyConstraint('lot_id', 'location_id', name=op.f('pk_lot_levels')),
    )
    op.create_index('ix_lot_levels_location_id', 'lot_levels', ['location_id'])
    op.create_table(
        'unsaved_edits',
        sa.Column('case_id', ID, nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('path', sa.String(length=128), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('value', sa.Text(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_unsaved_edits_case_id_cases')),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_unsaved_edits_user_id_users')),
        sa.PrimaryKeyConstraint('case_id', 'user_id', 'path', name=op.f('pk_unsaved_edits')),
    )
    op.create_table(
        'fulfilment_orders',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('number', sa.String(length=32), nullable=False),
        sa.Column('order_id', ID, nullable=False),
        sa.Column('location_id', ID, nullable=False),
        sa.Column('wave_id', ID, nullable=True),
        sa.Column('state', sa.Enum('open', 'scheduled', 'on_hold', 'in_progress', 'closed', 'incomplete', 'cancelled', name='fulfilmentstate', native_enum=False, length=32), nullable=False),
        sa.Column('request_state', sa.Enum('unsubmitted', 'submitted', 'accepted', 'rejected', 'cancellation_requested', 'cancellation_accepted', 'cancellation_rejected', name='requeststate', native_enum=False, length=32), nullable=False),
        sa.Column('request_note', sa.Text(), nullable=True),
        sa.Column('ship_by', sa.Date(), nullable=True),
        sa.Column('explanation', sa.Text(), nullable=True),
        sa.Column('created_at', Instant(timezone=True), nullable=False),
        sa.Column('moved_at', Instant(timezone=True), nullable=False),
        sa.CheckConstraint("request_state IN ('unsubmitted', 'submitted', 'accepted', 'rejected', 'cancellation_requested', 'cancellation_accepted', 'cancellation_rejected')", name=op.f('ck_fulfilment_orders_requeststate')),
        sa.CheckConstraint("state IN ('open', 'scheduled', 'on_hold', 'in_progress', 'closed', 'incomplete', 'cancelled')", name=op.f('ck_fulfilment_orders_fulfilmentstate')),
        sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_fulfilment_orders_location_id_locations')),
        sa.ForeignKeyConstraint(['order_id'], ['sales_orders.id'], name=op.f('fk_fulfilment_orders_order_id_sales_orders')),
        sa.ForeignKeyConstraint(['wave_id'], ['waves.id'], name=op.f('fk_fulfilment_orders_wave_id_waves')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_fulfilment_orders')),
        sa.UniqueConstraint('number', name=op.f('uq_fulfilment_orders_number')),
    )
    op.create_index('ix_fulfilment_orders_order_id', 'fulfilment_orders', ['order_id'])
    op.create_index('ix_fulfilment_orders_state_location', 'fulfilment_orders', ['state', 'location_id', 'id'])
    op.create_index('ix_fulfilment_orders_wave_id', 'fulfilment_orders', ['wave_id'])
    op.create_table(
        'order_changes',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('order_id', ID, nullable=False),
        sa.Column('revision', sa.Integer(), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('actor', sa.String(length=255), nullable=False),
        sa.Column('case_id', ID, nullable=True),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_order_changes_case_id_cases')),
        sa.ForeignKeyConstraint(['order_id'], ['sales_orders.id'], name=op.f('fk_order_changes_order_id_sales_orders')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_order_changes')),
        sa.UniqueConstraint('order_id', 'revision', name=op.f('uq_order_changes_order_id_revision')),
    )
    op.create_table(
        'order_charges',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('order_id', ID, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('kind', sa.Enum('discount', 'charge', 'tax', name='chargekind', native_enum=False, length=32), nullable=False),
        sa.Column('name', sa.String(length=255), nullable=False),
        sa.Column('rate', Exact(), nullable=True),
        sa.Column('amount', Exact(), nullable=False),
        sa.CheckConstraint("kind <> 'discount' OR amount <= 0", name=op.f('ck_order_charges_discount_takes')),
        sa.CheckConstraint("kind = 'discount' OR amount >= 0", name=op.f('ck_order_charges_charge_adds')),
        sa.CheckConstraint("kind IN ('discount', 'charge', 'tax')", name=op.f('ck_order_charges_chargekind')),
        sa.ForeignKeyConstraint(['order_id'], ['sales_orders.id'], name=op.f('fk_order_charges_order_id_sales_orders')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_order_charges')),
        sa.UniqueConstraint('order_id', 'position', name=op.f('uq_order_charges_order_id_position')),
    )
    op.create_table(
        'order_holds',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('order_id', ID, nullable=False),
        sa.Column('kind', sa.Enum('credit', 'price', 'compliance', 'address', 'payment', 'fraud', 'stock', 'manual', name='holdkind', native_enum=False, length=32), nullable=False),
        sa.Column('sentence', sa.Text(), nullable=False),
        sa.Column('owner', sa.String(length=255), nullable=True),
        sa.Column('placed_by', sa.String(length=255), nullable=False),
        sa.Column('placed_at', Instant(timezone=True), nullable=False),
        sa.Column('released_by', sa.String(length=255), nullable=True),
        sa.Column('released_at', Instant(timezone=True), nullable=True),
        sa.Column('release_reason', sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('credit', 'price', 'compliance', 'address', 'payment', 'fraud', 'stock', 'manual')", name=op.f('ck_order_holds_holdkind')),
        sa.CheckConstraint('(released_at IS NULL) = (released_by IS NULL)', name=op.f('ck_order_holds_released_by_somebody')),
        sa.ForeignKeyConstraint(['order_id'], ['sales_orders.id'], name=op.f('fk_order_holds_order_id_sales_orders')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_order_holds')),
    )
    op.create_index('ix_order_holds_order_id', 'order_holds', ['order_id'])
    op.create_index('ux_order_holds_standing', 'order_holds', ['order_id', 'kind'], unique=True, sqlite_where=sa.text("released_at IS NULL AND kind <> 'manual'"), postgresql_where=sa.text("released_at IS NULL AND kind <> 'manual'"))
    op.create_table(
        'order_notes',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('order_id', ID, nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('author', sa.String(length=255), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['order_id'], ['sales_orders.id'], name=op.f('fk_order_notes_order_id_sales_orders')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_order_notes')),
    )
    op.create_index('ix_order_notes_order_id', 'order_notes', ['order_id'])
    op.create_table(
        'order_tags',
        sa.Column('order_id', ID, nullable=False),
        sa.Column('tag', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['order_id'], ['sales_orders.id'], name=op.f('fk_order_tags_order_id_sales_orders')),
        sa.PrimaryKeyConstraint('order_id', 'tag', name=op.f('pk_order_tags')),
    )
    op.create_index('ix_order_tags_tag', 'order_tags', ['tag', 'order_id'])
    op.create_table(
        'returns',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('number', sa.String(length=32), nullable=False),
        sa.Column('order_id', ID, nullable=True),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('location_id', ID, nullable=False),
        sa.Column('state', sa.Enum('requested', 'approved', 'declined', 'in_transit', 'received', 'inspected', 'closed', 'cancelled', name='returnstate', native_enum=False, length=32), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('answer', sa.Text(), nullable=True),
        sa.Column('fee', Exact(), nullable=False),
        sa.Column('exchange_order_id', ID, nullable=True),
        sa.Column('requested_by', sa.String(length=255), nullable=False),
        sa.Column('created_at', Instant(timezone=True), nullable=False),
        sa.Column('moved_at', Instant(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('requested', 'approved', 'declined', 'in_transit', 'received', 'inspected', 'closed', 'cancelled')", name=op.f('ck_returns_returnstate')),
        sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_returns_customer_id_customers')),
        sa.ForeignKeyConstraint(['exchange_order_id'], ['sales_orders.id'], name=op.f('fk_returns_exchange_order_id_sales_orders')),
        sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_returns_location_id_locations')),
        sa.ForeignKeyConstraint(['order_id'], ['sales_orders.id'], name=op.f('fk_returns_order_id_sales_orders')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_returns')),
        sa.UniqueConstraint('number', name=op.f('uq_returns_number')),
    )
    op.create_index('ix_returns_customer_id', 'returns', ['customer_id'])
    op.create_index('ix_returns_order_id', 'returns', ['order_id'])
    op.create_index('ix_returns_state_id', 'returns', ['state', 'id'])
    op.create_table(
        'exceptions',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('kind', sa.Enum('unknown_item', 'price', 'minimum', 'credit', 'short_stock', 'duplicate_po', 'address', 'compliance', 'sync_failure', 'reconciliation', name='exceptionkind', native_enum=False, length=32), nullable=False),
        sa.Column('state', sa.Enum('open', 'assigned', 'resolved', 'waived', name='exceptionstate', native_enum=False, length=32), nullable=False),
        sa.Column('key', sa.String(length=128), nullable=False),
        sa.Column('is_blocking', sa.Boolean(), nullable=False),
        sa.Column('code', sa.String(length=64), nullable=False),
        sa.Column('sentence', sa.Text(), nullable=False),
        sa.Column('order_id', ID, nullable=True),
        sa.Column('item_id', ID, nullable=True),
        sa.Column('location_id', ID, nullable=True),
        sa.Column('outbox_id', ID, nullable=True),
        sa.Column('assignee_id', ID, nullable=True),
        sa.Column('team', sa.String(length=64), nullable=True),
        sa.Column('due_at', Instant(timezone=True), nullable=True),
        sa.Column('escalated_at', Instant(timezone=True), nullable=True),
        sa.Column('opened_at', Instant(timezone=True), nullable=False),
        sa.Column('closed_at', Instant(timezone=True), nullable=True),
        sa.Column('closed_by', sa.String(length=255), nullable=True),
        sa.Column('resolution', sa.Text(), nullable=True),
        sa.CheckConstraint("(state IN ('resolved', 'waived')) = (closed_at IS NOT NULL)", name=op.f('ck_exceptions_closed_at_an_instant')),
        sa.CheckConstraint("kind IN ('unknown_item', 'price', 'minimum', 'credit', 'short_stock', 'duplicate_po', 'address', 'compliance', 'sync_failure', 'reconciliation')", name=op.f('ck_exceptions_exceptionkind')),
        sa.CheckConstraint("state IN ('open', 'assigned', 'resolved', 'waived')", name=op.f('ck_exceptions_exceptionstate')),
        sa.ForeignKeyConstraint(['assignee_id'], ['users.id'], name=op.f('fk_exceptions_assignee_id_users')),
        sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_exceptions_item_id_items')),
        sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_exceptions_location_id_locations')),
        sa.ForeignKeyConstraint(['order_id'], ['sales_orders.id'], name=op.f('fk_exceptions_order_id_sales_orders')),
        sa.ForeignKeyConstraint(['outbox_id'], ['outbox.id'], name=op.f('fk_exceptions_outbox_id_outbox')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_exceptions')),
    )
    op.create_index('ix_exceptions_order_id', 'exceptions', ['order_id'])
    op.create_index('ix_exceptions_state_due', 'exceptions', ['state', 'due_at'])
    op.create_index('ux_exceptions_open_key', 'exceptions', ['key'], unique=True, sqlite_where=sa.text("state IN ('open', 'assigned')"), postgresql_where=sa.text("state IN ('open', 'assigned')"))
    op.create_table(
        'fulfilment_holds',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('fulfilment_order_id', ID, nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('placed_by', sa.String(length=255), nullable=False),
        sa.Column('placed_at', Instant(timezone=True), nullable=False),
        sa.Column('released_by', sa.String(length=255), nullable=True),
        sa.Column('released_at', Instant(timezone=True), nullable=True),
        sa.CheckConstraint('(released_at IS NULL) = (released_by IS NULL)', name=op.f('ck_fulfilment_holds_released_by_somebody')),
        sa.ForeignKeyConstraint(['fulfilment_order_id'], ['fulfilment_orders.id'], name=op.f('fk_fulfilment_holds_fulfilment_order_id_fulfilment_orders')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_fulfilment_holds')),
    )
    op.create_index('ix_fulfilment_holds_fulfilment_order_id', 'fulfilment_holds', ['fulfilment_order_id'])
    op.create_table(
        'fulfilment_lines',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('fulfilment_order_id', ID, nullable=False),
        sa.Column('order_line_id', ID, nullable=False),
        sa.Column('item_id', ID, nullable=False),
        sa.Column('quantity', Exact(), nullable=False),
        sa.Column('shipped', Exact(), nullable=False),
        sa.Column('cancelled', Exact(), nullable=False),
        sa.CheckConstraint('quantity > 0', name=op.f('ck_fulfilment_lines_quantity_positive')),
        sa.CheckConstraint('shipped >= 0 AND cancelled >= 0 AND shipped + cancelled <= quantity', name=op.f('ck_fulfilment_lines_within_quantity')),
        sa.ForeignKeyConstraint(['fulfilment_order_id'], ['fulfilment_orders.id'], name=op.f('fk_fulfilment_lines_fulfilment_order_id_fulfilment_orders')),
        sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_fulfilment_lines_item_id_items')),
        sa.ForeignKeyConstraint(['order_line_id'], ['order_lines.id'], name=op.f('fk_fulfilment_lines_order_line_id_order_lines')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_fulfilment_lines')),
        sa.UniqueConstraint('fulfilment_order_id', 'order_line_id', 'item_id', name=op.f('uq_fulfilment_lines_fulfilment_order_id_order_line_id_item_id')),
    )
    op.create_index('ix_fulfilment_lines_order_line_id', 'fulfilment_lines', ['order_line_id'])
    op.create_table(
        'return_lines',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('return_id', ID, nullable=False),
        sa.Column('order_line_id', ID, nullable=True),
        sa.Column('item_id', ID, nullable=False),
        sa.Column('quantity', Exact(), nullable=False),
        sa.Column('received', Exact(), nullable=False),
        sa.Column('inspected', Exact(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.CheckConstraint('inspected >= 0 AND inspected <= received', name=op.f('ck_return_lines_inspected_within_received')),
        sa.CheckConstraint('quantity > 0 AND received >= 0', name=op.f('ck_return_lines_quantity_positive')),
        sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_return_lines_item_id_items')),
        sa.ForeignKeyConstraint(['order_line_id'], ['order_lines.id'], name=op.f('fk_return_lines_order_line_id_order_lines')),
        sa.ForeignKeyConstraint(['return_id'], ['returns.id'], name=op.f('fk_return_lines_return_id_returns')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_return_lines')),
    )
    op.create_index('ix_return_lines_order_line_id', 'return_lines', ['order_line_id'])
    op.create_index('ix_return_lines_return_id', 'return_lines', ['return_id'])
    op.create_table(
        'shipments',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('number', sa.String(length=32), nullable=False),
        sa.Column('fulfilment_order_id', ID, nullable=False),
        sa.Column('state', sa.Enum('draft', 'picked', 'packed', 'shipped', 'delivered', 'void', name='shipmentstate', native_enum=False, length=32), nullable=False),
        sa.Column('carrier', sa.String(length=64), nullable=True),
        sa.Column('service', sa.String(length=64), nullable=True),
        sa.Column('tracking_number', sa.String(length=64), nullable=True),
        sa.Column('key', sa.String(length=128), nullable=True),
        sa.Column('created_at', Instant(timezone=True), nullable=False),
        sa.Column('created_by', sa.String(length=255), nullable=False),
        sa.Column('shipped_at', Instant(timezone=True), nullable=True),
        sa.Column('delivered_at', Instant(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'picked', 'packed', 'shipped', 'delivered', 'void')", name=op.f('ck_shipments_shipmentstate')),
        sa.ForeignKeyConstraint(['fulfilment_order_id'], ['fulfilment_orders.id'], name=op.f('fk_shipments_fulfilment_order_id_fulfilment_orders')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_shipments')),
        sa.UniqueConstraint('key', name=op.f('uq_shipments_key')),
        sa.UniqueConstraint('number', name=op.f('uq_shipments_number')),
    )
    op.create_index('ix_shipments_fulfilment_order_id', 'shipments', ['fulfilment_order_id'])
    op.create_index('ix_shipments_state_id', 'shipments', ['state', 'id'])
    op.create_index('ix_shipments_tracking_number', 'shipments', ['tracking_number'])
    op.create_table(
        'stock_entries',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('item_id', ID, nullable=False),
        sa.Column('lot_id', ID, nullable=True),
        sa.Column('from_id', ID, nullable=False),
        sa.Column('to_id', ID, nullable=False),
        sa.Column('physical', Exact(), nullable=False),
        sa.Column('promised', Exact(), nullable=False),
        sa.Column('kind', sa.Enum('opening', 'receipt', 'count', 'adjustment', 'transfer', 'reservation', 'shipment', 'return', 'scrap', 'assembly', 'reversal', name='entrykind', native_enum=False, length=32), nullable=False),
        sa.Column('order_line_id', ID, nullable=True),
        sa.Column('reference', sa.String(length=128), nullable=True),
        sa.Column('key', sa.String(length=128), nullable=True),
        sa.Column('reverses_id', ID, nullable=True),
        sa.Column('actor', sa.String(length=255), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('opening', 'receipt', 'count', 'adjustment', 'transfer', 'reservation', 'shipment', 'return', 'scrap', 'assembly', 'reversal')", name=op.f('ck_stock_entries_entrykind')),
        sa.CheckConstraint('from_id <> to_id', name=op.f('ck_stock_entries_two_ends')),
        sa.CheckConstraint('physical <> 0 OR promised <> 0', name=op.f('ck_stock_entries_does_something')),
        sa.CheckConstraint('physical >= 0', name=op.f('ck_stock_entries_physical_not_negative')),
        sa.ForeignKeyConstraint(['from_id'], ['locations.id'], name=op.f('fk_stock_entries_from_id_locations')),
        sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_stock_entries_item_id_items')),
        sa.ForeignKeyConstraint(['lot_id'], ['lots.id'], name=op.f('fk_stock_entries_lot_id_lots')),
        sa.ForeignKeyConstraint(['order_line_id'], ['order_lines.id'], name=op.f('fk_stock_entries_order_line_id_order_lines')),
        sa.ForeignKeyConstraint(['reverses_id'], ['stock_entries.id'], name=op.f('fk_stock_entries_reverses_id_stock_entries')),
        sa.ForeignKeyConstraint(['to_id'], ['locations.id'], name=op.f('fk_stock_entries_to_id_locations')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_entries')),
        sa.UniqueConstraint('key', name=op.f('uq_stock_entries_key')),
        sa.UniqueConstraint('reverses_id', name=op.f('uq_stock_entries_reverses_id')),
    )
    op.create_index('ix_stock_entries_item_from', 'stock_entries', ['item_id', 'from_id'])
    op.create_index('ix_stock_entries_item_to', 'stock_entries', ['item_id', 'to_id'])
    op.create_index('ix_stock_entries_order_line_id', 'stock_entries', ['order_line_id'])
    op.create_table(
        'inspections',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('return_line_id', ID, nullable=False),
        sa.Column('lot_id', ID, nullable=True),
        sa.Column('quantity', Exact(), nullable=False),
        sa.Column('grade', sa.Enum('new', 'opened', 'damaged', 'defective', 'wrong_item', name='grade', native_enum=False, length=32), nullable=False),
        sa.Column('disposition', sa.Enum('restock', 'quarantine', 'scrap', name='disposition', native_enum=False, length=32), nullable=False),
        sa.Column('outcome', sa.Enum('credit', 'exchange', 'reject', name='returnoutcome', native_enum=False, length=32), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('inspected_by', sa.String(length=255), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.CheckConstraint("disposition IN ('restock', 'quarantine', 'scrap')", name=op.f('ck_inspections_disposition')),
        sa.CheckConstraint("grade IN ('new', 'opened', 'damaged', 'defective', 'wrong_item')", name=op.f('ck_inspections_grade')),
        sa.CheckConstraint("outcome IN ('credit', 'exchange', 'reject')", name=op.f('ck_inspections_returnoutcome')),
        sa.CheckConstraint('quantity > 0', name=op.f('ck_inspections_quantity_positive')),
        sa.ForeignKeyConstraint(['lot_id'], ['lots.id'], name=op.f('fk_inspections_lot_id_lots')),
        sa.ForeignKeyConstraint(['return_line_id'], ['return_lines.id'], name=op.f('fk_inspections_return_line_id_return_lines')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_inspections')),
    )
    op.create_index('ix_inspections_return_line_id', 'inspections', ['return_line_id'])
    op.create_table(
        'invoices',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('number', sa.String(length=32), nullable=False),
        sa.Column('order_id', ID, nullable=False),
        sa.Column('shipment_id', ID, nullable=True),
        sa.Column('state', sa.Enum('issued', 'paid', 'credited', name='invoicestate', native_enum=False, length=32), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('net', Exact(), nullable=False),
        sa.Column('charges', Exact(), nullable=False),
        sa.Column('tax', Exact(), nullable=False),
        sa.Column('total', Exact(), nullable=False),
        sa.Column('paid', Exact(), nullable=False),
        sa.Column('credited', Exact(), nullable=False),
        sa.Column('refunded', Exact(), nullable=False),
        sa.Column('issued_at', Instant(timezone=True), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('external_id', sa.String(length=128), nullable=True),
        sa.CheckConstraint("state IN ('issued', 'paid', 'credited')", name=op.f('ck_invoices_invoicestate')),
        sa.CheckConstraint('credited >= 0 AND credited <= total', name=op.f('ck_invoices_credited_within_total')),
        sa.CheckConstraint('paid >= 0', name=op.f('ck_invoices_paid_not_negative')),
        sa.CheckConstraint('refunded >= 0 AND refunded <= paid', name=op.f('ck_invoices_refunded_within_paid')),
        sa.ForeignKeyConstraint(['order_id'], ['sales_orders.id'], name=op.f('fk_invoices_order_id_sales_orders')),
        sa.ForeignKeyConstraint(['shipment_id'], ['shipments.id'], name=op.f('fk_invoices_shipment_id_shipments')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_invoices')),
        sa.UniqueConstraint('number', name=op.f('uq_invoices_number')),
        sa.UniqueConstraint('shipment_id', name=op.f('uq_invoices_shipment_id')),
    )
    op.create_index('ix_invoices_order_id', 'invoices', ['order_id'])
    op.create_table(
        'parcels',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('shipment_id', ID, nullable=False),
        sa.Column('pallet_id', ID, nullable=True),
        sa.Column('kind', sa.Enum('parcel', 'pallet', name='parcelkind', native_enum=False, length=32), nullable=False),
        sa.Column('sscc', sa.String(length=18), nullable=False),
        sa.Column('weight', Exact(), nullable=True),
        sa.Column('length', sa.Integer(), nullable=True),
        sa.Column('width', sa.Integer(), nullable=True),
        sa.Column('height', sa.Integer(), nullable=True),
        sa.Column('tracking_number', sa.String(length=64), nullable=True),
        sa.CheckConstraint("kind IN ('parcel', 'pallet')", name=op.f('ck_parcels_parcelkind')),
        sa.CheckConstraint('weight > 0', name=op.f('ck_parcels_weight_positive')),
        sa.ForeignKeyConstraint(['pallet_id'], ['parcels.id'], name=op.f('fk_parcels_pallet_id_parcels')),
        sa.ForeignKeyConstraint(['shipment_id'], ['shipments.id'], name=op.f('fk_parcels_shipment_id_shipments')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_parcels')),
        sa.UniqueConstraint('sscc', name=op.f('uq_parcels_sscc')),
    )
    op.create_index('ix_parcels_shipment_id', 'parcels', ['shipment_id'])
    op.create_table(
        'credit_memos',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('number', sa.String(length=32), nullable=False),
        sa.Column('order_id', ID, nullable=False),
        sa.Column('invoice_id', ID, nullable=False),
        sa.Column('return_id', ID, nullable=True),
        sa.Column('key', sa.String(length=128), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('charges', Exact(), nullable=False),
        sa.Column('tax', Exact(), nullable=False),
        sa.Column('total', Exact(), nullable=False),
        sa.Column('fee', Exact(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('issued_by', sa.String(length=255), nullable=False),
        sa.Column('issued_at', Instant(timezone=True), nullable=False),
        sa.CheckConstraint('total > 0', name=op.f('ck_credit_memos_total_positive')),
        sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_credit_memos_invoice_id_invoices')),
        sa.ForeignKeyConstraint(['order_id'], ['sales_orders.id'], name=op.f('fk_credit_memos_order_id_sales_orders')),
        sa.ForeignKeyConstraint(['return_id'], ['returns.id'], name=op.f('fk_credit_memos_return_id_returns')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_memos')),
        sa.UniqueConstraint('key', name=op.f('uq_credit_memos_key')),
        sa.UniqueConstraint('number', name=op.f('uq_credit_memos_number')),
    )
    op.create_index('ix_credit_memos_invoice_id', 'credit_memos', ['invoice_id'])
    op.create_index('ix_credit_memos_order_id', 'credit_memos', ['order_id'])
    op.create_index('ix_credit_memos_return_id', 'credit_memos', ['return_id'])
    op.create_table(
        'invoice_lines',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('invoice_id', ID, nullable=False),
        sa.Column('order_line_id', ID, nullable=False),
        sa.Column('quantity', Exact(), nullable=False),
        sa.Column('amount', Exact(), nullable=False),
        sa.CheckConstraint('quantity > 0', name=op.f('ck_invoice_lines_quantity_positive')),
        sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_invoice_lines_invoice_id_invoices')),
        sa.ForeignKeyConstraint(['order_line_id'], ['order_lines.id'], name=op.f('fk_invoice_lines_order_line_id_order_lines')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_lines')),
    )
    op.create_index('ix_invoice_lines_invoice_id', 'invoice_lines', ['invoice_id'])
    op.create_index('ix_invoice_lines_order_line_id', 'invoice_lines', ['order_line_id'])
    op.create_table(
        'payments',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('invoice_id', ID, nullable=False),
        sa.Column('key', sa.String(length=128), nullable=False),
        sa.Column('amount', Exact(), nullable=False),
        sa.Column('received_at', Instant(timezone=True), nullable=False),
        sa.CheckConstraint('amount > 0', name=op.f('ck_payments_amount_positive')),
        sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_payments_invoice_id_invoices')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_payments')),
        sa.UniqueConstraint('key', name=op.f('uq_payments_key')),
    )
    op.create_index('ix_payments_invoice_id', 'payments', ['invoice_id'])
    op.create_table(
        'shipment_lines',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('shipment_id', ID, nullable=False),
        sa.Column('fulfilment_line_id', ID, nullable=False),
        sa.Column('lot_id', ID, nullable=True),
        sa.Column('parcel_id', ID, nullable=True),
        sa.Column('quantity', Exact(), nullable=False),
        sa.CheckConstraint('quantity > 0', name=op.f('ck_shipment_lines_quantity_positive')),
        sa.ForeignKeyConstraint(['fulfilment_line_id'], ['fulfilment_lines.id'], name=op.f('fk_shipment_lines_fulfilment_line_id_fulfilment_lines')),
        sa.ForeignKeyConstraint(['lot_id'], ['lots.id'], name=op.f('fk_shipment_lines_lot_id_lots')),
        sa.ForeignKeyConstraint(['parcel_id'], ['parcels.id'], name=op.f('fk_shipment_lines_parcel_id_parcels')),
        sa.ForeignKeyConstraint(['shipment_id'], ['shipments.id'], name=op.f('fk_shipment_lines_shipment_id_shipments')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_shipment_lines')),
    )
    op.create_index('ix_shipment_lines_fulfilment_line_id', 'shipment_lines', ['fulfilment_line_id'])
    op.create_index('ix_shipment_lines_shipment_id', 'shipment_lines', ['shipment_id'])
    op.create_table(
        'credit_lines',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('credit_memo_id', ID, nullable=False),
        sa.Column('order_line_id', ID, nullable=False),
        sa.Column('quantity', Exact(), nullable=False),
        sa.Column('amount', Exact(), nullable=False),
        sa.CheckConstraint('quantity > 0', name=op.f('ck_credit_lines_quantity_positive')),
        sa.ForeignKeyConstraint(['credit_memo_id'], ['credit_memos.id'], name=op.f('fk_credit_lines_credit_memo_id_credit_memos')),
        sa.ForeignKeyConstraint(['order_line_id'], ['order_lines.id'], name=op.f('fk_credit_lines_order_line_id_order_lines')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_lines')),
    )
    op.create_index('ix_credit_lines_credit_memo_id', 'credit_lines', ['credit_memo_id'])
    op.create_index('ix_credit_lines_order_line_id', 'credit_lines', ['order_line_id'])
    op.create_table(
        'refunds',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('invoice_id', ID, nullable=False),
        sa.Column('credit_memo_id', ID, nullable=True),
        sa.Column('key', sa.String(length=128), nullable=False),
        sa.Column('amount', Exact(), nullable=False),
        sa.Column('state', sa.Enum('pending', 'submitted', 'succeeded', 'failed', name='refundstate', native_enum=False, length=32), nullable=False),
        sa.Column('sentence', sa.Text(), nullable=True),
        sa.Column('requested_by', sa.String(length=255), nullable=False),
        sa.Column('created_at', Instant(timezone=True), nullable=False),
        sa.Column('moved_at', Instant(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'submitted', 'succeeded', 'failed')", name=op.f('ck_refunds_refundstate')),
        sa.CheckConstraint('amount > 0', name=op.f('ck_refunds_amount_positive')),
        sa.ForeignKeyConstraint(['credit_memo_id'], ['credit_memos.id'], name=op.f('fk_refunds_credit_memo_id_credit_memos')),
        sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_refunds_invoice_id_invoices')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_refunds')),
        sa.UniqueConstraint('key', name=op.f('uq_refunds_key')),
    )
    op.create_index('ix_refunds_credit_memo_id', 'refunds', ['credit_memo_id'])
    op.create_index('ix_refunds_invoice_id', 'refunds', ['invoice_id'])
