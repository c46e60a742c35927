"""Sections 3 and 4 by hand: the conflict rate, from reports and from official crashes."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, NamedTuple

from scipy import special

from geo.official import agree, crash_prediction
from geo.risk import Posterior, update
from geo.sensitivity import severity_ranks

from .figures import Step, code, exact, figure, logarithm, lower_end, steps_table, table, tails

if TYPE_CHECKING:
    import pandas as pd

    from .example import Example


class Rates(NamedTuple):
    """The rates of every place as gamma distributions, and what they came from."""

    reported: Posterior
    updated: Posterior
    crashes_normal: pd.Series
    shape: float
    normal_shape: float
    reference: float
    calm: float


def rates(example: Example) -> Rates:
    """Return the distributions of the conflict rates before and after the crashes."""
    exposed, found = example.prepared.exposed, example.summary.places
    parameters = example.summary.parameters
    kind = exposed["kind"]
    shape = kind.map(parameters["shape"]).to_numpy(float) * exposed["length_km"].to_numpy(float)
    reported = update(found["reporters"], found["at_risk"], found["expected"], shape)
    normal = crash_prediction(exposed, example.policy)["crashes_normal"]
    updated, _ = agree(
        reported, found["normal"].to_numpy(float), exposed["crashes"].to_numpy(float),
        normal.to_numpy(float), example.policy,
    )  # fmt: skip
    here = kind[example.place]
    return Rates(
        reported, updated, normal,
        *(float(parameters[name][here])
          for name in ("shape", "normal_shape", "reference_rate", "calm_rate")),
    )  # fmt: skip


def conflict_rate(example: Example, known: Rates) -> dict[str, object]:
    """Return the coefficients, and the steps from reports to the conflict rate."""
    row = example.row
    n, y, exposure = int(row["participants"]), int(row["reporters"]), float(row["exposure"])
    at_risk, mu, shape = float(row["at_risk"]), float(row["expected"]), known.shape
    at = example.summary.places.index.get_loc(example.place)
    s, t = known.reported.shape[at], known.reported.exposure[at]
    each = row["rate"] * exposure / n
    low, high = tails(example.policy.interval)
    steps = [
        Step("y", "participants who reported a conflict", "counted", y),
        Step("e", "conflicts to be expected of each participant (λ: see below)",
             code("{} × {} / {}", row["rate"], exposure, n), each),
        Step("F", "exposure at risk, 1,000 passages",
             code("{} × (1 − exp(−{})) / {}", exposure, each, each), at_risk),
        _log_rate(example, "ln μ", "normal rate, given how dangerous it feels", "coefficients"),
        Step("μ", "the same per 1,000 passages", code("exp({})", log(mu)), mu),
        Step("φ", "shape: how alike places of a kind are", "fitted", shape),
        Step("μF", "reporters to be expected", code("{} × {}", mu, at_risk), mu * at_risk),
        Step("w", "weight of what is normal", code("1 / (1 + {} / {})", mu * at_risk, shape),
             row["weight"]),
        Step("λ", "conflicts per 1,000 passages, given the reports",
             code("{} × {} + (1 − {}) × {} / {}", row["weight"], mu, row["weight"], y, at_risk),
             row["rate"]),
        Step("s", "shape of its gamma distribution", code("{} + {}", shape, y), s),
        Step("t", "its rate, 1,000 passages", code("{} / {} + {}", shape, mu, at_risk), t),
        Step("λ low", lower_end(example.policy.interval),
             code("GAMMA.INV({}; {}; 1 / {})", low, s, t), row["rate_low"]),
        Step("λ high", "upper end",
             code("GAMMA.INV({}; {}; 1 / {})", high, s, t), row["rate_high"]),
        _log_rate(example, "ln μ₀", "normal rate by type and stress alone", "normal_coefficients"),
        Step("μ₀", "the same per 1,000 passages", code("exp({})", log(row["normal"])),
             row["normal"]),
    ]  # fmt: skip
    return {
        "coefficients": _coefficients(example),
        "rate": steps_table(steps),
        "normal_percent": round(100 * row["weight"]),
        "fullest": _fullest(example),
    }


def _log_rate(example: Example, symbol: str, what: str, which: str) -> Step:
    at = example.summary.parameters[which]
    exposed = example.exposed
    intercept, slope = at["intercept"][exposed["kind"]], at["type"][exposed["type"]]
    numbers = [
        logarithm(intercept), logarithm(slope), logarithm(at["stress"]), int(exposed["stress"]),
        at["stress_centre"],
    ]  # fmt: skip
    template = "{} + {} + {} × ({} − {})"
    if at["effect"]:
        numbers += [logarithm(at["effect"]), exposed["effect"]]
        template += " + {} × {}"
    value = example.row["expected" if which == "coefficients" else "normal"]
    return Step(symbol, what, code(template, *numbers), log(value))


def _coefficients(example: Example) -> str:
    parameters, kind = example.summary.parameters, example.exposed["kind"]
    one, other = parameters["coefficients"], parameters["normal_coefficients"]
    own = [name for name in one["type"] if name.startswith(kind)]
    pairs = [
        ("γ₀, intersections", one["intercept"][kind], other["intercept"][kind]),
        *((f"γ type, {name}", one["type"][name], other["type"][name]) for name in own),
        ("γ stress, per level", one["stress"], other["stress"]),
    ]
    shapes = parameters["shape"], parameters["normal_shape"]
    lines = [(name, *map(logarithm, values)) for name, *values in pairs]
    lines += [
        ("γ R, per standard deviation of perceived danger", logarithm(one["effect"]), "–"),
        ("mean stress, from which levels count", one["stress_centre"], other["stress_centre"]),
        ("φ, intersections", *(shape[kind] for shape in shapes)),
        ("φ, segments, per km", *(shape["segment"] for shape in shapes)),
    ]
    return table(("coefficient", "for μ", "for μ₀"), lines)


def _fullest(example: Example) -> str:
    """Return in words what the exposure at risk is where most of those who pass reported."""
    found = example.summary.places[example.summary.places["avoidable"].notna()]
    first = found.loc[(found["at_risk"] / found["exposure"]).idxmin()]
    return (
        f"Where it matters most, {int(first['reporters'])} of {int(first['participants'])} "
        f"reported one, and {figure(first['at_risk'], 3)} of {figure(first['exposure'], 3)} "
        "thousand passages are at risk."
    )


def crashes(example: Example, known: Rates) -> dict[str, object]:
    """Return the steps from official crashes to the updated rate."""
    row, policy = example.row, example.policy
    at = example.summary.places.index.get_loc(example.place)
    s, t = known.reported.shape[at], known.reported.exposure[at]
    x, m = int(row["crashes"]), float(known.crashes_normal[example.place])
    by_crashes, its_variance = log((x + 0.5) / (m + 0.5)), 1 / (m + 0.5) + policy.crash_log_sd**2
    by_reports, variance = log(row["rate"] / row["normal"]), float(special.polygamma(1, s))
    share = float(row["crash_share"])
    mean = float(known.updated.log_mean[at])
    left = variance * (1 - share)
    s2, t2 = known.updated.shape[at], known.updated.exposure[at]
    steps = [
        Step("x", "crashes here, in the years of the file", "counted", x),
        Step("m", "crashes that are normal here", "fitted", m),
        Step("d_B", "departure by crashes, ln", code("ln(({} + 0.5) / ({} + 0.5))", x, m),
             by_crashes),
        Step("v_B", "its variance", code("1 / ({} + 0.5) + {}^2", m, exact(policy.crash_log_sd)),
             its_variance),
        Step("d_A", "departure by reports, ln", code("ln({} / {})", row["rate"], row["normal"]),
             by_reports),
        Step("v_A", "its variance", code("ψ₁({})", s), variance),
        Step("K", "weight of the crashes", code("{} / ({} + {})", variance, variance, its_variance),
             share),
        Step("l", "mean of ln λ after the crashes",
             code("ψ({}) − ln({}) + {} × ({} − {})", s, t, share, by_crashes, by_reports), mean),
        Step("v", "its variance", code("{} × (1 − {})", variance, share), left),
        Step("s₂", "shape of the gamma with that variance", f"solve ψ₁(s₂) = {figure(left)}", s2),
        Step("t₂", "its rate, 1,000 passages", code("exp(ψ({}) − {})", s2, mean), t2),
        Step("λ₂", "conflicts per 1,000 passages, given reports and crashes",
             code("{} / {}", s2, t2), s2 / t2),
    ]  # fmt: skip
    return {
        "crashes": steps_table(steps),
        "all_crashes": example.summary.parameters["crashes"],
        "crash_percent": round(100 * share),
        "severity": _severity(example),
    }


def _severity(example: Example) -> list[int]:
    """Return the ranks of the place by crashes, weighted 1/1/1, 1/3/5 and 1/10/10."""
    crashes = example.town.crashes
    ranked = severity_ranks(crashes, count=len(crashes))
    names = [name for name in ranked.columns if name.startswith("rank_")]
    return (
        ranked[names].reindex([example.place]).fillna(len(ranked) + 1).astype(int).iloc[0].tolist()
    )
