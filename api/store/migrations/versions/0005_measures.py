"""Measures."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('measures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('area_id', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('places', sa.JSON(), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_measures_area_id_areas')),
    sa.ForeignKeyConstraint(['recorded_by'], ['users.id'], name=op.f('fk_measures_recorded_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measures')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('measures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_measures_area_id'), ['area_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('measures', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_measures_area_id'))

    op.drop_table('measures')
