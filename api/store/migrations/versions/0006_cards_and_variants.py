"""Cards, sessions per device, kinds of rides, flags, withdrawal."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

NUMBER = """
UPDATE participants SET number = (
    SELECT count(*) FROM participants AS other
    WHERE other.campaign_id = participants.campaign_id AND other.id <= participants.id
)"""


def upgrade() -> None:
    op.add_column('campaigns', sa.Column('other_languages', sa.JSON(), server_default='[]', nullable=False))
    op.add_column('campaigns', sa.Column('consent_kind', sa.String(), server_default='form', nullable=False))
    op.add_column('routes', sa.Column('variant', sa.String(), server_default='there', nullable=False))
    op.add_column('routes', sa.Column('flags', sa.JSON(), server_default='[]', nullable=False))
    op.add_column('routes', sa.Column('withdrawn_on', sa.Date(), nullable=True))
    op.add_column('remarks', sa.Column('about', sa.String(), server_default='place', nullable=False))
    op.create_table('participant_sessions',
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('participant_id', sa.Uuid(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_participant_sessions_participant_id_participants'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_participant_sessions'))
    )
    op.create_index(op.f('ix_participant_sessions_participant_id'), 'participant_sessions', ['participant_id'], unique=False)
    move_sessions_out()
    op.add_column('participants', sa.Column('number', sa.Integer(), server_default='0', nullable=False))
    op.add_column('participants', sa.Column('stage', sa.String(), server_default='joined', nullable=False))
    op.add_column('participants', sa.Column('redraw_on', sa.Date(), nullable=True))
    op.execute(NUMBER)
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_participants_session_hash'), type_='unique')
        batch_op.drop_column('session_hash')
        batch_op.alter_column('number', existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        batch_op.create_unique_constraint(batch_op.f('uq_participants_campaign_id'), ['campaign_id', 'number'])
    op.create_table('cards',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(), nullable=False),
    sa.Column('consent_on', sa.Date(), nullable=True),
    sa.Column('participant_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_cards_campaign_id_campaigns')),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_cards_participant_id_participants'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cards')),
    sa.UniqueConstraint('campaign_id', 'number', name=op.f('uq_cards_campaign_id')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_cards_code_hash'))
    )
    op.create_index(op.f('ix_cards_participant_id'), 'cards', ['participant_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_cards_participant_id'), table_name='cards')
    op.drop_table('cards')
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_participants_campaign_id'), type_='unique')
        batch_op.add_column(sa.Column('session_hash', sa.String(), nullable=True))
        batch_op.drop_column('number')
        batch_op.drop_column('stage')
        batch_op.drop_column('redraw_on')
    # One device each is all that the older tables can keep.
    op.execute("""
    UPDATE participants SET session_hash = (
        SELECT min(token_hash) FROM participant_sessions
        WHERE participant_sessions.participant_id = participants.id
    )""")
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f('uq_participants_session_hash'), ['session_hash'])
    op.drop_index(op.f('ix_participant_sessions_participant_id'), table_name='participant_sessions')
    op.drop_table('participant_sessions')
    op.drop_column('remarks', 'about')
    op.drop_column('routes', 'withdrawn_on')
    op.drop_column('routes', 'flags')
    op.drop_column('routes', 'variant')
    op.drop_column('campaigns', 'consent_kind')
    op.drop_column('campaigns', 'other_languages')


def move_sessions_out() -> None:
    day = "date(joined_on, '+14 days')" if op.get_bind().dialect.name == 'sqlite' else "joined_on + 14"
    op.execute(f"""
    INSERT INTO participant_sessions (token_hash, participant_id, expires_on)
    SELECT session_hash, id, {day} FROM participants WHERE session_hash IS NOT NULL
    """)
