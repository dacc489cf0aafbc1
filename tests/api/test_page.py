"""The page of the API in a browser: accessible, narrow or wide, and with nothing from elsewhere."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "dark"), (320, "light"), (1280, "light"), (1280, "dark")]
)
def test_the_page_is_accessible(live_server: LiveServer, page: Page, width: int, scheme: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{live_server.url}/api/docs")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert len(requests) > 1
    assert all(url.startswith(live_server.url) for url in requests)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
