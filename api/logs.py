"""Where messages go: one line each to standard error, never with personal data."""

import logging


def configure_logs(*, verbose: bool = False) -> None:
    """Send our own milestones to standard error; libraries only when something is wrong."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    for name in ("api", "web", "geo"):
        logging.getLogger(name).setLevel(logging.INFO if verbose else logging.WARNING)
    logging.getLogger("api.requests").setLevel(logging.INFO)
