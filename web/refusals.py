"""What is said in the reader's language when something is refused."""

from .account_words import account_refusals
from .translation import translations


def refusal_words(language: str, error: Exception) -> str:
    """Return the sentence for an error by its class; English has the error's own, exact words."""
    if language == "en":
        return str(error)
    _ = translations(language).gettext
    words = {
        "UnknownCodeError": _("No class has this code. Check the letters on the poster."),
        "CampaignClosedError": _("This class takes no rides at the moment. Ask your teacher."),
        "RosterFullError": _("This class is full. Ask your teacher."),
        "ConsentMissingError": _("Your teacher must first tick that your guardian has agreed."),
        "CardRequiredError": _("This class uses cards. Enter the code on your own card."),
        "AlreadySentError": _("You have sent this ride already."),
        "UnreadNoticeError": _("Please read what is stored and tick the box."),
        "WrongPasswordError": _("E-mail and password do not belong together."),
        "WrongCodeError": _("This code is wrong, too old, or was used already."),
        "InvalidTerritoryError": _("This file holds no border that can be used."),
        "TooManyAttemptsError": _("Too many wrong tries. Wait ten minutes and try again."),
        "ForeignOriginError": _("This was sent from another site and was not carried out."),
        "NotEnoughError": _("Not enough students have taken part yet."),
        "OlderReleaseError": _("There is a newer release by now. Look at it first."),
        "NoReleaseError": _("Nothing has been published here yet."),
        "NotFoundError": _("This does not exist, or it is not yours to see."),
        "OutsideAreaError": _("the point lies outside the map"),
        "UnreachableError": _("no way on the map leads there"),
        "CrossingStraightPiecesError": _("the straight pieces cross each other"),
        "ChangedRouteError": _("a ride with this number was sent before with other answers"),
    }
    reason = (type(error).__name__, getattr(error, "reason", ""))
    return account_refusals(_).get(reason) or words.get(type(error).__name__, str(error))
