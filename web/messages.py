"""The words that the browser's scripts say, in the same catalogue as the pages.

A placeholder is written `{name}` and filled by `barometer.say` in static/js/page.js.
"""

from collections.abc import Callable


def script_messages(_: Callable[[str], str]) -> dict[str, str]:
    """Return every message of the scripts by its key, translated by `_`."""
    return {
        **board_messages(_),
        **after_messages(_),
        **drawing_messages(_),
        **campaign_messages(_),
        **sending_messages(_),
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
        "too_many_points": _("You have used all {limit} points. Remove one to add another."),
        "outside": _("That point is outside the map of {area}. Tap closer to the school."),
        "draft_start": _("Start"),
        "draft_point": _("Point {n}"),
        "draft_school": _("{school} (end)"),
        "remove": _("Remove"),
        "remove_point": _("Remove: {point}"),
        "earlier_point": _("Earlier: {point}"),
        "later_point": _("Later: {point}"),
        "moved": _("Moved: it is point {n} now."),
        "removed": _("Removed. {n} points left."),
        "undone": _("Last step undone."),
        "redone": _("The step is there again."),
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
        "offline": _(
            "No connection. Nothing is lost: your ride is kept on this device and sent "
            "when you are online."
        ),
        "signed_out": _("Your class session has ended. Enter the class code and draw again."),
        "copied": _("Copied."),
        "copy_failed": _("Copying does not work here. Please write the words down."),
        "no_phrase": _(
            "The words are shown only once, right after sending, and cannot be shown again."
        ),
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
        "stress_missing": _(
            "This area was imported by an older version: import it again to see its stress."
        ),
        "copy_by_hand": _("Copying does not work here. The address: {address}"),
        "values_failed": _("The values could not be loaded: {detail}."),
        "school": _("School"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "attribution": _("© OpenStreetMap contributors"),
    }


def sending_messages(_: Callable[[str], str]) -> dict[str, str]:
    """Return what is said of rating with gaps, of sending, and of rides that wait for it."""
    return {
        "left_open": _("Places that are not rated yet: {n}. What about them?"),
        "sending": _("Sending …"),
        "cut_start": _("Stored from here"),
        "cut_end": _("Stored up to here"),
        "try_now": _("Try again now"),
        "stay_here": _(
            "No connection, and this browser cannot keep your ride. "
            "Leave this page open: it is sent when you are online."
        ),
        "waiting": _("A ride waits on this device. It is sent as soon as there is a connection."),
        "waiting_sent": _("The ride that waited on this device is sent."),
        "your_words": _("See your six words"),
        "already_sent": _("You have already sent this ride. Replace it?"),
        "replace_it": _("Replace it"),
        "keep_earlier": _("Keep the one I sent"),
        "kept_earlier": _("The ride that you sent before stays. This one was not sent."),
        "delete_waiting": _("Delete this ride"),
        "signed_out_waiting": _(
            "Your class session has ended, and your ride is not sent yet. Enter your code again "
            "on this device: with a card of your own it is sent then."
        ),
        "consent_missing": _(
            "Your ride is kept on this device, but it cannot be sent yet: "
            "your teacher must first tick that your guardian has agreed."
        ),
        "class_closed": _(
            "This class takes no rides at the moment. Yours is kept on this device for a week: "
            "ask your teacher to open the class again."
        ),
        "conflict": _(
            "A ride from this device is already stored with other answers. Ask your teacher: "
            "with your six words it can be deleted, and you can send again."
        ),
        "sent_refused": _("Your ride was not stored: {detail}."),
    }


def drawing_messages(_: Callable[[str], str]) -> dict[str, str]:
    """Return what the drawing page says beside the steps of drawing."""
    return {
        "start_hint_back": _(
            "Tap the corner nearest to where your ride home ends. A corner, not your house."
        ),
        "self_hint_back": _(
            "Tap along your way from there back to the school, corner by corner. "
            "Tap the school when you get there."
        ),
        "draft_end": _("End"),
        "draft_from_school": _("{school} (start)"),
        "missing_here": _("In a straight line: a path is missing here."),
        "need_start": _("First set where your ride starts."),
        "need_end": _("First set where your ride ends."),
        "need_school": _("Your ride does not reach the school yet."),
        "need_snap": _("Your ride must be on streets before you can go on."),
        # Points that cannot be taken.
        "refused_outside": _("No street of the map is near that point. Tap on a street."),
        "refused_unreachable": _(
            "No way on the map leads to that point. Tap a street beside it, "
            "or draw it as a path that is not on the map."
        ),
        "refused_crossing": _("Straight pieces of a ride must not cross each other."),
        "refused_point": _("That point cannot be used. Tap another one."),
        # The search.
        "search_found": _("Crossings and streets found: {n}. Choose one."),
        "search_none": _("Nothing found. Try the name of one street."),
        "search_offline": _("No connection: this does not work now. Tap on the map instead."),
        "search_away": _("{km} km from school"),
        "search_taken": _("Added: {name}."),
        # A track of a phone.
        "gpx_empty": _("This file is empty."),
        "gpx_large": _("This file is too large: 5 MB at most."),
        "gpx_not": _("This is not a GPX file."),
        "gpx_short": _("There is no track in this file, or it is too short."),
        "gpx_elsewhere": _(
            "This track cannot be drawn here: it does not lie on the streets of this map."
        ),
        "gpx_far": _("Your track neither begins nor ends at your school."),
        "gpx_taken": _("Your track is drawn. Is this how you ride?"),
        "gpx_partly": _(
            "Your track is drawn, but parts of it are not on streets of the map. "
            "Look at it closely."
        ),
        # What looks unusual.
        "doubt_long": _("Your ride looks unusually long ({km} km). Is that right?"),
        "doubt_short": _("Your ride looks unusually short ({m} m). Is that right?"),
        "doubt_detour": _(
            "Your ride is {times} times as long as the straight line to school. Is that right?"
        ),
        "doubt_fast": _("That would be {speed} km an hour. Are you really that fast?"),
        "doubt_slow": _("That would be {speed} km an hour. Are you really that slow?"),
        "doubt_straight": _(
            "Much of your ride is a straight line beside the streets. Is that right?"
        ),
    }


def board_messages(_: Callable[[str], str]) -> dict[str, str]:
    """Return what the board of a class says while it is live."""
    return {
        "board_missing": _("Students still missing until there are results: {n}"),
        "board_closing": _("Enough students have taken part. Results come when the class closes."),
        "board_computing": _("Enough students have taken part. The results are being computed."),
        "board_offline": _("No connection. These are the numbers of {time}."),
        "board_stopped": _("The numbers stand still. Load this page again."),
    }


def campaign_messages(_: Callable[[str], str]) -> dict[str, str]:
    """Return what the form of new classes says."""
    return {
        "class_n": _("Class {n}"),
        "students_n": _("Students in class {n}"),
        "class_added": _("Room for class {n} was added."),
    }


def after_messages(_: Callable[[str], str]) -> dict[str, str]:
    """Return what the thank-you page says of results and of a calmer way."""
    return {
        "results_missing": _("Students still missing until there are results: {n}"),
        "results_next": _("Students still missing until there are new results: {n}"),
        "results_soon": _("Enough students have sent their rides: new results are coming."),
        "own_gone": _(
            "Your own ride is not shown: only the page from which you sent it knows it. "
            "You see what is known around your school."
        ),
        "home_missing": _("You said that you ride home another way. Draw it while you are at it."),
        "and_more": _("{n} more"),
        # What is known of the ride.
        "known_of_ride": _("Known: {n} of the {all} places of your ride."),
        "known_around": _("Known places around your school: {n}"),
        "hot_places": _("On the list of hotspots: {places}."),
        "hot_none": _("None of them is on the list of hotspots."),
        "felt_low": _("felt safe"),
        "felt_middle": _("felt mixed"),
        "felt_high": _("felt unsafe"),
        "felt_unknown": _("too few ratings"),
        "known_place": _("{name}: {felt}"),
        "known_listed": _("{name}: {felt}, on the list of hotspots"),
        "known_watched": _("{name}: {felt}, being watched"),
        # A place that is called fixed.
        "fixed_of_ride": _("The town says that it has fixed something on your ride."),
        "fixed_around": _("The town says that it has fixed something. Answer if you ride there."),
        "fixed_place": _("{name}: the town says this is fixed. Is it better?"),
        "fixed_better": _("Better"),
        "fixed_same": _("Same"),
        "fixed_worse": _("Worse"),
        "fixed_skip": _("Skip"),
        "fixed_thanks": _("Thank you, this is stored: {answer}."),
        "fixed_failed": _("This was not stored: {reason}."),
        # A calmer way.
        "calmer_searching": _("Looking for a calmer way …"),
        "calmer_none": _("We found no calmer way that is at most a fifth longer."),
        "calmer_failed": _("It could not be looked for now. Load this page again later."),
        "calmer_back": _("A calmer way is looked for on rides to school only."),
        "calmer_longer": _("A calmer way: {m} m longer."),
        "calmer_shorter": _("A calmer way: {m} m shorter."),
        "calmer_same": _("A calmer way: about as long as yours."),
        "calmer_avoids": _("It avoids: {places}."),
        "calmer_stress": _(
            "Streets with much stress: {before} m on your ride, {after} m on the calmer way."
        ),
        "calmer_unknown": _("For {m} m of it nobody knows yet how it feels."),
    }
