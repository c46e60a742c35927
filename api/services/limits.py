"""Count failures, never successes: a whole class behind one address may join at once."""

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.errors import TooManyAttemptsError


class FailureLimit:
    """How many wrong codes, phrases or passwords are answered before it asks to wait."""

    PER_ADDRESS = parse("20 per 10 minutes")
    PHRASES = parse("5 per minute")
    FACTORS = parse("5 per 10 minutes")
    IN_ALL = parse("100 per minute")

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check(self, kind: str, address: str) -> None:
        """Refuse when this address, or all together, failed too often."""
        fine = self._limiter.test(self._of(kind), kind, address) and self._limiter.test(
            self.IN_ALL, kind
        )
        if not fine:
            raise TooManyAttemptsError("too many wrong tries: wait ten minutes and try again")

    def count(self, kind: str, address: str) -> None:
        """Remember a failure; the address lives in memory only, and for ten minutes."""
        self._limiter.hit(self._of(kind), kind, address)
        self._limiter.hit(self.IN_ALL, kind)

    def _of(self, kind: str) -> RateLimitItem:
        # A phrase erases, and a code is short: whoever guesses must be slower still.
        return {"phrase": self.PHRASES, "factor": self.FACTORS}.get(kind, self.PER_ADDRESS)
