"""Long sums beside the site: in another process, at low priority, until the site stops."""

import math
import os
import threading
import time

import pytest

from api.services.aside import NICE, BrokenOffError, StoppedError, aside, directly


def test_a_sum_is_the_same_here_and_aside() -> None:
    compute = aside(threading.Event())

    assert compute(math.hypot, 3, 4) == directly(math.hypot, 3, 4) == 5
    assert compute(os.getpid) != os.getpid()
    assert compute(os.nice, 0) == os.nice(0) + NICE


def test_an_error_of_the_sum_is_raised_where_it_was_asked_for() -> None:
    with pytest.raises(ValueError, match=r"math domain error|expected a nonnegative"):
        aside(threading.Event())(math.sqrt, -1)


def test_a_process_that_dies_is_told_apart_from_an_answer() -> None:
    with pytest.raises(BrokenOffError):
        aside(threading.Event())(os._exit, 1)


def test_a_sum_is_broken_off_when_the_site_stops() -> None:
    stopping = threading.Event()
    threading.Timer(0.5, stopping.set).start()
    began = time.monotonic()

    with pytest.raises(StoppedError):
        aside(stopping)(time.sleep, 60)
    assert time.monotonic() - began < 10
