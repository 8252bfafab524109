"""The first schema

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

import models.tables.base
from models.tables.triggers import append_only

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('api_tokens',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('name', sa.String(length=128), nullable=False),
    sa.Column('token_sha256', sa.String(length=64), nullable=False),
    sa.Column('scopes', sa.String(length=255), nullable=False),
    sa.Column('created_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.Column('expires_at', models.tables.base.Instant(timezone=True), nullable=True),
    sa.Column('revoked_at', models.tables.base.Instant(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_tokens')),
    sa.UniqueConstraint('name', name=op.f('uq_api_tokens_name')),
    sa.UniqueConstraint('token_sha256', name=op.f('uq_api_tokens_token_sha256'))
    )
    op.create_table('audit_entries',
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=255), nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=128), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_entries'))
    )
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entries_action'), ['action'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entries_subject'), ['subject'], unique=False)

    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_audit_head_single_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head'))
    )
    op.create_table('customers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('customer_no', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('vat_id', sa.String(length=32), nullable=True),
    sa.Column('email_domain', sa.String(length=255), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('payment_terms', sa.Text(), nullable=True),
    sa.Column('date_order', sa.Enum('dmy', 'mdy', 'ymd', name='dateorder', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('price_tolerance', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('approval', sa.Enum('review_all', 'confident', 'all_that_passes', name='approvallevel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.CheckConstraint('price_tolerance >= 0', name=op.f('ck_customers_tolerance_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customers')),
    sa.UniqueConstraint('customer_no', name=op.f('uq_customers_customer_no'))
    )
    with op.batch_alter_table('customers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customers_email_domain'), ['email_domain'], unique=False)
        batch_op.create_index(batch_op.f('ix_customers_name'), ['name'], unique=False)
        batch_op.create_index(batch_op.f('ix_customers_vat_id'), ['vat_id'], unique=False)

    op.create_table('idempotency_keys',
    sa.Column('scope', sa.String(length=128), nullable=False),
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('request_sha256', sa.String(length=64), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('created_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('scope', 'key', name=op.f('pk_idempotency_keys'))
    )
    op.create_table('items',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('sku', sa.String(length=64), nullable=False),
    sa.Column('sku_folded', sa.String(length=64), nullable=False),
    sa.Column('mpn', sa.String(length=64), nullable=True),
    sa.Column('mpn_folded', sa.String(length=64), nullable=True),
    sa.Column('brand', sa.String(length=128), nullable=True),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('base_uom', sa.String(length=3), nullable=False),
    sa.Column('status', sa.Enum('active', 'discontinued', 'blocked', name='itemstatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('superseded_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['superseded_by_id'], ['items.id'], name=op.f('fk_items_superseded_by_id_items')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_items')),
    sa.UniqueConstraint('sku', name=op.f('uq_items_sku'))
    )
    with op.batch_alter_table('items', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_items_mpn_folded'), ['mpn_folded'], unique=False)
        batch_op.create_index(batch_op.f('ix_items_sku_folded'), ['sku_folded'], unique=False)

    op.create_table('locations',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_locations')),
    sa.UniqueConstraint('code', name=op.f('uq_locations_code'))
    )
    op.create_table('mail_failures',
    sa.Column('account', sa.String(length=255), nullable=False),
    sa.Column('folder', sa.String(length=255), nullable=False),
    sa.Column('uidvalidity', sa.BigInteger(), nullable=False),
    sa.Column('uid', sa.BigInteger(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('sentence', sa.Text(), nullable=False),
    sa.Column('last_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('account', 'folder', 'uidvalidity', 'uid', name=op.f('pk_mail_failures'))
    )
    op.create_table('mailboxes',
    sa.Column('account', sa.String(length=255), nullable=False),
    sa.Column('folder', sa.String(length=255), nullable=False),
    sa.Column('holder', sa.String(length=64), nullable=True),
    sa.Column('lease_until', models.tables.base.Instant(timezone=True), nullable=True),
    sa.Column('last_poll_at', models.tables.base.Instant(timezone=True), nullable=True),
    sa.Column('last_error_at', models.tables.base.Instant(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('account', 'folder', name=op.f('pk_mailboxes'))
    )
    op.create_table('messages',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('source', sa.Enum('mail', 'upload', 'folder', name='source', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('account', sa.String(length=255), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=True),
    sa.Column('received_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('received', 'reading', 'read', 'ignored', 'failed', 'quarantined', name='messagestate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=True),
    sa.Column('sentence', sa.Text(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('ordinary', 'auto_reply', 'bounce', 'own', name='mailkind', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('sender_name', sa.Text(), nullable=True),
    sa.Column('sender_address', sa.String(length=320), nullable=True),
    sa.Column('reply_to', sa.String(length=320), nullable=True),
    sa.Column('sent_at', models.tables.base.Instant(timezone=True), nullable=True),
    sa.Column('message_id', sa.Text(), nullable=True),
    sa.Column('in_reply_to', sa.Text(), nullable=True),
    sa.CheckConstraint('size >= 0', name=op.f('ck_messages_size_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages'))
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_messages_received_at'), ['received_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_messages_sender_address'), ['sender_address'], unique=False)
        batch_op.create_index(batch_op.f('ix_messages_sha256'), ['sha256'], unique=False)
        batch_op.create_index('ix_messages_state_id', ['state', 'id'], unique=False)

    op.create_table('users',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('login', sa.String(length=128), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('role', sa.Enum('viewer', 'clerk', 'approver', 'admin', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('password_hash', sa.String(length=255), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('failed_logins', sa.Integer(), nullable=False),
    sa.Column('locked_until', models.tables.base.Instant(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('login', name=op.f('uq_users_login'))
    )
    op.create_table('workers',
    sa.Column('executor_id', sa.String(length=64), nullable=False),
    sa.Column('host', sa.String(length=255), nullable=False),
    sa.Column('pid', sa.Integer(), nullable=False),
    sa.Column('started_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.Column('heartbeat_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.Column('taken_over_by', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('executor_id', name=op.f('pk_workers'))
    )
    op.create_table('addresses',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('customer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('ship_to', 'bill_to', name='addresskind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('street', sa.String(length=255), nullable=False),
    sa.Column('postcode', sa.String(length=32), nullable=False),
    sa.Column('city', sa.String(length=128), nullable=False),
    sa.Column('region', sa.String(length=128), nullable=True),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('is_default', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_addresses_customer_id_customers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_addresses')),
    sa.UniqueConstraint('customer_id', 'kind', 'code', name=op.f('uq_addresses_customer_id_kind_code'))
    )
    with op.batch_alter_table('addresses', schema=None) as batch_op:
        batch_op.create_index('ix_addresses_postcode', ['postcode'], unique=False)

    op.create_table('cases',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.Enum('received', 'reading', 'matching', 'needs_review', 'in_review', 'waiting_for_customer', 'approved', 'handed_over', 'rejected', 'duplicate', 'not_an_order', 'merged', 'failed', name='casestate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=True),
    sa.Column('sentence', sa.Text(), nullable=True),
    sa.Column('doc_type', sa.Enum('purchase_order', 'order_change', 'cancellation', 'invoice', 'quote', 'other', name='documenttype', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('customer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('po_number', sa.String(length=255), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('cost', sa.Double(), nullable=False),
    sa.Column('reviewer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('review_until', models.tables.base.Instant(timezone=True), nullable=True),
    sa.Column('related_case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('received_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.Column('moved_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.CheckConstraint('version >= 0', name=op.f('ck_cases_version_not_negative')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_cases_customer_id_customers')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_cases_message_id_messages')),
    sa.ForeignKeyConstraint(['related_case_id'], ['cases.id'], name=op.f('fk_cases_related_case_id_cases')),
    sa.ForeignKeyConstraint(['reviewer_id'], ['users.id'], name=op.f('fk_cases_reviewer_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cases'))
    )
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.create_index('ix_cases_customer_po', ['customer_id', 'po_number'], unique=False)
        batch_op.create_index(batch_op.f('ix_cases_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_cases_received_at'), ['received_at'], unique=False)
        batch_op.create_index('ix_cases_state_id', ['state', 'id'], unique=False)

    op.create_table('customer_emails',
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('customer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_customer_emails_customer_id_customers')),
    sa.PrimaryKeyConstraint('email', name=op.f('pk_customer_emails'))
    )
    with op.batch_alter_table('customer_emails', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_emails_customer_id'), ['customer_id'], unique=False)

    op.create_table('customer_part_numbers',
    sa.Column('customer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('part_number_folded', sa.String(length=64), nullable=False),
    sa.Column('part_number', sa.String(length=64), nullable=False),
    sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_customer_part_numbers_customer_id_customers')),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_customer_part_numbers_item_id_items')),
    sa.PrimaryKeyConstraint('customer_id', 'part_number_folded', name=op.f('pk_customer_part_numbers'))
    )
    with op.batch_alter_table('customer_part_numbers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_part_numbers_item_id'), ['item_id'], unique=False)

    op.create_table('documents',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('parent_position', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=255), nullable=True),
    sa.Column('media_type', sa.String(length=255), nullable=True),
    sa.Column('is_body', sa.Boolean(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('format', sa.Enum('pdf', 'image', 'xlsx', 'xls', 'ods', 'csv', 'text', 'html', 'x12', 'edifact', 'tradacoms', 'xml', 'email', 'msg', 'tnef', 'zip', 'docx', 'unknown', name='sourceformat', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('state', sa.Enum('stored', 'read', 'refused', 'skipped', name='documentstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=True),
    sa.Column('sentence', sa.Text(), nullable=True),
    sa.Column('page_count', sa.Integer(), nullable=True),
    sa.Column('pages_sha256', sa.String(length=64), nullable=True),
    sa.Column('read_seconds', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_documents_message_id_messages')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_documents')),
    sa.UniqueConstraint('message_id', 'position', name=op.f('uq_documents_message_id_position'))
    )
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_documents_sha256'), ['sha256'], unique=False)

    op.create_table('item_units',
    sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uom', sa.String(length=3), nullable=False),
    sa.Column('factor', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('gtin', sa.String(length=14), nullable=True),
    sa.CheckConstraint('factor > 0', name=op.f('ck_item_units_factor_positive')),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_item_units_item_id_items')),
    sa.PrimaryKeyConstraint('item_id', 'uom', name=op.f('pk_item_units'))
    )
    with op.batch_alter_table('item_units', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_item_units_gtin'), ['gtin'], unique=False)

    op.create_table('mail_seen',
    sa.Column('account', sa.String(length=255), nullable=False),
    sa.Column('folder', sa.String(length=255), nullable=False),
    sa.Column('uidvalidity', sa.BigInteger(), nullable=False),
    sa.Column('uid', sa.BigInteger(), nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('carried', sa.Boolean(), nullable=False),
    sa.Column('moved', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_mail_seen_message_id_messages')),
    sa.PrimaryKeyConstraint('account', 'folder', 'uidvalidity', 'uid', name=op.f('pk_mail_seen'))
    )
    with op.batch_alter_table('mail_seen', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_seen_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mail_seen_sha256'), ['sha256'], unique=False)

    op.create_table('prices',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('customer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uom', sa.String(length=3), nullable=False),
    sa.Column('price', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('price_unit', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('min_quantity', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.CheckConstraint('min_quantity >= 0', name=op.f('ck_prices_min_quantity_not_negative')),
    sa.CheckConstraint('price >= 0', name=op.f('ck_prices_price_not_negative')),
    sa.CheckConstraint('price_unit > 0', name=op.f('ck_prices_price_unit_positive')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_prices_customer_id_customers')),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_prices_item_id_items')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prices'))
    )
    with op.batch_alter_table('prices', schema=None) as batch_op:
        batch_op.create_index('ix_prices_item_customer', ['item_id', 'customer_id'], unique=False)

    op.create_table('sessions',
    sa.Column('token_sha256', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('csrf', sa.String(length=64), nullable=False),
    sa.Column('created_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.Column('seen_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_sessions_user_id_users')),
    sa.PrimaryKeyConstraint('token_sha256', name=op.f('pk_sessions'))
    )
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sessions_user_id'), ['user_id'], unique=False)

    op.create_table('stock_levels',
    sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('location_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('on_hand', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('reserved', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('safety', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.CheckConstraint('on_hand >= 0', name=op.f('ck_stock_levels_on_hand_not_negative')),
    sa.CheckConstraint('reserved >= 0 AND reserved <= on_hand', name=op.f('ck_stock_levels_reserved_within_stock')),
    sa.CheckConstraint('safety >= 0', name=op.f('ck_stock_levels_safety_not_negative')),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_stock_levels_item_id_items')),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_stock_levels_location_id_locations')),
    sa.PrimaryKeyConstraint('item_id', 'location_id', name=op.f('pk_stock_levels'))
    )
    op.create_table('stock_movements',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('location_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quantity', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('reason', sa.String(length=64), nullable=False),
    sa.Column('reference', sa.String(length=128), nullable=True),
    sa.Column('at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_stock_movements_item_id_items')),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_stock_movements_location_id_locations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_movements'))
    )
    with op.batch_alter_table('stock_movements', schema=None) as batch_op:
        batch_op.create_index('ix_stock_movements_item_location', ['item_id', 'location_id'], unique=False)

    op.create_table('doubts',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('code', sa.Enum('unknown_customer', 'customer_unsure', 'unknown_sender', 'missing_po_number', 'po_number_unsure', 'duplicate_po', 'change_of_order', 'cancellation', 'no_lines', 'unknown_item', 'item_unsure', 'item_conflict', 'item_inactive', 'quantity_missing', 'quantity_unsure', 'unit_unsure', 'price_deviation', 'price_missing', 'amount_mismatch', 'total_mismatch', 'ship_to_unknown', 'date_unsure', 'currency_mismatch', 'stock_short', 'field_unsure', 'reading_problem', 'policy', name='doubtcode', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('sentence', sa.Text(), nullable=False),
    sa.Column('path', sa.String(length=128), nullable=True),
    sa.Column('content', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_doubts_case_id_cases')),
    sa.PrimaryKeyConstraint('case_id', 'version', 'position', name=op.f('pk_doubts'))
    )
    with op.batch_alter_table('doubts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_doubts_code'), ['code'], unique=False)

    op.create_table('drafts',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('made_by', sa.String(length=255), nullable=False),
    sa.Column('made_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.CheckConstraint('version >= 1', name=op.f('ck_drafts_version_positive')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_drafts_case_id_cases')),
    sa.PrimaryKeyConstraint('case_id', 'version', name=op.f('pk_drafts'))
    )
    op.create_table('readings',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('document_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('doc_type', sa.Enum('purchase_order', 'order_change', 'cancellation', 'invoice', 'quote', 'other', name='documenttype', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('po_number', sa.String(length=255), nullable=True),
    sa.Column('content', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_readings_document_id_documents')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_readings')),
    sa.UniqueConstraint('document_id', 'position', name=op.f('uq_readings_document_id_position'))
    )
    with op.batch_alter_table('readings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_readings_po_number'), ['po_number'], unique=False)

    op.create_table('sales_orders',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('order_no', sa.String(length=32), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('case_version', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('accepted', 'released', 'cancelled', 'closed', name='salesorderstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('customer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('po_number', sa.String(length=255), nullable=False),
    sa.Column('order_date', sa.Date(), nullable=True),
    sa.Column('requested_date', sa.Date(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('ship_to_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('ship_to_text', sa.Text(), nullable=True),
    sa.Column('payment_terms', sa.Text(), nullable=True),
    sa.Column('notes', sa.Text(), nullable=True),
    sa.Column('total', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('approved_by', sa.String(length=255), nullable=False),
    sa.Column('created_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_sales_orders_case_id_cases')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_sales_orders_customer_id_customers')),
    sa.ForeignKeyConstraint(['ship_to_id'], ['addresses.id'], name=op.f('fk_sales_orders_ship_to_id_addresses')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_orders')),
    sa.UniqueConstraint('case_id', 'case_version', name=op.f('uq_sales_orders_case_id_case_version')),
    sa.UniqueConstraint('order_no', name=op.f('uq_sales_orders_order_no'))
    )
    with op.batch_alter_table('sales_orders', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sales_orders_created_at'), ['created_at'], unique=False)
        batch_op.create_index('ix_sales_orders_customer_po', ['customer_id', 'po_number'], unique=False)
        batch_op.create_index('ix_sales_orders_state_id', ['state', 'id'], unique=False)

    op.create_table('case_readings',
    sa.Column('reading_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_readings_case_id_cases')),
    sa.ForeignKeyConstraint(['reading_id'], ['readings.id'], name=op.f('fk_case_readings_reading_id_readings')),
    sa.PrimaryKeyConstraint('reading_id', name=op.f('pk_case_readings'))
    )
    with op.batch_alter_table('case_readings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_readings_case_id'), ['case_id'], unique=False)

    op.create_table('corrections',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('path', sa.String(length=128), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=True),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id', 'version'], ['drafts.case_id', 'drafts.version'], name=op.f('fk_corrections_case_id_drafts')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_corrections_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_corrections'))
    )
    with op.batch_alter_table('corrections', schema=None) as batch_op:
        batch_op.create_index('ix_corrections_case_version', ['case_id', 'version'], unique=False)

    op.create_table('order_lines',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('customer_line_no', sa.String(length=32), nullable=True),
    sa.Column('customer_part_number', sa.String(length=64), nullable=True),
    sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('quantity', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('uom', sa.String(length=3), nullable=False),
    sa.Column('base_quantity', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('unit_price', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('amount', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('requested_date', sa.Date(), nullable=True),
    sa.Column('cancelled', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('shipped', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.CheckConstraint('cancelled >= 0 AND shipped >= 0 AND shipped + cancelled <= base_quantity', name=op.f('ck_order_lines_within_ordered')),
    sa.CheckConstraint('quantity > 0 AND base_quantity > 0', name=op.f('ck_order_lines_quantity_positive')),
    sa.CheckConstraint('unit_price >= 0', name=op.f('ck_order_lines_price_not_negative')),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_order_lines_item_id_items')),
    sa.ForeignKeyConstraint(['order_id'], ['sales_orders.id'], name=op.f('fk_order_lines_order_id_sales_orders')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_lines')),
    sa.UniqueConstraint('order_id', 'position', name=op.f('uq_order_lines_order_id_position'))
    )
    with op.batch_alter_table('order_lines', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_lines_item_id'), ['item_id'], unique=False)

    op.create_table('outbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('channel', sa.Enum('erp', 'mail', name='channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.Enum('pending', 'sending', 'unknown', 'sent', 'failed', name='outboxstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.Column('holder', sa.String(length=64), nullable=True),
    sa.Column('lease_until', models.tables.base.Instant(timezone=True), nullable=True),
    sa.Column('code', sa.String(length=64), nullable=True),
    sa.Column('sentence', sa.Text(), nullable=True),
    sa.Column('external_id', sa.String(length=128), nullable=True),
    sa.Column('created_at', models.tables.base.Instant(timezone=True), nullable=False),
    sa.Column('sent_at', models.tables.base.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_outbox_case_id_cases')),
    sa.ForeignKeyConstraint(['order_id'], ['sales_orders.id'], name=op.f('fk_outbox_order_id_sales_orders')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_key'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_outbox_order_id'), ['order_id'], unique=False)
        batch_op.create_index('ix_outbox_state_next_at', ['state', 'next_at'], unique=False)

    op.create_table('reservations',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('order_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('location_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quantity', models.tables.base.Exact(precision=20, scale=6), nullable=False),
    sa.Column('state', sa.Enum('active', 'consumed', 'released', name='reservationstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.CheckConstraint("(state = 'active') = (quantity > 0)", name=op.f('ck_reservations_active_has_quantity')),
    sa.CheckConstraint('quantity >= 0', name=op.f('ck_reservations_quantity_not_negative')),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_reservations_item_id_items')),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_reservations_location_id_locations')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_lines.id'], name=op.f('fk_reservations_order_line_id_order_lines')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reservations')),
    sa.UniqueConstraint('order_line_id', 'location_id', name=op.f('uq_reservations_order_line_id_location_id'))
    )
    with op.batch_alter_table('reservations', schema=None) as batch_op:
        batch_op.create_index('ix_reservations_item_location', ['item_id', 'location_id'], unique=False)

    for statement in append_only(op.get_bind().dialect.name, 'audit_entries', 'stock_movements'):
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table('reservations', schema=None) as batch_op:
        batch_op.drop_index('ix_reservations_item_location')

    op.drop_table('reservations')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_state_next_at')
        batch_op.drop_index(batch_op.f('ix_outbox_order_id'))
        batch_op.drop_index(batch_op.f('ix_outbox_case_id'))

    op.drop_table('outbox')
    with op.batch_alter_table('order_lines', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_order_lines_item_id'))

    op.drop_table('order_lines')
    with op.batch_alter_table('corrections', schema=None) as batch_op:
        batch_op.drop_index('ix_corrections_case_version')

    op.drop_table('corrections')
    with op.batch_alter_table('case_readings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_readings_case_id'))

    op.drop_table('case_readings')
    with op.batch_alter_table('sales_orders', schema=None) as batch_op:
        batch_op.drop_index('ix_sales_orders_state_id')
        batch_op.drop_index('ix_sales_orders_customer_po')
        batch_op.drop_index(batch_op.f('ix_sales_orders_created_at'))

    op.drop_table('sales_orders')
    with op.batch_alter_table('readings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_readings_po_number'))

    op.drop_table('readings')
    op.drop_table('drafts')
    with op.batch_alter_table('doubts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_doubts_code'))

    op.drop_table('doubts')
    with op.batch_alter_table('stock_movements', schema=None) as batch_op:
        batch_op.drop_index('ix_stock_movements_item_location')

    op.drop_table('stock_movements')
    op.drop_table('stock_levels')
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sessions_user_id'))

    op.drop_table('sessions')
    with op.batch_alter_table('prices', schema=None) as batch_op:
        batch_op.drop_index('ix_prices_item_customer')

    op.drop_table('prices')
    with op.batch_alter_table('mail_seen', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mail_seen_sha256'))
        batch_op.drop_index(batch_op.f('ix_mail_seen_message_id'))

    op.drop_table('mail_seen')
    with op.batch_alter_table('item_units', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_item_units_gtin'))

    op.drop_table('item_units')
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_documents_sha256'))

    op.drop_table('documents')
    with op.batch_alter_table('customer_part_numbers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_customer_part_numbers_item_id'))

    op.drop_table('customer_part_numbers')
    with op.batch_alter_table('customer_emails', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_customer_emails_customer_id'))

    op.drop_table('customer_emails')
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_index('ix_cases_state_id')
        batch_op.drop_index(batch_op.f('ix_cases_received_at'))
        batch_op.drop_index(batch_op.f('ix_cases_message_id'))
        batch_op.drop_index('ix_cases_customer_po')

    op.drop_table('cases')
    with op.batch_alter_table('addresses', schema=None) as batch_op:
        batch_op.drop_index('ix_addresses_postcode')

    op.drop_table('addresses')
    op.drop_table('workers')
    op.drop_table('users')
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_index('ix_messages_state_id')
        batch_op.drop_index(batch_op.f('ix_messages_sha256'))
        batch_op.drop_index(batch_op.f('ix_messages_sender_address'))
        batch_op.drop_index(batch_op.f('ix_messages_received_at'))

    op.drop_table('messages')
    op.drop_table('mailboxes')
    op.drop_table('mail_failures')
    op.drop_table('locations')
    with op.batch_alter_table('items', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_items_sku_folded'))
        batch_op.drop_index(batch_op.f('ix_items_mpn_folded'))

    op.drop_table('items')
    op.drop_table('idempotency_keys')
    with op.batch_alter_table('customers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_customers_vat_id'))
        batch_op.drop_index(batch_op.f('ix_customers_name'))
        batch_op.drop_index(batch_op.f('ix_customers_email_domain'))

    op.drop_table('customers')
    op.drop_table('audit_head')
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entries_subject'))
        batch_op.drop_index(batch_op.f('ix_audit_entries_action'))

    op.drop_table('audit_entries')
    op.drop_table('api_tokens')
