"""What was decided unseen, what people found, the house's policy

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from models.tables.base import Exact, Instant

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'case_decisions',
        sa.Column('case_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('customer_id', ID, nullable=True),
        sa.Column('is_approved', sa.Boolean(), nullable=False),
        sa.Column('is_sampled', sa.Boolean(), nullable=False),
        sa.Column('score', sa.Double(), nullable=True),
        sa.Column('threshold', sa.Double(), nullable=True),
        sa.Column('share', sa.Double(), nullable=False),
        sa.Column('lines', sa.Integer(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.CheckConstraint('share > 0 AND share <= 1', name=op.f('ck_case_decisions_share_is_share')),
        sa.CheckConstraint('NOT (is_approved AND is_sampled)', name=op.f('ck_case_decisions_sampled_is_looked_at')),
        sa.ForeignKeyConstraint(
            ['case_id', 'version'], ['drafts.case_id', 'drafts.version'], name=op.f('fk_case_decisions_case_id_drafts')),
        sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_case_decisions_customer_id_customers')),
        sa.PrimaryKeyConstraint('case_id', 'version', name=op.f('pk_case_decisions')),
    )
    op.create_index('ix_case_decisions_customer_at', 'case_decisions', ['customer_id', 'at'])
    op.create_index('ix_case_decisions_at', 'case_decisions', ['at'])
    op.create_table(
        'line_outcomes',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('case_id', ID, nullable=False),
        sa.Column('line_key', sa.String(length=32), nullable=False),
        sa.Column('customer_id', ID, nullable=True),
        sa.Column('seen', sa.Enum('asked', 'blind', 'reported', name='seen', native_enum=False, length=32), nullable=False),
        sa.Column('is_wrong', sa.Boolean(), nullable=False),
        sa.Column('score', sa.Double(), nullable=False),
        sa.Column('share', sa.Double(), nullable=False),
        sa.Column('person', sa.String(length=255), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.CheckConstraint('share > 0 AND share <= 1', name=op.f('ck_line_outcomes_share_is_share')),
        sa.CheckConstraint("seen IN ('asked', 'blind', 'reported')", name=op.f('ck_line_outcomes_seen')),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_line_outcomes_case_id_cases')),
        sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_line_outcomes_customer_id_customers')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_line_outcomes')),
        sa.UniqueConstraint('case_id', 'line_key', 'seen', name=op.f('uq_line_outcomes_case_id_line_key_seen')),
    )
    op.create_index('ix_line_outcomes_customer', 'line_outcomes', ['customer_id', 'id'])
    op.create_table(
        'house_policies',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('line_confidence', sa.Double(), nullable=False),
        sa.Column('price_tolerance', Exact(), nullable=False),
        sa.Column('target_error_rate', sa.Double(), nullable=True),
        sa.Column('sample_share', sa.Double(), nullable=False),
        sa.Column('made_by', sa.String(length=255), nullable=False),
        sa.Column('made_at', Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            'line_confidence >= 0 AND line_confidence <= 1', name=op.f('ck_house_policies_line_confidence_is_share')),
        sa.CheckConstraint('price_tolerance >= 0', name=op.f('ck_house_policies_tolerance_not_negative')),
        sa.CheckConstraint(
            'target_error_rate > 0 AND target_error_rate < 1', name=op.f('ck_house_policies_target_error_rate_is_share')),
        sa.CheckConstraint('sample_share > 0 AND sample_share <= 1', name=op.f('ck_house_policies_sample_share_is_share')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_house_policies')),
    )


    # On SQLite an exact number is kept in millionths, so that "below 1" refused every rate.
    with op.batch_alter_table('customers') as customers:
        customers.drop_constraint(op.f('ck_customers_target_error_rate_is_share'), type_='check')
        customers.create_check_constraint(op.f('ck_customers_target_error_rate_positive'), 'target_error_rate > 0')


def downgrade() -> None:
    with op.batch_alter_table('customers') as customers:
        customers.drop_constraint(op.f('ck_customers_target_error_rate_positive'), type_='check')
        customers.create_check_constraint(
            op.f('ck_customers_target_error_rate_is_share'), 'target_error_rate > 0 AND target_error_rate < 1')
    for table in ('house_policies', 'line_outcomes', 'case_decisions'):
        op.drop_table(table)
