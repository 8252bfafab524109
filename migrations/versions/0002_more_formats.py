"""More formats a document can have

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

BEFORE = ('pdf', 'image', 'xlsx', 'xls', 'ods', 'csv', 'text', 'html', 'x12', 'edifact', 'tradacoms', 'xml', 'email', 'msg', 'tnef',
          'zip', 'docx', 'unknown')
AFTER = ('pdf', 'image', 'xlsx', 'xlsb', 'xls', 'ods', 'csv', 'text', 'html', 'x12', 'edifact', 'tradacoms', 'xml', 'email', 'msg',
         'tnef', 'zip', '7z', 'docx', 'odt', 'rtf', 'unknown')


def upgrade() -> None:
    _allow(AFTER)


def downgrade() -> None:
    op.execute(sa.text("UPDATE documents SET format = 'unknown' WHERE format IN ('xlsb', '7z', 'odt', 'rtf')"))
    _allow(BEFORE)


def _allow(formats: tuple[str, ...]) -> None:
    words = ", ".join(f"'{name}'" for name in formats)
    with op.batch_alter_table('documents') as documents:
        documents.drop_constraint(op.f('ck_documents_sourceformat'), type_='check')
        documents.create_check_constraint(op.f('ck_documents_sourceformat'), f"format IN ({words})")
