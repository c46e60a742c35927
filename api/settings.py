"""What differs between two deployments, read from `BAROMETER_…` variables in one place."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings of one installation; each has a default that works on a laptop."""

    model_config = SettingsConfigDict(env_prefix="BAROMETER_", frozen=True)

    data_dir: Path = Path("data")
    database_url: str = ""
    key_dir: Path | None = None
    base_url: str = "http://127.0.0.1:8000"
    require_second_factor: bool = False
    publisher: str = "Operator of this Bicycle Barometer"
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password_file: Path | None = None
    smtp_starttls: bool = True
    mail_from: str = "Bicycle Barometer <barometer@localhost>"

    @property
    def store_url(self) -> str:
        """Return where the database is: the given address, or a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'barometer.db'}"

    @property
    def keys(self) -> Path:
        """Return the folder of the area keys, which lies outside database and backups."""
        return self.key_dir or self.data_dir / "keys"

    @property
    def areas(self) -> Path:
        """Return the folder that holds the files of every area."""
        return self.data_dir / "areas"

    @property
    def exports(self) -> Path:
        """Return the folder that holds the published editions of open data."""
        return self.data_dir / "exports"

    @property
    def outbox(self) -> Path:
        """Return the folder where mails wait to be sent, for ever if there is no mail server."""
        return self.data_dir / "outbox"

    @property
    def site(self) -> str:
        """Return the host by which people reach the site, as the names of mails end in it."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def secure(self) -> bool:
        """Return whether browsers reach the site by https, so that cookies can insist on it."""
        return self.base_url.startswith("https://")
