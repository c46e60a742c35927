"""Words with marks that join letters, as Thai has them, in drawings of a PDF."""

import pytest

from web.lifted_words import lift_words
from web.paper import text_line

ROAD = "ถนนสุขุมวิท"


def drawing(body: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="180mm" height="30mm" '
        f'viewBox="0 0 180 30"><rect width="9" height="9"/>{body}</svg>'
    )


def test_a_drawing_without_such_words_stays_as_it_is() -> None:
    svg = drawing(text_line(1, 2, "Königstraße", size=3))

    assert lift_words(svg) == svg


def test_such_words_are_told_with_their_spot_and_look_and_others_stay() -> None:
    turned = text_line(0, 1, ROAD, size=3, anchor="middle", halo=True)
    svg = drawing(
        text_line(1, 2, "Königstraße", size=3)
        + text_line(5, 6, ROAD, size=2.5, bold=True, color="#123456")
        + f'<g transform="translate(50 20) rotate(90)"><path d="M0 0"/>{turned}</g>'
    )

    lifted = lift_words(svg)

    assert isinstance(lifted, dict)
    assert ROAD not in lifted["svg"]
    assert "Königstraße" in lifted["svg"]
    assert "<path" in lifted["svg"]
    assert (lifted["width"], lifted["height"]) == (180, 30)
    plain, edge, word = lifted["words"]
    assert plain == {
        "text": ROAD, "x": 5, "y": 6, "turn": 0, "size": 2.5, "anchor": "start", "bold": True,
        "fill": "#123456", "edge": "",
    }  # fmt: skip
    # A quarter turn to the right: what is below the origin lies to its left.
    assert (word["x"], word["y"], word["turn"], word["anchor"]) == (49, 20, 90, "middle")
    assert (edge["edge"], word["edge"]) == ("#ffffff", "")


def test_words_under_another_transformation_are_refused() -> None:
    svg = drawing(f'<g transform="scale(2)">{text_line(1, 2, ROAD, size=3)}</g>')

    with pytest.raises(ValueError, match="expected translate and rotate around words, got 'scale"):
        lift_words(svg)
