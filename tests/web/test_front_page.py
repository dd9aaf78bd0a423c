"""The front page: what is on it, in which order, and what it never says."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from sensors.city import City

Page = Callable[[str], str]
PLACE = "/?noi=phuong-lai-thieu"


def text_of(html: str) -> str:
    """Return what a reader reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def section(html: str, name: str) -> str:
    """Return the part of a page that a heading id names."""
    return html.split(f'id="{name}"', 1)[1].split("</section>", 1)[0]


def test_order(page: Page) -> None:
    """First the place, then number, advice, roads, notices; charts and map after."""
    html = page(PLACE)
    marks = [
        '<h1 id="place">Phường Lái Thiêu',
        '<div class="number"><b>162</b>',
        '<p class="word"',
        '<h2 id="advice">',
        '<h2 id="roads">',
        '<h2 id="notices">',
        '<h2 id="history">',
        '<h2 id="stations">',
        '<h2 id="map">',
    ]
    places = [html.index(mark) for mark in marks]
    assert places == sorted(places)


def test_number_explains_itself(page: Page) -> None:
    """The number has its index, hour, age, station, pollutant and averaging."""
    said = text_of(page(PLACE).split('id="advice"')[0])
    for words in (
        "VN_AQI giờ",
        "Xấu",
        "Giờ 21:00–22:00",
        "tạm tính",
        "2 phút trước",
        "GT2 Cầu Ông Bố",
        "Cao nhất trong 2 trạm",
        "trung vị",
        "PM2.5",
        "NowCast 12 giờ",
    ):
        assert words in said, words


def test_three_cards_with_why_source_and_until(page: Page) -> None:
    """Everyone, sensitive people, outdoor workers: each with why, source and until."""
    advice = section(page(PLACE), "advice")
    assert advice.count("<li>") == 3
    for words in ("Mọi người", "Người nhạy cảm", "ngoài trời và đi xe máy"):
        assert words in advice
    assert advice.count("Vì sao:") == advice.count("Nguồn:") == 3
    assert advice.count('<time datetime="2026-11-22T15:05:00Z">22:05') == 3


def test_over_the_legal_limit(page: Page) -> None:
    """A 24-hour mean over QCVN 05:2023 is said beside the index."""
    said = text_of(page(PLACE))
    assert "Vượt giới hạn pháp luật (QCVN 05:2023): PM2.5 24 giờ" in said


def test_roads_worst_first_near_first(page: Page) -> None:
    """Roads of the reader's district come first, the worst of them at the top."""
    roads = section(page("/?noi=phuong-phu-loi"), "roads")
    levels = re.findall(r'<span class="lv lv-(\w+)">', roads)
    assert levels[0] == "jam"
    assert len(levels) == 70
    order = ["closed", "jam", "queue", "slow", "busy", "free", "no_data"]
    everywhere = re.findall(r'<span class="lv lv-(\w+)">', section(page("/"), "roads"))
    assert everywhere == sorted(everywhere, key=order.index)


def test_notices_near_first(page: Page) -> None:
    """The notice of the reader's area comes before a newer one from elsewhere."""
    near = section(page(PLACE), "notices")
    assert near.index("bụi mịn") < near.index("Ùn tắc")
    elsewhere = section(page("/?noi=phuong-phu-loi"), "notices")
    assert elsewhere.index("Ùn tắc") < elsewhere.index("bụi mịn")


def test_only_what_people_were_told(page: Page, source: Any, build: Any) -> None:
    """Notices for operators, or too old to be told, are not on the page."""
    source.said = [
        build["notice"](audience="operators"),
        build["notice"](episode="2", told=False, why_not="too old"),
    ]
    assert "Không có thông báo nào" in section(page("/"), "notices")


def test_newest_of_an_episode_stands(page: Page, source: Any, build: Any) -> None:
    """After the end of an episode its earlier notices hold no longer."""
    source.said.append(
        build["notice"](
            id="smoke.2", kind="clear", sequence=2, active=False, known=build["NOW"]
        )
    )
    assert "bụi mịn" not in section(page("/"), "notices")


def test_every_ward_can_be_chosen(page: Page, city: City) -> None:
    """The 36 wards and communes stand in the form, by district, without JavaScript."""
    form = page("/").split("<form", 1)[1].split("</form>", 1)[0]
    wards = [a.id for a in city.areas if a.kind in {"ward", "commune"} and a.operations]
    assert len(wards) == 36
    assert all(f'<option value="{ward}"' in form for ward in wards)
    assert form.count("<optgroup") == 8
    assert 'method="get"' in form


def test_chosen_place_is_kept_in_links(page: Page) -> None:
    """The place goes with every link, also to the other language."""
    html = page(PLACE)
    assert 'href="/en/?place=phuong-lai-thieu"' in html
    assert 'href="/tram/gt2?noi=phuong-lai-thieu"' in html
    assert '<option value="phuong-lai-thieu" selected>' in html


def test_unknown_place(page: Page) -> None:
    """An id that is no place is named, escaped, and the whole area is shown."""
    html = page("/?noi=%3Cscript%3E")
    assert "<script>" not in html.replace("<script src", "")
    assert "Không có nơi nào mang mã “&lt;script&gt;”" in html
    assert '<h1 id="place">Bình Dương</h1>' in html


def test_ward_without_station(page: Page) -> None:
    """A ward without a station shows the nearest one, and says how far it is."""
    said = text_of(page("/?noi=xa-tru-van-tho"))
    assert re.search(r"Trạm gần nhất, cách \d+,\d km: CN9|Trạm gần nhất", said)


def test_silent_station_is_a_hole_with_two_times(
    page: Page, source: Any, build: Any
) -> None:
    """A station that went silent 5 hours ago has no number, a reason and two times."""
    now = build["NOW"]
    for site in ("dt2", "gt2"):
        source.hours[site] = [h for h in source.hours[site] if h.end < now - 5 * 3600]
        source.newest[site] = build["newest"](now - 5 * 3600, "x", {})
    row = page("/tram/gt2").split("<h1>", 1)[1]
    assert "Chưa có chỉ số" in row
    assert "Trạm không gửi số liệu." in row
    assert "Đo lần cuối" in row
    assert "lẽ ra có số mới lúc" in row
    table = section(page("/"), "stations").split("GT2 Cầu Ông Bố", 1)[1]
    cell = table.split("</tr>", 1)[0]
    assert "mất tín hiệu" in cell
    assert "16:07" in cell
    assert "16:12" in cell
    assert "cat-good" not in cell


def test_nothing_at_all(page: Page, source: Any) -> None:
    """Without any data there is no number, no advice, no green, and no crash."""
    for kept in (source.hours, source.segments, source.newest, source.said):
        kept.clear()
    for address in ("/", "/en/", "/tram/dt1", "/duong/ql13-n-04", "/he-thong"):
        html = page(address)
        known = "Nothing was ever received" if "/en" in address else "Chưa từng nhận"
        assert known in html, address
    front = page("/").split('class="legend"')[0]
    assert 'class="cat cat-good"' not in front
    assert 'class="lv lv-free"' not in front
    assert "không có nghĩa là không khí tốt" in front
    assert front.count("lv lv-no_data") == 70


def test_old_is_said(page: Page, source: Any, build: Any) -> None:
    """A value older than an hour is shown as old with its age; after three, no more."""
    now = build["NOW"]
    last = next(h for h in source.hours["gt2"] if h.end == now - now % 3600 - 3600)
    source.hours["gt2"] = [last]
    source.hours["dt2"] = []
    said = text_of(page(PLACE).split('id="advice"')[0])
    assert "số cũ, 1 giờ trước" in said
    source.hours["gt2"] = [
        h for h in source.hours["dt1"][:-4] if h.end < now - 3 * 3600
    ]
    table = section(page("/"), "stations").split("GT2 Cầu Ông Bố", 1)[1]
    assert "<b>–</b>" in table.split("</tr>", 1)[0]


def test_yesterday_in_one_line(page: Page, source: Any, city: City, build: Any) -> None:
    """The daily index of yesterday stands beside the station, with what is missing."""
    midnight = 1_795_280_400
    day = {"end": midnight, "averaging": "1d", "aqi": 85, "category": "moderate"}
    for site in ("gt2", "cd1"):
        today = build["hour"](city, site, midnight, 40.0, **day)
        source.days[site] = [msgspec.structs.replace(today, end=midnight + 86_400)]
    assert "Hôm qua" not in text_of(page(PLACE))
    for site in ("gt2", "cd1"):
        yesterday = build["hour"](city, site, midnight - 86_400, 40.0, **day)
        source.days[site].insert(0, yesterday)
    told = "Hôm qua: VN_AQI ngày 85 · Trung bình (đủ 97 % số đo)."
    for address in (PLACE, "/tram/gt2"):
        assert told in text_of(page(address)).replace("\u00a0", " ")
    assert "Yesterday: daily VN_AQI 85 · Moderate" in page("/en/station/gt2")
    assert "Hôm qua" not in page("/tram/cd1")
    source.days["gt2"][0] = msgspec.structs.replace(
        source.days["gt2"][0], aqi=None, category=None, reason="no_pm"
    )
    assert "Hôm qua: không có VN_AQI ngày, thiếu bụi PM" in text_of(page("/tram/gt2"))


def test_kept_level_is_not_called_old(page: Page, source: Any) -> None:
    """A level that is kept for want of vehicles says so; its speed is of now."""
    for site, road in source.segments.items():
        source.segments[site] = msgspec.structs.replace(road, stale=True)
    roads = section(page("/"), "roads")
    assert roads.count("ít xe, giữ mức trước") == 70
    assert "số cũ" not in roads
    assert "few vehicles; level kept · just now." in page("/en/road/ql13-n-04")


def test_reference_station_has_no_index(page: Page) -> None:
    """A reference station shows concentrations, never an index, and why."""
    html = page("/tram/cd1")
    assert "Điều 30 và 31 của Thông tư 10/2021" in html
    assert "µg/m³" in html
    assert 'class="cat cat-' not in html.replace("cat cat-none", "")
    row = section(page("/"), "stations").split("CĐ1", 1)[1].split("</tr>", 1)[0]
    assert "chỉ nồng độ" in row


def test_reference_is_obeyed_even_if_the_store_is_wrong(
    page: Page, source: Any, city: City, build: Any
) -> None:
    """An index that some record gives a reference station is shown nowhere."""
    start = build["NOW"] - build["NOW"] % 3600
    wrong = build["hour"](
        city, "cd1", start, 200.0, aqi=245, category="very_bad", dominant="pm25"
    )
    source.hours["cd1"] = [wrong]
    assert "245" not in text_of(page("/tram/cd1"))
    assert "245" not in text_of(page("/"))


def test_gap_stays_a_gap(page: Page, source: Any, build: Any) -> None:
    """Missing hours are marked as gaps in the chart, not joined or left out."""
    now = build["NOW"]
    source.hours["gt2"] = [
        h for h in source.hours["gt2"] if not now - 9 * 3600 < h.start < now - 5 * 3600
    ]
    chart = section(page(PLACE), "history")
    assert chart.count('class="gap"') == 4
    assert "không có số" in chart
    assert chart.count("<rect") == 24


def test_chart_of_48_hours(page: Page) -> None:
    """The chart reaches back 48 hours when asked."""
    assert section(page(f"{PLACE}&gio=48"), "history").count("<rect") == 48


def test_map_says_it_in_words(page: Page) -> None:
    """The map has every station and road with a title; colour is never alone."""
    html = page("/")
    city_map = html.split('id="city"', 1)[1].split("</svg>", 1)[0]
    assert city_map.count("<circle") == 28
    assert city_map.count("<title>") >= 34 + 70 + 36
    assert "162 Xấu" in city_map
    assert "Ùn tắc" in city_map
    assert "lv-jam" in city_map
    assert html.index('id="stations"') < html.index('id="map"')


def test_map_of_the_readers_district(page: Page) -> None:
    """With a place chosen the map shows its district, with the place marked."""
    html = page(PLACE)
    assert 'class="home"' in html
    assert 'class="city near"' in html
    assert 'class="city"' in page(f"{PLACE}&vung=all")


def test_parts_for_refreshing(page: Page, get: Any) -> None:
    """An open page can fetch its parts alone, and learns when nothing changed."""
    first = get(f"{PLACE}&part=now")
    assert "<html" not in first.text
    assert 'id="advice"' in first.text
    again = get(f"{PLACE}&part=now", if_none_match=first.headers["etag"])
    assert again.status_code == 304
    assert again.content == b""
    assert 'id="map"' in page("/?part=more")
