"""Errors named after what the caller can fix, and the one table that maps them to HTTP."""

from http import HTTPStatus

from geo.errors import GeoError


class BarometerError(Exception):
    """Base of everything the services refuse; the message is a sentence for people."""


class NotFoundError(BarometerError):
    """The thing does not exist, or is not the caller's to see: both read the same."""


class AreaNotFoundError(NotFoundError):
    """No area has this name."""


class UnknownCodeError(NotFoundError):
    """No open class has this code."""


class NoReleaseError(NotFoundError):
    """Nothing has been published for this area yet."""


class CampaignClosedError(BarometerError):
    """The campaign does not take part at the moment."""


class RosterFullError(BarometerError):
    """As many students have joined as the teacher announced."""


class ChangedRouteError(BarometerError):
    """The same route id came again with another content."""


class AlreadySentError(BarometerError):
    """The participant has sent a ride of this kind; it can be replaced, but not by accident."""


class RideMissingError(BarometerError):
    """The participant has not sent a ride yet."""


class ConsentMissingError(BarometerError):
    """The school has not recorded yet that this student's guardian agreed."""


class CardRequiredError(BarometerError):
    """The class is joined with cards, and this is the code of the class."""


class InvalidRouteError(BarometerError):
    """The route cannot be stored as it is."""


class InvalidCampaignError(BarometerError):
    """A field of the campaign form cannot be taken as it is."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in fields.items()))
        self.fields = fields


class ReasonedError(BarometerError):
    """A refusal whose reason pages say in the reader's language."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class InvalidUserError(ReasonedError):
    """The account cannot be made, or changed, as it is."""


class InvalidBodyError(ReasonedError):
    """A body, or something of it, cannot be made as it is."""


class CaseRefusedError(BarometerError):
    """Something cannot be done with a case as it is; `code` finds the words for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code

    def __str__(self) -> str:
        return str(self.args[1])


class ImageRefusedError(CaseRefusedError):
    """What was sent is no image that can be kept."""


class CaseChangedError(BarometerError):
    """Somebody else has changed the case since it was read."""


class NotYourCaseError(BarometerError):
    """The case may be read, but another body, or nobody yet, decides on it."""


class BadQueryError(BarometerError):
    """A parameter of an address is not known, or not what its standard asks for."""


class NotEnoughError(BarometerError):
    """Too few participants for a release."""


class SignInRequiredError(BarometerError):
    """Nobody is signed in."""


class ClassCodeRequiredError(SignInRequiredError):
    """The browser has not joined a class, or its session was erased."""


class UnknownKeyError(BarometerError):
    """A program sent no key, or one that is not known or was revoked."""


class ReadOnlyKeyError(BarometerError):
    """A program wants to change something with a key that only reads."""


class SecondFactorMissingError(BarometerError):
    """The account must first set up a second factor."""


class WrongCodeError(BarometerError):
    """A code of the second factor is wrong, old, or was taken before."""


class WrongPasswordError(BarometerError):
    """E-mail and password do not belong together."""


class UnreadNoticeError(BarometerError):
    """The notice of what is stored was not confirmed."""


class ForeignOriginError(BarometerError):
    """A form or request was sent from another site."""


class TooManyAttemptsError(BarometerError):
    """Too many failures came from one address, or in all."""


class BodyTooLargeError(BarometerError):
    """The request is larger than anything the program asks for."""


class WrongKeyError(BarometerError):
    """The key of an area does not open what was sealed with it."""


class DamagedAreaError(BarometerError):
    """The files of an area cannot be read."""


class DamagedEditionError(BarometerError):
    """A file of published open data is missing or cannot be read."""


class BrokenEditionError(BarometerError):
    """What would be published as open data breaks a rule; nothing was."""


class OlderReleaseError(BarometerError):
    """Open data of a newer release are out already: those of an older one cannot follow them."""


class MailDelayedError(BarometerError):
    """The mail server did not take a mail; it surely has not got it, so it may be tried again."""


class MailUnclearError(BarometerError):
    """The mail server fell silent after it got a mail; nobody knows whether it delivers it."""


class UnsafeDatabaseError(BarometerError):
    """The database is not one this version can work on without losing data."""


STATUSES: dict[type[Exception], HTTPStatus] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    CampaignClosedError: HTTPStatus.GONE,
    RosterFullError: HTTPStatus.CONFLICT,
    ChangedRouteError: HTTPStatus.CONFLICT,
    AlreadySentError: HTTPStatus.CONFLICT,
    RideMissingError: HTTPStatus.CONFLICT,
    ConsentMissingError: HTTPStatus.FORBIDDEN,
    CardRequiredError: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadQueryError: HTTPStatus.BAD_REQUEST,
    NotEnoughError: HTTPStatus.CONFLICT,
    InvalidRouteError: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidCampaignError: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidBodyError: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidUserError: HTTPStatus.UNPROCESSABLE_ENTITY,
    CaseRefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    CaseChangedError: HTTPStatus.CONFLICT,
    NotYourCaseError: HTTPStatus.FORBIDDEN,
    UnreadNoticeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    GeoError: HTTPStatus.UNPROCESSABLE_ENTITY,
    SignInRequiredError: HTTPStatus.UNAUTHORIZED,
    WrongPasswordError: HTTPStatus.UNAUTHORIZED,
    UnknownKeyError: HTTPStatus.UNAUTHORIZED,
    WrongCodeError: HTTPStatus.UNAUTHORIZED,
    SecondFactorMissingError: HTTPStatus.FORBIDDEN,
    ReadOnlyKeyError: HTTPStatus.FORBIDDEN,
    ForeignOriginError: HTTPStatus.FORBIDDEN,
    TooManyAttemptsError: HTTPStatus.TOO_MANY_REQUESTS,
    BodyTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    DamagedAreaError: HTTPStatus.SERVICE_UNAVAILABLE,
    DamagedEditionError: HTTPStatus.SERVICE_UNAVAILABLE,
    BrokenEditionError: HTTPStatus.CONFLICT,
    OlderReleaseError: HTTPStatus.CONFLICT,
}


def status_of(error: Exception) -> HTTPStatus:
    """Return the status of the nearest class in the table; an unmapped error is ours."""
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR
