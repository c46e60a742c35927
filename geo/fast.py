"""The matching search compiled by numba, where that is installed: for archives of routes."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

from . import grid, layers, spurs, straight, viterbi

if TYPE_CHECKING:
    from collections.abc import Callable

KERNEL = (
    spurs.joined, spurs.turns_back, spurs.turns_back_across, spurs.mirrored, spurs.spur_depth,
    spurs.next_spur, spurs.without, spurs.tidy, straight.jump, straight.leave_network,
    viterbi.goal_of, viterbi.search, viterbi.rides_back, viterbi.ride_along, layers.one_of,
)  # fmt: skip
INLINED = (
    straight.distance, straight.through, straight.reach, viterbi.arrive, viterbi.set_out,
)  # fmt: skip


def is_installed() -> bool:
    """Say whether the extra `fast` is there."""
    return find_spec("numba") is not None


@cache
def compiled_ride_every() -> Callable[..., Any]:
    """Return `geo.viterbi.ride_every` compiled; the first call of it takes some seconds."""
    import numba  # noqa: PLC0415  # an extra, and slow to import
    from numba.extending import register_jitable  # noqa: PLC0415

    for called in KERNEL:
        register_jitable(called)
    # A call would count references to every array it is given, which takes longer than its work.
    for inlined in INLINED:
        register_jitable(inline="always")(inlined)
    return cast("Callable[..., Any]", numba.njit(nogil=True)(viterbi.ride_every))


@cache
def compiled_near_each() -> Callable[..., Any]:
    """Return `geo.grid.near_each` compiled."""
    import numba  # noqa: PLC0415
    from numba.extending import register_jitable  # noqa: PLC0415

    register_jitable(grid.around)
    return cast("Callable[..., Any]", numba.njit(nogil=True)(grid.near_each))
