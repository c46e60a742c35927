"""What can be wrong with a file of crashes."""

from __future__ import annotations

from geo.errors import GeoError


class CrashFileUnreadableError(GeoError):
    """The file is damaged, of a format that is not read, or larger than is read."""


class UnknownCrashProfileError(GeoError):
    """No profile has this name, or the files do not have the columns of one."""


class CrashMappingError(GeoError):
    """It is not said which column holds what a crash needs: where, when, how severe."""


class UnknownCrsError(GeoError):
    """There is no coordinate system of this number, or none fits the coordinates."""


class CrashesOutsideAreaError(GeoError):
    """No crash of the file lies inside the area."""
