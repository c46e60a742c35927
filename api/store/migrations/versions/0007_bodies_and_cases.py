"""Bodies, cases and what hangs on them."""

import sqlalchemy as sa
from alembic import op
from api.store.spatial import Geometry

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

# Nothing rewrites a history, not even a mistake in this program.
FIXED = ('UPDATE', 'DELETE')
KEEP_POSTGRES = """
CREATE FUNCTION keep_case_events() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the history of a case is never changed'; END $$"""
PLACES = {
    'sqlite': "json_array(place_id)",
    'postgresql': "json_build_array(place_id)",
}
OPENED = """
UPDATE cases SET opened_on = (
    SELECT day FROM releases WHERE releases.area_id = cases.area_id AND releases.number = cases.opened_in
)"""


def upgrade() -> None:
    op.create_table('bodies',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('area_id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('territory', Geometry(), nullable=False),
    sa.Column('causes', sa.JSON(), nullable=False),
    sa.Column('answer_days', sa.Integer(), server_default='30', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_bodies_area_id_areas')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bodies')),
    sa.UniqueConstraint('area_id', 'name', name=op.f('uq_bodies_area_id'))
    )
    op.create_table('open_editions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('area_id', sa.String(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('release', sa.Integer(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('content_hash', sa.String(), nullable=False),
    sa.Column('files', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_open_editions_area_id_areas')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_open_editions')),
    sa.UniqueConstraint('area_id', 'period', 'release', name=op.f('uq_open_editions_area_id'))
    )
    op.create_table('api_keys',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('key_hash', sa.String(), nullable=False),
    sa.Column('may_write', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('used_on', sa.Date(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['body_id'], ['bodies.id'], name=op.f('fk_api_keys_body_id_bodies')),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_api_keys_created_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_keys')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_api_keys_key_hash'))
    )
    with op.batch_alter_table('api_keys', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_keys_body_id'), ['body_id'], unique=False)

    op.create_table('case_attachments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['users.id'], name=op.f('fk_case_attachments_added_by_users')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_attachments_case_id_cases')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_attachments'))
    )
    with op.batch_alter_table('case_attachments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_attachments_case_id'), ['case_id'], unique=False)

    op.create_table('case_events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('previous_hash', sa.String(), nullable=False),
    sa.Column('entry_hash', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_events_case_id_cases')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_case_events_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_events')),
    sa.UniqueConstraint('entry_hash', name=op.f('uq_case_events_entry_hash'))
    )
    with op.batch_alter_table('case_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_events_case_id'), ['case_id'], unique=False)

    op.create_table('case_votes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('voter_hash', sa.String(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_votes_case_id_cases')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_votes')),
    sa.UniqueConstraint('case_id', 'voter_hash', name=op.f('uq_case_votes_case_id'))
    )
    op.create_table('deputies',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('deputy_id', sa.Integer(), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('to_day', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['deputy_id'], ['users.id'], name=op.f('fk_deputies_deputy_id_users'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_deputies_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deputies'))
    )
    with op.batch_alter_table('deputies', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deputies_deputy_id'), ['deputy_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_deputies_user_id'), ['user_id'], unique=False)

    op.create_table('case_measures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('cost', sa.String(), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=True),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('measure_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_measures_case_id_cases')),
    sa.ForeignKeyConstraint(['measure_id'], ['measures.id'], name=op.f('fk_case_measures_measure_id_measures'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_measures'))
    )
    with op.batch_alter_table('case_measures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_measures_case_id'), ['case_id'], unique=False)

    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('places', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('opened_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('cause', sa.String(), server_default='unknown', nullable=False))
        batch_op.add_column(sa.Column('body_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('answer', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('answered_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('closed_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('merged_into_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('earlier_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))
        batch_op.drop_constraint(batch_op.f('uq_cases_area_id'), type_='unique')
        batch_op.create_index(batch_op.f('ix_cases_body_id'), ['body_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_cases_earlier_id_cases'), 'cases', ['earlier_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_cases_merged_into_id_cases'), 'cases', ['merged_into_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_cases_body_id_bodies'), 'bodies', ['body_id'], ['id'])
        batch_op.drop_column('owner')

    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('body_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('language', sa.String(), server_default='en', nullable=False))
        batch_op.add_column(sa.Column('totp_sealed', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('totp_step', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('digest', sa.String(), server_default='weekly', nullable=False))
        batch_op.add_column(sa.Column('digest_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('calendar_hash', sa.String(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_users_calendar_hash'), ['calendar_hash'])
        batch_op.create_foreign_key(batch_op.f('fk_users_body_id_bodies'), 'bodies', ['body_id'], ['id'])

    dialect = op.get_bind().dialect.name
    op.execute(f"UPDATE cases SET places = {PLACES[dialect]}")
    op.execute(OPENED)
    op.execute("UPDATE cases SET state = 'done' WHERE state = 'fixed'")
    if dialect == 'postgresql':
        op.execute(KEEP_POSTGRES)
    for change in FIXED:
        op.execute(
            f"CREATE TRIGGER case_events_no_{change.lower()} BEFORE {change} ON case_events "
            + ("FOR EACH ROW EXECUTE FUNCTION keep_case_events()" if dialect == 'postgresql' else
               "BEGIN SELECT RAISE(ABORT, 'the history of a case is never changed'); END")
        )


def downgrade() -> None:
    for change in FIXED:
        table = ' ON case_events' if op.get_bind().dialect.name == 'postgresql' else ''
        op.execute(f"DROP TRIGGER case_events_no_{change.lower()}{table}")
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("DROP FUNCTION keep_case_events()")
    # One case a place is all that the older table can keep: the first.
    op.execute("UPDATE cases SET merged_into_id = NULL, earlier_id = NULL")
    for table in ('case_votes', 'case_measures', 'case_attachments', 'case_events'):
        op.execute(f"DELETE FROM {table}")
    op.execute("DELETE FROM cases WHERE id NOT IN (SELECT min(id) FROM cases GROUP BY area_id, place_id)")
    op.execute("UPDATE cases SET state = 'fixed' WHERE state = 'done'")
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_users_body_id_bodies'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_users_calendar_hash'), type_='unique')
        batch_op.drop_column('calendar_hash')
        batch_op.drop_column('digest_on')
        batch_op.drop_column('digest')
        batch_op.drop_column('totp_step')
        batch_op.drop_column('totp_sealed')
        batch_op.drop_column('language')
        batch_op.drop_column('body_id')

    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('owner', sa.VARCHAR(), nullable=True))
        batch_op.drop_constraint(batch_op.f('fk_cases_body_id_bodies'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_cases_merged_into_id_cases'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_cases_earlier_id_cases'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_cases_body_id'))
        batch_op.create_unique_constraint(batch_op.f('uq_cases_area_id'), ['area_id', 'place_id'])
        batch_op.drop_column('version')
        batch_op.drop_column('earlier_id')
        batch_op.drop_column('merged_into_id')
        batch_op.drop_column('closed_on')
        batch_op.drop_column('answered_on')
        batch_op.drop_column('answer')
        batch_op.drop_column('body_id')
        batch_op.drop_column('cause')
        batch_op.drop_column('opened_on')
        batch_op.drop_column('places')

    with op.batch_alter_table('case_measures', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_measures_case_id'))

    op.drop_table('case_measures')
    with op.batch_alter_table('deputies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deputies_user_id'))
        batch_op.drop_index(batch_op.f('ix_deputies_deputy_id'))

    op.drop_table('deputies')
    op.drop_table('case_votes')
    with op.batch_alter_table('case_events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_events_case_id'))

    op.drop_table('case_events')
    with op.batch_alter_table('case_attachments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_attachments_case_id'))

    op.drop_table('case_attachments')
    with op.batch_alter_table('api_keys', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_keys_body_id'))

    op.drop_table('api_keys')
    op.drop_table('open_editions')
    op.drop_table('bodies')
