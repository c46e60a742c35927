"""The columns of everything that leaves as a table: one list for files, services and dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    Words = Callable[[str], str]

Type = Literal["string", "integer", "number", "boolean", "date"]
STATES = ("confirmed", "watch", "unknown")
CASE_STATES = (
    "new", "acknowledged", "investigating", "planned", "in_work", "done", "declined", "merged",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column: its name and type, the unit of its numbers, what it means, what it can be.

    Types are those of Frictionless tables. A column is empty where nothing is known: that is
    neither zero nor safe.
    """

    name: str
    type: Type
    unit: str
    description: str
    values: tuple[str, ...] = ()
    """Every value it can have; empty where it is not one of a few."""


def place_columns(_: Words) -> tuple[Column, ...]:
    """Return the columns of segments, intersections and hotspots, in the order of every file."""
    return (
        *_identity(_), *_heard(_), *_conflicts(_), *_compared(_), *_yearly(_), *_crash_counts(_),
        *_around(_),
    )  # fmt: skip


def position_columns(_: Words) -> tuple[Column, ...]:
    """Return where a place lies, for tables that have no geometry."""
    degrees = _("degrees")
    return (
        Column("lon", "number", degrees, _("Longitude of its middle, WGS 84")),
        Column("lat", "number", degrees, _("Latitude of its middle, WGS 84")),
    )


def origin_columns(_: Words) -> tuple[Column, ...]:
    """Return from which release a row comes, for files that are only one table."""
    return (
        Column("release", "integer", "", _("Number of the release that the row comes from")),
        Column("simulated", "boolean", "", _("Whether simulated students are among those counted")),
    )


def case_columns(_: Words) -> tuple[Column, ...]:
    """Return the columns of cases, in the order of every file."""
    return (
        Column("id", "integer", "", _("Number of the case")),
        Column("place_id", "string", "", _("Where it lies: the `id` of a place")),
        Column("places", "string", "", _("Every place it is about, by `id`, with blanks between")),
        Column("name", "string", "", _("Name of the street, or of the streets that meet")),
        Column("state", "string", "", _("How far it has come"), CASE_STATES),
        Column("cause", "string", "", _("Who can act: the kind of cause the reasons point to")),
        Column("owner", "string", "", _("The body that is in charge; empty as long as none is")),
        Column("opened_in", "integer", "", _("Number of the release that confirmed the hotspot")),
        Column("opened_on", "date", "", _("When it was opened")),
        Column("due_on", "date", "", _("When its next step is due")),
        Column("overdue", "boolean", "", _("Whether that day has passed and it is still open")),
        Column("answer", "string", "", _("What everybody may read about it")),
        Column("answered_on", "date", "", _("When the owner first said something")),
        Column("closed_on", "date", "", _("When it was done or declined; empty while it is open")),
    )


def crash_columns(_: Words) -> tuple[Column, ...]:
    """Return the columns of official crashes: never for the public, few are known by name."""
    return (
        Column("id", "integer", "", _("Number of the row")),
        Column("source", "string", "", _("The register that it comes from")),
        Column("crash_id", "string", "", _("Its number in that register")),
        Column("year", "integer", _("year"), _("When it happened")),
        Column("weekday", "integer", _("Monday 1 to Sunday 7"), _("On which day of the week")),
        Column("hour", "integer", _("hour of the day"), _("In which hour it began")),
        Column(
            "severity", "string", "", _("The worst that happened; injury if nobody knows how bad"),
            ("fatal", "serious", "slight", "damage_only", "injury"),
        ),
        Column("n_fatal", "integer", _("people"), _("Killed")),
        Column("n_serious", "integer", _("people"), _("Seriously injured")),
        Column("n_slight", "integer", _("people"), _("Slightly injured")),
        Column("bicycle", "boolean", "", _("Whether a bicycle took part; empty if unknown")),
        Column("child", "boolean", "", _("Whether a child took part; empty if unknown")),
        Column("place_id", "string", "", _("The place that it was counted at: its `id`")),
        Column("distance_m", "number", _("metres"), _("How far from that place")),
    )  # fmt: skip


def _identity(_: Words) -> tuple[Column, ...]:
    help_most = _("Where a fix helps most: 1 is first; by state, then by `avoidable`")
    return (
        Column("rank", "integer", "", help_most),
        Column("rank_danger", "integer", "", _("Where a ride is most dangerous: by `relative`")),
        Column("id", "string", "", _("Name of the place, the same in every release of a network")),
        Column(
            "kind", "string", "", _("A piece of street, or a crossing"),
            ("segment", "intersection"),
        ),
        Column("type", "string", "", _("Kind of crossing or street that it is compared with")),
        Column("name", "string", "", _("Name of the street, or of the streets that meet")),
        Column(
            "state", "string", "",
            _("Confirmed hotspot, to be watched, or unknown: not enough data, which is not safe"),
            STATES,
        ),
        *_range(
            _, "index", "0–100", _("Risk of a ride: 50 is the area's average, 75 twice that")
        ),
    )  # fmt: skip


def _heard(_: Words) -> tuple[Column, ...]:
    people, yearly = _("participants"), _("1,000 passages a school year")
    return (
        *_range(_, "danger", "0–1", _("How dangerous it feels: 0 safe, 1 unsafe")),
        Column("evidence", "number", "0–1", _("Share of `danger` that was said here")),
        Column("participants", "integer", people, _("Students who ride here")),
        Column("passages", "number", yearly, _("How often these students ride here")),
        Column(
            "exposure", "number", _("1,000 passages, or 1,000 km on a segment, a school year"),
            _("`passages`, on a segment times its length in km"),
        ),
        Column("ratings", "integer", _("ratings"), _("How many rated it")),
        Column("mean_rating", "number", "0–10", _("Mean rating: 0 unsafe, 10 safe")),
    )  # fmt: skip


def _conflicts(_: Words) -> tuple[Column, ...]:
    unit = _("conflicts per `exposure`")
    reported = _("Students who had a near miss or a fall here")
    return (
        Column("reporters", "integer", _("participants"), reported),
        *_range(_, "rate", unit, _("Conflict rate, from the reports and from what is normal")),
        Column("expected", "number", unit, _("The rate normal for the kind and how it feels")),
        Column("normal", "number", unit, _("The rate normal for type and stress alone")),
        Column(
            "weight", "number", "0–1",
            _("Share of `expected` in `rate`; the rest was reported here"),
        ),
    )  # fmt: skip


def _compared(_: Words) -> tuple[Column, ...]:
    return (
        *_range(_, "relative", _("times the area's average"), _("Risk of a ride")),
        Column(
            "probability", "number", "0–1",
            _("Probability that `relative` is above what counts as dangerous"),
        ),
    )  # fmt: skip


def _yearly(_: Words) -> tuple[Column, ...]:
    unit = _("conflicts a school year")
    return (
        *_range(_, "yearly", unit, _("Expected conflicts of all cyclists of the schools")),
        *_range(_, "avoidable", unit, _("Of `yearly`: what a place as calm as calm ones spares")),
        Column("top10", "number", "0–1", _("Probability of being among the ten most avoidable")),
        *_range(_, "excess", unit, _("Of `yearly`: more than is normal for its type")),
    )


def _crash_counts(_: Words) -> tuple[Column, ...]:
    unit = _("crashes")
    severe = _("Of `crashes`: with people killed or seriously injured")
    return (
        Column("crashes", "integer", unit, _("Official crashes with a bicycle counted here")),
        Column("crashes_ksi", "integer", unit, severe),
        Column("crashes_slight", "integer", unit, _("Of `crashes`: with slight injuries only")),
        Column("crash_share", "number", "0–1", _("Weight of the official crashes in `relative`")),
    )


def _around(_: Words) -> tuple[Column, ...]:
    share, yearly = _("Share of `stress` that is assumed"), _("1,000 passages a school year")
    return (
        Column(
            "cluster", "string", "", _("Group of neighbours with more conflicts than is normal")
        ),
        Column("cluster_p", "number", "0–1", _("How likely chance alone makes such a group")),
        Column("heat", "number", _("times the area's average"), _("Conflicts around it")),
        Column("stress", "integer", _("level 1 to 4"), _("Traffic stress from OpenStreetMap")),
        Column("assumed", "number", "0–1", share),
        Column("passages_forward", "number", yearly, _("Of `passages`: along its line")),
        Column("passages_backward", "number", yearly, _("Of `passages`: against its line")),
        Column("passages_before_school", "number", yearly, _("Of `passages`: on the way there")),
        Column("passages_after_school", "number", yearly, _("Of `passages`: on the way home")),
        Column(
            "schools", "string", "",
            _("Of `participants`: how many of each school, as number of the school:number"),
        ),
        Column("assumptions", "string", "", _("What was assumed, by code, with blanks between")),
        Column("reasons", "string", "", _("How many gave each reason, as code:number")),
    )  # fmt: skip


def _range(_: Words, name: str, unit: str, meaning: str) -> tuple[Column, Column, Column]:
    """Return a figure with both ends of its interval."""
    low = _("Low end of `{name}`: nine times in ten the true value lies between both ends")
    high = _("High end of `{name}`: nine times in ten the true value lies between both ends")
    return (
        Column(name, "number", unit, meaning),
        Column(f"{name}_low", "number", unit, low.format(name=name)),
        Column(f"{name}_high", "number", unit, high.format(name=name)),
    )
