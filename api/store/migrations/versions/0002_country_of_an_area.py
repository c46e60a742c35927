"""The country of an area."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not as a batch, which rebuilds the table: others refer to it.
    op.add_column(
        'areas', sa.Column('country', sa.String(), server_default='generic', nullable=False)
    )


def downgrade() -> None:
    op.drop_column('areas', 'country')
