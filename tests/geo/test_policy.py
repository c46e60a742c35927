"""The policy table."""

import dataclasses

from geo.policy import Policy, load_policy, policy_table


def test_table_and_dataclass_name_the_same_settings() -> None:
    assert [row["name"] for row in policy_table()] == [f.name for f in dataclasses.fields(Policy)]


def test_every_setting_has_a_unit_and_a_source() -> None:
    assert all(row["unit"] and row["source"] for row in policy_table())


def test_counts_are_whole_and_the_thresholds_are_those_that_were_chosen() -> None:
    policy = load_policy()

    assert isinstance(policy.draws, int)
    assert (policy.min_conflicts, policy.min_eligible) == (30, 50)
    assert (policy.relative_threshold, policy.false_share) == (1.5, 0.05)
