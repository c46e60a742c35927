"""The garbage collector is left out for a while, and only then."""

import gc

import pytest

from geo.garbage import uncollected


def test_the_collector_is_off_inside_and_on_again_after_an_error() -> None:
    def fail() -> None:
        assert not gc.isenabled()
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"), uncollected():
        fail()

    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
