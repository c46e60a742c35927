"""The words of the questions as they are sent and stored."""

from typing import Literal

Reason = Literal[
    "traffic",
    "speed",
    "obstacles",
    "surface",
    "lighting",
    "space",
    "behaviour",
    "signs",
    "sight",
    "other",
]
Like = Literal["calm", "space", "smooth", "light", "clear", "pretty"]
"""What makes a place good."""
Help = Literal[
    "crossing",
    "lights",
    "slower",
    "path",
    "repair",
    "lamps",
    "view",
    "checks",
    "other",
]
"""What would help at a place."""
PartOfDay = Literal["morning", "afternoon", "dark", "wet"]
Counterpart = Literal[
    "car", "lorry_bus", "motorcycle", "bicycle", "walker", "animal", "nobody", "other"
]
Why = Literal[
    "shortest",
    "little_traffic",
    "slow_traffic",
    "cycling_infrastructure",
    "beautiful",
    "few_obstacles",
    "other",
]
"""Why this way: the seven reasons that the predecessor asked for."""
Flag = Literal["long", "detour", "fast", "slow", "straight", "short"]
Variant = Literal["there", "back", "rain", "winter", "other"]
