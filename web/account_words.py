"""Roles, kinds of bodies, what they answer for, and why an account or a body is refused."""

from collections.abc import Callable

Words = Callable[[str], str]


def role_words(_: Words) -> dict[str, str]:
    """Return what the roles of staff are called."""
    return {
        "teacher": _("Teacher"),
        "police": _("Police officer"),
        "officer": _("Officer of a municipality or province"),
        "admin": _("Administrator"),
    }


def body_kind_words(_: Words) -> dict[str, str]:
    """Return what the kinds of bodies are called."""
    return {
        "police": _("Police"),
        "municipality": _("Municipality"),
        "province": _("Province"),
    }


def answers_for_words(_: Words) -> dict[str, str]:
    """Return what the causes are called for which a body can answer."""
    return {
        "enforcement": _("Enforcement: speed, parking, red lights"),
        "maintenance": _("Maintenance: surface, light, hedges, signs"),
        "engineering": _("Engineering: crossings, signals, cycle tracks"),
        "education": _("Education: lessons and campaigns"),
    }


def digest_words(_: Words) -> dict[str, str]:
    """Return how often mails may come."""
    return {"daily": _("Every day"), "weekly": _("Once a week"), "never": _("Never")}


def account_refusals(_: Words) -> dict[tuple[str, str], str]:
    """Return why an account, a body or a key is refused, by error class and reason."""
    return {
        ("InvalidUserError", "role"): _("Choose a role."),
        ("InvalidUserError", "email"): _("This is no e-mail address."),
        ("InvalidUserError", "password"): _("A password has at least 12 letters."),
        ("InvalidUserError", "again"): _("The two new passwords differ."),
        ("InvalidUserError", "taken"): _("There is an account with this address already."),
        ("InvalidUserError", "teacher"): _("A teacher needs a school."),
        ("InvalidUserError", "police"): _("Police need an area, or a body of the kind police."),
        ("InvalidUserError", "officer"): _("An officer needs a municipality or a province."),
        ("InvalidUserError", "admin"): _("An administrator is of no school, area or body."),
        ("InvalidUserError", "days"): _(
            "Choose days from today on, at most a year, the first one first."
        ),
        ("InvalidUserError", "colleague"): _(
            "This is not the address of a colleague who is member of a body of your area."
        ),
        ("InvalidBodyError", "name"): _("Give it a name."),
        ("InvalidBodyError", "kind"): _("Choose a kind of body."),
        ("InvalidBodyError", "causes"): _("Choose from the list what it answers for."),
        ("InvalidBodyError", "days"): _("The first answer takes 1 to 365 days."),
        ("InvalidBodyError", "taken"): _("There is a body of this name in the area already."),
        ("InvalidBodyError", "territory"): _("This territory does not lie in the area."),
        ("InvalidBodyError", "choice"): _("Choose a file, or the whole area."),
    }
