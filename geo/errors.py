"""What can be wrong with the values given to `geo`, named after what the caller can fix."""


class GeoError(ValueError):
    """A value that `geo` refuses; every error of this package derives from it."""


class GeographicCrsError(GeoError):
    """A measure in metres was asked of coordinates in degrees."""


class OsmFileNotFoundError(GeoError):
    """There is no file where an OSM file was expected."""


class OsmFileUnreadableError(GeoError):
    """The file is not OSM data, is damaged, or stops halfway."""


class NoStreetsError(GeoError):
    """The OSM data holds no street that a bicycle may ride."""


class PlaceNotFoundError(GeoError):
    """The geocoder knows no place of that name."""


class OverpassUnavailableError(GeoError):
    """The OSM server did not answer, refused, or answered with something else."""


class AreaFileUnreadableError(GeoError):
    """A stored network is missing, damaged, or of another layout."""


class InvalidTerritoryError(GeoError):
    """A file that holds no border an authority could have."""


class InvalidWaypointsError(GeoError):
    """Too few or too many waypoints, or coordinates that are not numbers on Earth."""


class OutsideAreaError(GeoError):
    """A point lies too far from the network of the area."""


class UnreachableError(GeoError):
    """No way on the network leads from one waypoint to the next."""


class CrossingStraightPiecesError(GeoError):
    """Pieces drawn in a straight line cross each other."""


class UnknownPlaceError(GeoError):
    """An id that is no place of the network."""


class BrokenRouteError(GeoError):
    """Steps of a route that do not join."""


class DuplicateEvidenceError(GeoError):
    """More than one visit or rating of the same participant at the same place."""


class UnvisitedPlaceError(GeoError):
    """A rating or an incident at a place that its participant does not pass."""


class InvalidEvidenceError(GeoError):
    """A rating, a number of trips or an incident outside its range."""


class InvalidLineError(GeoError):
    """A drawn or recorded line that cannot be matched, whatever the network."""


class ShortLineError(GeoError):
    """A track so short that it shows no ride."""


class FarFromSchoolError(GeoError):
    """A track neither end of which is near the school."""


class RouteFileNotFoundError(GeoError):
    """There is no file where a file of routes was expected."""


class RouteFileUnreadableError(GeoError):
    """The file of routes is damaged, of another format, or in an unknown coordinate system."""


class NoLinesError(GeoError):
    """The file can be read and holds no line."""
