"""What the stream agents emit: one record per site and interval.

A record of the same key (site, start, averaging) with the same or a higher `revision`
replaces the earlier one. Values are integers of 10⁻⁶ of the canonical unit.
"""

import zlib

import msgspec

from sensors.records import VERSION, check_version, decode


class AirQuality(msgspec.Struct, frozen=True, kw_only=True):
    """Air quality of one station over one hour (or one local day).

    Parameters
    ----------
    start, end
        The interval [start, end) [unix s, UTC].
    averaging
        ``1h`` (hourly VN_AQI, NowCast for PM) or ``1d`` (daily VN_AQI).
    provisional
        The running hour's mean as newest hour, *tạm tính*.
    revision
        Rises each time a result of this key is emitted with other content.
    means
        Mean by quantity [10⁻⁶ unit]; only quantities with a valid mean.
    completeness
        Time covered ÷ time expected by quantity, 0 to 1.
    nowcast
        NowCast by quantity (pm25, pm10) [10⁻⁶ µg/m³].
    sub
        Sub-index by pollutant.
    aqi, category, dominant
        The index, its category code, its dominant pollutant; None where there is none.
    reason
        Why there is no index, or empty: ``no_data``, ``no_pm``, ``reference_only``,
        ``incomplete``, ``too_few_hours`` (NowCast wants two of three); ``too_early``
        in the first minutes of the running hour, for rules on short means only, never
        stored.
    beyond_scale
        A concentration above the last row of the table; the index stands at 500.
    observed
        End of the newest reading used [unix s]; 0 where none.
    flags
        Worst QARTOD flag by quantity.
    tick
        Event time at which this was computed [unix s].
    """

    v: int = VERSION
    city: str
    origin: str
    site: str
    station_class: str
    start: int
    end: int
    standard: str = "VN_AQI"
    averaging: str = "1h"
    provisional: bool = False
    revision: int = 0
    means: dict[str, int] = {}
    completeness: dict[str, float] = {}
    nowcast: dict[str, int] = {}
    sub: dict[str, int] = {}
    aqi: int | None = None
    category: str | None = None
    dominant: str | None = None
    reason: str = ""
    beyond_scale: bool = False
    observed: int = 0
    flags: dict[str, int] = {}
    tick: int = 0


class Congestion(msgspec.Struct, frozen=True, kw_only=True):
    """State of one road segment over five minutes, evaluated each minute.

    Parameters
    ----------
    start, end
        The five-minute interval [start, end) [unix s, UTC] the evaluation falls in.
    evaluated
        End of the rolling window that was evaluated [unix s].
    flow
        [veh/h]; None where no counts.
    speed
        Space-mean speed [km/h]; None where unknown.
    method
        How `speed` came about: ``harmonic``, ``occupancy``, ``arithmetic``, ``none``.
    occupancy
        Fraction 0 to 1; None where not measured.
    free_flow
        Free-flow speed compared with [km/h], `free_flow_assumed` while not learned.
    ratio
        speed ÷ free-flow speed.
    level
        ``free busy slow queue jam no_data closed``.
    level_since
        When this level began [unix s].
    stale
        The level is held from an earlier window (shown as old).
    vehicles
        Vehicles counted in the window.
    completeness
        Time covered ÷ time expected, 0 to 1.
    observed
        End of the newest reading used [unix s]; 0 where none.
    reason
        Why there is no level, or empty: ``no_data``, ``few_vehicles``, ``no_vehicles``.
    """

    v: int = VERSION
    city: str
    origin: str
    site: str
    start: int
    end: int
    evaluated: int
    revision: int = 0
    flow: float | None = None
    speed: float | None = None
    method: str = "none"
    occupancy: float | None = None
    free_flow: float | None = None
    free_flow_assumed: bool = True
    ratio: float | None = None
    level: str = "no_data"
    level_since: int = 0
    stale: bool = False
    vehicles: int = 0
    completeness: float = 0.0
    observed: int = 0
    reason: str = ""
    tick: int = 0


class _Packed(msgspec.Struct, frozen=True):
    v: int
    results: bytes


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """What one source record led to: a record of `air-quality`, `congestion`, `areas`.

    Parameters
    ----------
    stage
        Which agent says so.
    epoch, partition, offset
        Place of the source record, by which a repeat is known.
    tick
        Set when the source record was a tick: all results up to that event time are
        in this partition's earlier records or in this one.
    """

    v: int = VERSION
    city: str
    origin: str
    stage: str
    epoch: int
    partition: int
    offset: int
    tick: int = 0
    air: tuple[AirQuality, ...] = ()
    congestion: tuple[Congestion, ...] = ()


_pack = msgspec.msgpack.Encoder()
_packed = msgspec.msgpack.Decoder(_Packed)


def write_results(results: Results) -> bytes:
    """Write results as a record: field names repeat, so they are compressed."""
    packed = zlib.compress(_pack.encode(results), level=1)
    return _pack.encode(_Packed(results.v, packed))


def read_results(value: bytes) -> Results:
    """Read a record of results.

    Raises
    ------
    UnknownVersionError
        If it is of a major version that this program does not know.
    """
    check_version(value)
    return decode(zlib.decompress(_packed.decode(value).results), Results)
