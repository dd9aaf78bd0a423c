"""Owns charts over time: bars whose gaps stay gaps, and lines that break."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

HOUR_S = 3600
WIDTH = 360
TOP = 8
LEFT = 30


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour to draw; `value` is None where there is none."""

    start: int
    value: float | None
    kind: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar [picture units]; a gap is as high as the chart."""

    x: float
    y: float
    width: float
    height: float
    hour: Hour

    @property
    def gap(self) -> bool:
        """Whether there is no value."""
        return self.hour.value is None


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where [picture units] and the value or instant there."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be written as SVG.

    Parameters
    ----------
    width, height
        Size of the picture.
    left, bottom, right
        Where the plot begins, ends downwards, ends to the right.
    bars
        One an hour.
    rows, times
        Marks of the value axis and of the time axis.
    path
        A line, where it is a line chart.
    bands
        Stretches of one kind under a line chart: x, width, kind.
    """

    width: int
    height: int
    left: float
    bottom: float
    right: float
    bars: tuple[Bar, ...] = ()
    rows: tuple[Tick, ...] = ()
    times: tuple[Tick, ...] = ()
    path: str = ""
    bands: tuple[tuple[float, float, str], ...] = ()


def hours_between(known: Mapping[int, Hour], start: int, end: int) -> tuple[Hour, ...]:
    """List every hour that starts in [start, end), the missing ones as gaps."""
    return tuple(known.get(at, Hour(at, None)) for at in range(start, end, HOUR_S))


def top_of(values: Iterable[float | None], steps: Sequence[float]) -> float:
    """Return the smallest step that is above every value; the last one if none is."""
    highest = max((value for value in values if value is not None), default=0.0)
    return next((step for step in steps if step >= highest * 1.05), steps[-1])


def bar_chart(
    hours: Sequence[Hour],
    top: float,
    rows: Sequence[float],
    times: Sequence[int],
    height: int = 150,
) -> Chart:
    """Draw a bar an hour up to the value `top`.

    Parameters
    ----------
    rows
        Values of the value axis to mark; those above `top` are left out.
    times
        Instants of the time axis to mark [unix s].
    """
    bottom, right = height - 18.0, float(WIDTH)
    step = (right - LEFT) / max(1, len(hours))
    first = hours[0].start if hours else 0
    bars = []
    for index, hour in enumerate(hours):
        value = top if hour.value is None else min(hour.value, top)
        tall = max(1.5, (bottom - TOP) * value / top)
        bars.append(
            Bar(
                round(LEFT + index * step + step * 0.08, 1),
                round(bottom - tall, 1),
                round(step * 0.84, 1),
                round(tall, 1),
                hour,
            )
        )
    return Chart(
        WIDTH,
        height,
        LEFT,
        bottom,
        right,
        bars=tuple(bars),
        rows=_rows(rows, top, bottom),
        times=tuple(
            Tick(round(LEFT + (at - first) / HOUR_S * step, 1), at) for at in times
        ),
    )


def line_chart(
    points: Sequence[tuple[int, float | None, str]],
    span: tuple[int, int],
    *,
    top: float,
    rows: Sequence[float],
    times: Sequence[int],
    interval_s: int = 300,
    height: int = 170,
) -> Chart:
    """Draw a line that breaks where values are missing, and a band of kinds under it.

    Parameters
    ----------
    points
        Start [unix s], value or None, and kind of each interval, in order.
    span
        First and last instant of the time axis [unix s].
    """
    bottom, right = height - 30.0, float(WIDTH)
    scale = (right - LEFT) / max(1, span[1] - span[0])

    def x(at: int) -> float:
        return round(LEFT + (at - span[0]) * scale, 1)

    path: list[str] = []
    bands: list[tuple[float, float, str]] = []
    last: int | None = None
    for at, value, kind in points:
        if value is not None:
            y = round(bottom - (bottom - TOP) * min(value, top) / top, 1)
            pen = "L" if last is not None and at - last <= interval_s else "M"
            path.append(f"{pen}{x(at)} {y}")
            last = at
        else:
            last = None
        _extend(bands, x(at), x(at + interval_s), kind)
    return Chart(
        WIDTH,
        height,
        LEFT,
        bottom,
        right,
        rows=_rows(rows, top, bottom),
        times=tuple(Tick(x(at), at) for at in times),
        path="".join(path),
        bands=tuple(bands),
    )


def _rows(rows: Sequence[float], top: float, bottom: float) -> tuple[Tick, ...]:
    return tuple(
        Tick(round(bottom - (bottom - TOP) * row / top, 1), row)
        for row in rows
        if row <= top
    )


def _extend(
    bands: list[tuple[float, float, str]], left: float, right: float, kind: str
) -> None:
    if bands:
        x, width, before = bands[-1]
        if before == kind and abs(x + width - left) < 0.11:  # noqa: PLR2004  # rounding to 0.1
            bands[-1] = (x, round(right - x, 1), kind)
            return
    bands.append((left, round(right - left, 1), kind))
