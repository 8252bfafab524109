"""Whose mail a document was passed on in

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('documents') as documents:
        documents.add_column(sa.Column('forwards', sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('documents') as documents:
        documents.drop_column('forwards')
