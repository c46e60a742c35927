"""The README knows every setting, and no other."""

import re
from pathlib import Path

from api.settings import Settings

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_lists_exactly_the_settings() -> None:
    text = README.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `BAROMETER_([A-Z_]+)`", text, re.MULTILINE)

    assert {row.lower() for row in rows} == set(Settings.model_fields)


def test_a_copy_with_another_address_follows_it() -> None:
    settings = Settings(base_url="http://127.0.0.1:8000")
    assert not settings.secure

    assert settings.model_copy(update={"base_url": "https://town.example"}).secure
