"""The words that the browser's scripts say, in the same catalogue as the pages.

A placeholder is written `{name}` and filled by `barometer.say` in static/js/page.js.
"""

from collections.abc import Callable


def script_messages(_: Callable[[str], str]) -> dict[str, str]:
    """Return every message of the scripts by its key, translated by `_`."""
    return {
        # The drawing page.
        "start_hint": _(
            "Tap the corner nearest to where your ride starts. A corner, not your house."
        ),
        "correct_hint": _("Is this how you ride? Tap any street you really use."),
        "self_hint": _("Tap along your way, corner by corner. Tap the school when you get there."),
        "straight_from": _("Tap where your path leaves the streets of the map."),
        "straight_to": _("Now tap where your path comes back to a street."),
        "straight_next": _("Tap where your path leads. This piece will be a straight line."),
        "searching": _("Looking for streets …"),
        "found": _("Your ride: {km} km. Crossings: {crossings}."),
        "not_snapped": _(
            "No connection: the dashed line is not on streets yet. "
            "Your points are kept on this device."
        ),
        "snap_refused": _("That point was not added: {detail}."),
        "too_many_points": _("You have used all {limit} points. Remove one to add another."),
        "outside": _("That point is outside the map of {area}. Tap closer to the school."),
        "draft_start": _("Start"),
        "draft_point": _("Point {n}"),
        "draft_straight": _("Point {n}, in a straight line"),
        "draft_school": _("{school} (end)"),
        "remove": _("Remove"),
        "remove_point": _("Remove: {point}"),
        "earlier_point": _("Earlier: {point}"),
        "later_point": _("Later: {point}"),
        "moved": _("Moved: it is point {n} now."),
        "removed": _("Removed. {n} points left."),
        "undone": _("Last step undone."),
        "redone": _("The step is there again."),
        "need_snap": _(
            "Your ride must be on streets before you can go on. Try again when you are online."
        ),
        "need_school": _("Your ride does not reach the school yet."),
        # The rating page.
        "progress": _("{done} of {all} rated"),
        "share": _("{done} of {all}"),
        "all_rated": _("Everything is rated. Thank you!"),
        "unnamed_crossing": _("Crossing without a name"),
        "unnamed_street": _("Path without a name"),
        "crossing": _("Crossing"),
        "stretch": _("Street"),
        "stretch_of": _("{m} m"),
        "not_rated": _("not rated yet"),
        "rated_as": _("{rating}: {word}"),
        "near_miss": _("near miss"),
        "fall": _("fall"),
        "too_short": _(
            "Your ride is so short that storing it would show where you live. "
            "Nothing of it is stored, and there is nothing to rate. Thank you for drawing it."
        ),
        "only_crossings": _(
            "Your ride is short. To protect your home only these crossings are stored, "
            "not the route."
        ),
        # The check and thank-you pages.
        "sending": _("Sending …"),
        "offline": _(
            "No connection. Nothing is lost: your ride is kept on this device and sent "
            "when you are online."
        ),
        "sent_refused": _("Your ride was not stored: {detail}."),
        "conflict": _(
            "A ride from this device is already stored with other answers. Ask your teacher: "
            "with your six words it can be deleted, and you can send again."
        ),
        "signed_out": _("Your class session has ended. Enter the class code and draw again."),
        "copied": _("Copied."),
        "copy_failed": _("Copying does not work here. Please write the words down."),
        "no_phrase": _(
            "The words are shown only once, right after sending, and cannot be shown again."
        ),
        "needed_more": _("{n} more students are needed before the class sees results."),
        "needed_none": _(
            "Enough students have taken part: results appear when your teacher closes."
        ),
        "cut_start": _("Stored from here"),
        "storage_failed": _(
            "This browser does not let the page keep your drawing. "
            "Leave private mode or use another browser."
        ),
        "problem": _("Something went wrong ({status}). Please try again."),
        # The map of hotspots.
        "grey_here": _(
            "Here, too few students have ridden to say anything. Grey is not safe: it is unknown."
        ),
        "open_place": _("Open {name}"),
        "values_failed": _("The values could not be loaded: {detail}."),
        "school": _("School"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "attribution": _("© OpenStreetMap contributors"),
    }
