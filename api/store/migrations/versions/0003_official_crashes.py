"""Official crashes."""

import sqlalchemy as sa
from alembic import op
from api.store.spatial import Geometry

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('crashes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('area_id', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('crash_id', sa.String(), nullable=False),
    sa.Column('severity', sa.String(), nullable=False),
    sa.Column('n_fatal', sa.Integer(), nullable=True),
    sa.Column('n_serious', sa.Integer(), nullable=True),
    sa.Column('n_slight', sa.Integer(), nullable=True),
    sa.Column('bicycle', sa.Boolean(), nullable=True),
    sa.Column('child', sa.Boolean(), nullable=True),
    sa.Column('hour', sa.Integer(), nullable=True),
    sa.Column('weekday', sa.Integer(), nullable=True),
    sa.Column('location', Geometry(), nullable=False),
    sa.Column('place_id', sa.String(), nullable=True),
    sa.Column('distance_m', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_crashes_area_id_areas')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crashes')),
    sa.UniqueConstraint('area_id', 'source', 'year', 'crash_id', name=op.f('uq_crashes_area_id'))
    )


def downgrade() -> None:
    op.drop_table('crashes')
