"""Take the pictures of the README: start the demo in a folder of its own and walk through it.

Run as `make screenshots`; it needs Chromium, and for the PDFs `pdftoppm` (poppler).
"""

import base64
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 1.5,
    "has_touch": True,
    "is_mobile": True,
}
DESK = {"viewport": {"width": 1280, "height": 900}}
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_S = 180
LARGEST_BYTES = 300_000
PAGE_WIDTH = 620
# A ride from the old town, and a street beside the ring road.
START, CORRECTION = (13.262891, 53.551454), (13.26878, 53.55582)
WORST, SECOND = "Friedrich-Engels-Ring × Woldegker Straße", "Demminer Straße × Torgelower Straße"
CLICK = "([lon, lat]) => map_area.fire('click', {latlng: L.latLng(lat, lon)})"


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with visited_demo() as (browser, printed, folder):
        student(browser, printed)
        teacher(browser, printed, folder)
        police(browser, printed, folder)
    sizes = {image: image.stat().st_size for image in sorted(IMAGES.glob("*.png"))}
    for image, size in sizes.items():
        print(f"{image.relative_to(ROOT)}  {size / 1000:.0f} kB")
    if max(sizes.values()) > LARGEST_BYTES:
        sys.exit(f"screenshots: a picture is larger than {LARGEST_BYTES / 1000:.0f} kB")


@contextmanager
def visited_demo() -> Iterator[tuple[Browser, dict[str, str], Path]]:
    """Run the demo and a Chromium; give both with the folder that goes away after them."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        sys.exit("screenshots: neither `chromium` nor `google-chrome` is on the path")
    with (
        tempfile.TemporaryDirectory() as folder,
        demo(Path(folder)) as printed,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser, printed, Path(folder)
        browser.close()


@contextmanager
def demo(folder: Path) -> Iterator[dict[str, str]]:
    """Run the demo; give its address, code and accounts, read off what it prints."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = folder / "demo.txt"
    environment = {**os.environ, "BAROMETER_DATA_DIR": str(folder / "data")}
    (folder / "data").mkdir()
    with said.open("w") as out:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "api.cli", "demo", "--port", str(port)],
            cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            wait(process, f"{address}/health/ready", said)
            yield {"address": address, **printed(said.read_text())}
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait(process: "subprocess.Popen[bytes]", address: str, said: Path) -> None:
    """Return when the site is ready."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if process.poll() is not None:
            sys.exit(f"screenshots: the demo stopped:\n{said.read_text()}")
        try:
            urllib.request.urlopen(address)  # noqa: S310 - our own address
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.3)
        else:
            return
    sys.exit(f"screenshots: the demo was not ready after {PATIENCE_S} s")


def printed(text: str) -> dict[str, str]:
    """Return the code and the accounts that the demo prints."""
    found = re.findall(r"(?m)^  (Class code|Teacher|Police) +(\S+)(?: +(\S+))?$", text)
    values = {name.lower(): first for name, first, _ in found}
    return values | {f"{name.lower()} password": last for name, _, last in found if last}


def open_page(browser: Browser, address: str, device: dict[str, Any]) -> Page:
    """Open a browser window that does not animate."""
    context = browser.new_context(
        base_url=address, locale="en-GB", reduced_motion="reduce", **device
    )
    return context.new_page()


def take(page: Page, name: str, *, full: bool = False) -> None:
    """Take one picture, once the map has its tiles and its labels."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    save(page.screenshot(full_page=full), name)


def save(image: bytes, name: str) -> None:
    """Write a picture with a palette of 256 colours: a third of the bytes."""
    picture = (
        Image.open(BytesIO(image)).convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE)
    )
    picture.save(IMAGES / f"{name}.png", optimize=True)


def student(browser: Browser, demo: dict[str, str]) -> None:
    """Draw, rate, check and send a ride."""
    page = open_page(browser, demo["address"], PHONE)
    page.goto("/")
    page.get_by_label("Class code").fill(demo["class code"])
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Start").tap()
    page.wait_for_url("**/draw")
    for spot, points in ((START, 2), (CORRECTION, 3)):
        page.evaluate(CLICK, spot)
        expect(page.locator("#list li")).to_have_count(points)
        expect(page.locator("path.route-line:not(.unsnapped)")).to_have_count(points - 1)
    take(page, "draw")

    page.get_by_role("button", name="Looks right").tap()
    page.get_by_role("button", name="All fine").tap()
    rate(page, SECOND, 4)
    rate(page, WORST, 2)
    take(page, "rate")
    page.get_by_role("button", name="Continue").tap()
    page.wait_for_url("**/check")
    take(page, "check")
    page.get_by_role("button", name="Send").tap()
    page.wait_for_url("**/thanks")
    take(page, "thanks")
    page.context.close()


def rate(page: Page, name: str, rating: int) -> None:
    """Open a place and rate it."""
    place = page.locator("details.place").filter(has=page.locator("summary", has_text=name)).first
    place.locator("summary").tap()
    place.locator(f".scale input[value='{rating}']").check(force=True)


def sign_in(page: Page, demo: dict[str, str], role: str) -> None:
    """Sign in with an account of the demo."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(demo[role])
    page.get_by_label("Password").fill(demo[f"{role} password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/(teach|hotspots)$"))


def teacher(browser: Browser, demo: dict[str, str], folder: Path) -> None:
    """Look at the classes, at the open one, and print its poster and the report."""
    page = open_page(browser, demo["address"], DESK)
    sign_in(page, demo, "teacher")
    page.set_viewport_size({"width": 1280, "height": 560})
    take(page, "teach")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Class 9b").click()
    page.wait_for_url("**/teach/campaigns/*")
    take(page, "campaign", full=True)
    address = page.url
    page.goto(f"{address}/board")
    take(page, "board")
    page.goto("/teach")
    page.locator("a[href^='/schools/']").first.click()
    page.wait_for_url("**/schools/*")
    take(page, "school")
    page.goto(f"{page.url}/convoys")
    take(page, "convoys")
    for name, part, pages in (
        ("report", "report.pdf", 2), ("poster", "poster.pdf", 1), ("cards", "cards.pdf", 1),
        ("paper-map", "map.pdf", 1), ("lesson-plan", "kit/lesson-plan.pdf", 2),
    ):  # fmt: skip
        photograph(page, f"{address}/{part}", folder / f"{name}.pdf", pages)
    page.context.close()


def photograph(reader: Page, address: str, pdf: Path, pages: int) -> None:
    """Take a picture of the first pages of a PDF, side by side."""
    if shutil.which("pdftoppm") is None:
        print(f"screenshots: without `pdftoppm` the picture of {pdf.name} stays as it is")
        return
    pdf.write_bytes(reader.request.get(address).body())
    stem = pdf.with_suffix("")
    command = ["pdftoppm", "-png", "-r", "90", "-l", str(pages), str(pdf), str(stem)]
    subprocess.run(command, check=True)  # noqa: S603 - a fixed program on our own file
    sheets = [
        f'<img width="{PAGE_WIDTH}" src="data:image/png;base64,{encoded}">'
        for image in sorted(pdf.parent.glob(f"{stem.name}-*.png"))
        for encoded in [base64.b64encode(image.read_bytes()).decode()]
    ]
    style = (
        "body { margin: 0; padding: 12px; display: inline-flex; gap: 12px; background: #d5dade }"
    )
    width = pages * (PAGE_WIDTH + 12) + 12
    browser = reader.context.browser
    assert browser is not None  # noqa: S101 - no context of ours was opened without one
    page = browser.new_context(viewport={"width": width, "height": 600}).new_page()
    page.set_content(f"<style>{style}</style>{''.join(sheets)}")
    save(page.locator("body").screenshot(), stem.name)
    page.context.close()


def police(browser: Browser, demo: dict[str, str], folder: Path) -> None:
    """Look at the hotspots, at the first of them, at cases, and print the plan of patrols."""
    page = open_page(browser, demo["address"], DESK)
    sign_in(page, demo, "police")
    first = page.locator("#ranking tr[data-id]").first
    expect(first).to_be_visible()
    take(page, "hotspots")
    first.get_by_role("link").first.click()
    page.wait_for_url("**/places/*")
    take(page, "place")
    page.goto("/cases")
    take(page, "cases")
    photograph(page, f"{demo['address']}/patrol.pdf", folder / "patrols.pdf", 2)
    page.context.close()


if __name__ == "__main__":
    main()
