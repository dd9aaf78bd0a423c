"""What holds for every page: language, banner, form, weight, safety."""

import gzip
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from unicodedata import is_normalized

import httpx
import pytest

from sensors.city import City
from web.assets import load_assets
from web.source import Check

Page = Callable[[str], str]
VOID = {"meta", "link", "img", "br", "hr", "input"}
VI = (
    "/",
    "/?noi=phuong-lai-thieu",
    "/tram/dt1",
    "/tram/cd1",
    "/duong/ql13-n-04",
    "/thong-bao",
    "/phuong-phap",
    "/he-thong",
    "/so-lieu",
)
EN = (
    "/en/",
    "/en/?place=phuong-lai-thieu",
    "/en/station/dt1",
    "/en/station/cd1",
    "/en/road/ql13-n-04",
    "/en/notices",
    "/en/method",
    "/en/system",
    "/en/data",
)
EVERY = VI + EN


class Tags(HTMLParser):
    """Reads a page and sees that every tag is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.shape: list[str] = []
        self.ids: list[str] = []
        self.wrong: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an opened tag."""
        given = dict(attrs)
        self.shape.append(tag)
        self.ids += [str(given["id"])] if "id" in given else []
        self.links += [str(given[k]) for k in ("href", "src", "action") if k in given]
        self.wrong += [f"{tag} {name}" for name in given if name.startswith("on")]
        self.wrong += [f"{tag} style" for name in given if name == "style"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a tag that closes itself (SVG)."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """See that the innermost open tag is closed."""
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


def read(html: str) -> Tags:
    """Read a page."""
    tags = Tags()
    tags.feed(html)
    tags.close()
    return tags


@pytest.mark.parametrize("address", EVERY)
def test_well_formed(page: Page, address: str) -> None:
    """Tags are balanced, ids unique, no inline script or style, text in NFC."""
    html = page(address)
    tags = read(html)
    assert tags.wrong == []
    assert tags.open == []
    assert len(set(tags.ids)) == len(tags.ids)
    assert is_normalized("NFC", html)
    assert "<style" not in html
    assert re.search(r"<script(?! src)", html) is None


@pytest.mark.parametrize("address", EVERY)
def test_nothing_from_elsewhere(page: Page, address: str) -> None:
    """No page loads or links anything from another host."""
    for link in read(page(address)).links:
        assert link.startswith(("/", "#")), link
        assert not link.startswith("//")


@pytest.mark.parametrize("address", EVERY)
def test_for_every_reader(page: Page, address: str) -> None:
    """Language, one main heading, landmarks, skip link, and headers of tables."""
    html = page(address)
    language = "en" if address.startswith("/en") else "vi"
    assert f'<html lang="{language}">' in html
    assert html.count("<h1") == 1
    for mark in ("<header", "<nav aria-label", '<main id="main"', "<footer"):
        assert mark in html
    assert '<a class="skip" href="#main">' in html
    assert html.count("<table") <= html.count("<thead")
    assert html.count("<svg") == html.count('aria-hidden="true">') + html.count(
        'role="img"'
    )
    assert re.search(r"<th(?! scope)(?!ead)", html) is None


@pytest.mark.parametrize(
    ("origin", "vi", "en"),
    [
        ("simulated", "Thành phố mô phỏng – số liệu không thật", "Simulated city"),
        ("replay", "phát lại", "Replayed history"),
    ],
)
def test_banner(city: City, make_client: Any, origin: Any, vi: str, en: str) -> None:
    """Every page of a city that is not live begins with a banner that says so."""
    client = make_client(city.with_run(origin=origin, clock="messages"))
    for address in (*EVERY, "/nothing-here"):
        html = client.get(address).text
        banner = html.split('<p class="banner"', 1)[1].split("</p>", 1)[0]
        assert (en if address.startswith("/en") else vi) in banner
        assert html.index('class="banner"') < html.index("<header")


def test_live_has_no_banner(city: City, make_client: Any) -> None:
    """A live city has no banner."""
    client = make_client(city.with_run(origin="live", clock="wall"))
    assert 'class="banner"' not in client.get("/").text


@pytest.mark.parametrize(("vi", "en"), list(zip(VI, EN, strict=True)))
def test_same_structure_in_both_languages(page: Page, vi: str, en: str) -> None:
    """The English page has the same tags in the same order as the Vietnamese one."""
    shapes = []
    for address in (vi, en):
        # Where labels fit on the map depends on how long the words are.
        html = re.sub(
            r'<g class="(names|words)">.*?</g>', "", page(address), flags=re.DOTALL
        )
        shapes.append(read(html).shape)
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("address", ["/", "/en/?place=phuong-lai-thieu"])
def test_weight(page: Page, address: str) -> None:
    """The first page with everything it loads is at most 60 KB on the wire."""
    parts = [page(address).encode(), *(a.content for a in load_assets().values())]
    assert sum(len(gzip.compress(part, 6)) for part in parts) <= 60_000


def test_compressed(get: Callable[..., httpx.Response]) -> None:
    """Pages travel compressed."""
    answer = get("/", accept_encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("address", ["/", "/api/v1/stations", "/nothing-here"])
def test_security_headers(get: Callable[..., httpx.Response], address: str) -> None:
    """Every answer forbids inline script, frames and sniffing."""
    headers = get(address).headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_assets_keep_for_good(page: Page, get: Callable[..., httpx.Response]) -> None:
    """Assets are found at addresses of their content and keep; wrong ones are not."""
    style = re.search(r'href="(/static/[^"]+\.css)"', page("/"))
    assert style is not None
    answer = get(style[1])
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert get("/static/000000000000/thoang.css").status_code == 404
    assert get("/static/..%2f..%2fapp.py/x").status_code == 404


def test_unchanged_page(get: Callable[..., httpx.Response]) -> None:
    """A page that did not change answers 304."""
    tag = get("/").headers["etag"]
    assert get("/", if_none_match=tag).status_code == 304


def test_not_found(get: Callable[..., httpx.Response]) -> None:
    """What is not there is said in the language of the address, with a way out."""
    vi, en = get("/tram/khong-co"), get("/en/station/nothing")
    assert vi.status_code == en.status_code == 404
    assert "Không có trang này" in vi.text
    assert "There is no such page" in en.text
    assert 'href="/en/"' in en.text


def test_hostile_names(city: City, make_client: Any, source: Any, build: Any) -> None:
    """Names of sites and words of notices are escaped wherever they stand."""
    evil = '"><script>alert(1)</script>'
    stations = tuple(
        s.model_copy(update={"name_vi": evil, "name_en": evil, "instrument": evil})
        for s in city.stations
    )
    segments = tuple(
        s.model_copy(update={"name_vi": evil, "name_en": evil, "road": evil})
        for s in city.segments
    )
    areas = tuple(
        a.model_copy(update={"name_vi": evil, "name_en": evil}) for a in city.areas
    )
    update = {"stations": stations, "segments": segments, "areas": areas}
    hostile = type(city)(city.file.model_copy(update=update), city.boundaries)
    both = {"vi": evil, "en": evil}
    source.said = [build["notice"](headline=both, body=both, source=both)]
    client = make_client(hostile)
    for address in EVERY:
        html = client.get(address).text
        assert "<script>alert" not in html, address
        assert read(html).wrong == []


def test_system_page_in_one_language(page: Page, source: Any) -> None:
    """Processes, their states and instruments are named in the page's language."""
    source.state = [
        Check("store", ok=True),
        Check("writer", ok=True, detail="ready, restarts 0"),
        Check("worker", ok=False, detail="starting, restarts 2"),
        Check("new-one", ok=False, detail="Not known here"),
    ]
    html = page("/he-thong")
    for told in (
        '<th scope="row">bộ ghi</th>',
        "đang chạy",
        "đang khởi động, khởi động lại 2 lần",
        '<span lang="en">new-one</span>',
        '<span lang="en">Not known here</span>',
    ):
        assert told in html, told
    assert "restarts" not in html
    assert "restarted 2 times" in page("/en/system")
    assert "cảm biến quang học giá rẻ" in page("/tram/cd1")
    assert "low-cost optical particle sensor" in page("/en/station/cd1")


def test_broken_store(city: City, make_client: Any, source: Any) -> None:
    """A store that cannot be read now gives an error page, or problem details."""
    from stores.record import StoreUnavailableError  # noqa: PLC0415  # used here only

    def broken(_since: int) -> Any:
        raise StoreUnavailableError

    source.air = broken
    client = make_client(city)
    page, api = client.get("/"), client.get("/api/v1/stations")
    assert page.status_code == api.status_code == 503
    assert "Trang gặp lỗi" in page.text
    assert api.headers["content-type"] == "application/problem+json"
    assert api.headers["retry-after"] == "5"
