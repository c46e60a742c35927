from web.directions import Share, shares_of_rides

BY = {"forward": 1.2, "backward": 0.3, "before_school": 0.9, "after_school": 0.6}


def test_a_street_has_two_ways_and_two_times() -> None:
    assert shares_of_rides(BY, "NE", str) == [
        Share("to the north-east", 1200),
        Share("to the south-west", 300),
        Share("before school", 900),
        Share("after school", 600),
    ]


def test_an_intersection_has_no_direction() -> None:
    assert [share.words for share in shares_of_rides(BY, None, str)] == [
        "before school",
        "after school",
    ]


def test_a_share_that_may_not_be_told_is_not_told() -> None:
    assert shares_of_rides({}, "N", str) == []


def test_where_only_one_way_was_asked_for_the_time_of_day_says_nothing() -> None:
    only = {"forward": 1.2, "backward": 0, "before_school": 1.2, "after_school": 0}

    assert shares_of_rides(only, "N", str) == [Share("to the north", 1200)]
