"""Learned aliases with the keys they are found by, and models fitted to a company's own decisions

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from models.tables.base import Instant

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
KINDS_BEFORE = ('place', 'not', 'column', 'constant', 'date_order', 'number_style', 'unit', 'item')
KINDS = (*KINDS_BEFORE, 'ship_to', 'sender', 'customer')
STATES_BEFORE = ('active', 'paused', 'undone')
STATES = ('active', 'on_trial', 'paused', 'undone')


def upgrade() -> None:
    with op.batch_alter_table('learned_facts') as facts:
        facts.add_column(sa.Column('replaced_by_id', ID, nullable=True))
        facts.create_foreign_key(
            op.f('fk_learned_facts_replaced_by_id_learned_facts'), 'learned_facts', ['replaced_by_id'], ['id'])
        facts.create_index('ix_learned_facts_replaced_by_id', ['replaced_by_id'])
    _allow('kind', 'lessonkind', KINDS)
    _allow('state', 'factstate', STATES)
    op.create_table(
        'learned_keys',
        sa.Column('key', sa.String(length=72), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('fact_id', ID, nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_learned_keys_customer_id_customers')),
        sa.ForeignKeyConstraint(['fact_id'], ['learned_facts.id'], name=op.f('fk_learned_keys_fact_id_learned_facts')),
        sa.PrimaryKeyConstraint('key', 'customer_id', 'fact_id', name=op.f('pk_learned_keys')),
    )
    op.create_table(
        'match_models',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('figures', sa.Text(), nullable=False),
        sa.Column('made_by', sa.String(length=255), nullable=False),
        sa.Column('made_at', Instant(timezone=True), nullable=False),
        sa.Column('retired_by', sa.String(length=255), nullable=True),
        sa.Column('retired_at', Instant(timezone=True), nullable=True),
        sa.CheckConstraint('(retired_at IS NULL) = (retired_by IS NULL)', name=op.f('ck_match_models_retired_by_somebody')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_match_models')),
    )
    op.create_index('ix_match_models_retired_at', 'match_models', ['retired_at'])


def downgrade() -> None:
    op.drop_table('match_models')
    op.drop_table('learned_keys')
    new = ", ".join(f"'{kind}'" for kind in (*KINDS[len(KINDS_BEFORE):], 'unit', 'item'))
    gone = f"SELECT id FROM learned_facts WHERE kind IN ({new})"   # noqa: S608 - our own constants
    op.execute(sa.text(f"DELETE FROM learned_uses WHERE fact_id IN ({gone})"))  # noqa: S608
    op.execute(sa.text("UPDATE learned_facts SET replaced_by_id = NULL"))
    op.execute(sa.text(f"DELETE FROM learned_facts WHERE kind IN ({new})"))  # noqa: S608
    op.execute(sa.text("UPDATE learned_facts SET state = 'active' WHERE state = 'on_trial'"))
    _allow('kind', 'lessonkind', KINDS_BEFORE)
    _allow('state', 'factstate', STATES_BEFORE)
    with op.batch_alter_table('learned_facts') as facts:
        facts.drop_index('ix_learned_facts_replaced_by_id')
        facts.drop_constraint(op.f('fk_learned_facts_replaced_by_id_learned_facts'), type_='foreignkey')
        facts.drop_column('replaced_by_id')


def _allow(column: str, name: str, values: tuple[str, ...]) -> None:
    words = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table('learned_facts') as facts:
        facts.drop_constraint(op.f(f'ck_learned_facts_{name}'), type_='check')
        facts.create_check_constraint(op.f(f'ck_learned_facts_{name}'), f"{column} IN ({words})")
