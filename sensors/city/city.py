"""Owns look-ups in a city: by id, by place, by area and time; reads no file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from zoneinfo import ZoneInfo

from sensors.city.area import Area, CircleShape, Hierarchy, MembersShape
from sensors.city.device import Device
from sensors.city.file import CityFile, Clock, Origin
from sensors.city.geometry import Rings, circle, outline
from sensors.city.membership import Memberships, memberships
from sensors.city.mistake import Mistake
from sensors.city.site import Segment, Site, Station


@dataclass(frozen=True, eq=False)
class City:
    """A checked city with its indexes, each computed once, when first asked for.

    Ids come from outside, so `area`, `device`, `site`, `station` and `segment` answer
    ``None`` for an id that the city does not know; the questions about an id
    (`areas_of`, `operations_area`, `children`, `sites_in`, `polygon`, `topic`) raise
    `KeyError` for it.

    Parameters
    ----------
    file
        The city as written.
    boundaries
        Polygons by official code, as rings of [lon, lat].
    warnings
        What is odd about the file but stops nothing.
    """

    file: CityFile
    boundaries: Mapping[str, Rings] = field(default_factory=dict)
    warnings: tuple[Mistake, ...] = ()

    @property
    def id(self) -> str:
        """The `<city>` level of topics."""
        return self.file.id

    @property
    def name_vi(self) -> str:
        """What people call it in Vietnamese."""
        return self.file.name_vi

    @property
    def name_en(self) -> str:
        """What people call it in English."""
        return self.file.name_en

    @property
    def timezone(self) -> str:
        """IANA name of its time zone."""
        return self.file.timezone

    @cached_property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.file.timezone)

    @property
    def clock(self) -> Clock:
        """Who sends the ticks: ``wall`` (the bridge) or ``messages``."""
        return self.file.clock

    @property
    def origin(self) -> Origin:
        """``live``, ``simulated`` or ``replay``."""
        return self.file.origin

    @property
    def grace_s(self) -> int:
        """Wait after an hour's end before it closes [s]."""
        return self.file.grace_s

    @property
    def lateness_s(self) -> int:
        """How long after its end an interval still takes readings [s]."""
        return self.file.lateness_s

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the data come from, to be named wherever they are shown."""
        return self.file.sources

    @property
    def hierarchies(self) -> tuple[Hierarchy, ...]:
        """The ways in which its areas contain each other."""
        return self.file.hierarchies

    @property
    def areas(self) -> tuple[Area, ...]:
        """Every area, in the file's order."""
        return self.file.areas

    @property
    def stations(self) -> tuple[Station, ...]:
        """Every station, in the file's order."""
        return self.file.stations

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Every road segment, in the file's order."""
        return self.file.segments

    @property
    def devices(self) -> tuple[Device, ...]:
        """Every device, in the file's order."""
        return self.file.devices

    @property
    def sites(self) -> tuple[Site, ...]:
        """Stations, then segments."""
        return (*self.file.stations, *self.file.segments)

    def with_run(self, *, origin: Origin, clock: Clock) -> "City":
        """Return this city as run with another origin and clock."""
        file = self.file.model_copy(update={"origin": origin, "clock": clock})
        return replace(self, file=file)

    def area(self, area_id: str) -> Area | None:
        """Return an area, or None for an id that is not one."""
        return self._areas.get(area_id)

    def station(self, station_id: str) -> Station | None:
        """Return a station, or None for an id that is not one."""
        return self._stations.get(station_id)

    def segment(self, segment_id: str) -> Segment | None:
        """Return a road segment, or None for an id that is not one."""
        return self._segments.get(segment_id)

    def site(self, site_id: str) -> Site | None:
        """Return a station or segment, or None for an id that is neither."""
        return self._stations.get(site_id) or self._segments.get(site_id)

    def device(self, device_id: str) -> Device | None:
        """Return a device, or None for an id that is not one."""
        return self._devices.get(device_id)

    def devices_of(self, site_id: str) -> tuple[Device, ...]:
        """Return the devices that observe a site; none for an unknown one."""
        return self._devices_of.get(site_id, ())

    def topic(self, device_id: str) -> str:
        """Return the MQTT topic that a device publishes on."""
        return self._devices[device_id].topic(self.id)

    def areas_of(self, site_id: str, at: int | None = None) -> tuple[str, ...]:
        """Return a site's areas of both hierarchies in force at `at` [unix s].

        Without `at`: those in force after the last change that the file knows.
        Narrow areas come first, administrative before operations.
        """
        return self._memberships[site_id].at(at)

    def operations_area(self, site_id: str) -> str | None:
        """Return the operations area of a site's main ward, None where it has none."""
        base = self._areas[self._site_bases[site_id][0]]
        return base.id if base.hierarchy == "operations" else base.operations

    def children(self, area_id: str) -> tuple[str, ...]:
        """Return the areas directly below an area.

        Below an operations area also the wards and communes that it looks after.
        """
        return self._children[area_id]

    def sites_in(self, area_id: str) -> tuple[str, ...]:
        """Return the sites that lie, or lay while it was in force, in an area."""
        return self._sites_in[area_id]

    def polygon(self, area_id: str) -> Rings:
        """Return an area's border as closed rings of (lon, lat); empty if unknown."""
        return self._polygons[area_id]

    @cached_property
    def _areas(self) -> dict[str, Area]:
        return {area.id: area for area in self.file.areas}

    @cached_property
    def _stations(self) -> dict[str, Station]:
        return {station.id: station for station in self.file.stations}

    @cached_property
    def _segments(self) -> dict[str, Segment]:
        return {segment.id: segment for segment in self.file.segments}

    @cached_property
    def _devices(self) -> dict[str, Device]:
        return {device.id: device for device in self.file.devices}

    @cached_property
    def _devices_of(self) -> dict[str, tuple[Device, ...]]:
        found: dict[str, tuple[Device, ...]] = {}
        for device in self.file.devices:
            found[device.site] = (*found.get(device.site, ()), device)
        return found

    @cached_property
    def _site_bases(self) -> dict[str, tuple[str, ...]]:
        return {site.id: site.areas for site in self.sites}

    @cached_property
    def _memberships(self) -> dict[str, Memberships]:
        known: dict[tuple[str, ...], Memberships] = {}
        for bases in self._site_bases.values():
            if bases not in known:
                known[bases] = memberships(bases, self._areas, self.zone)
        return {site: known[bases] for site, bases in self._site_bases.items()}

    @cached_property
    def _children(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {area.id: [] for area in self.areas}
        for area in self.areas:
            for above in (area.parent, area.operations):
                if above is not None:
                    found[above].append(area.id)
        return {area: tuple(below) for area, below in found.items()}

    @cached_property
    def _sites_in(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {area.id: [] for area in self.areas}
        for site, through_time in self._memberships.items():
            for area in dict.fromkeys(a for era in through_time.areas for a in era):
                found[area].append(site)
        return {area: tuple(sites) for area, sites in found.items()}

    @cached_property
    def _polygons(self) -> dict[str, Rings]:
        return {area.id: self._border(area) for area in self.areas}

    def _border(self, area: Area) -> Rings:
        shape = area.shape
        if shape is None:
            return ()
        if isinstance(shape, MembersShape):
            members = [self._border(member) for member in self._members(area)]
            return outline(ring for rings in members for ring in rings)
        if isinstance(shape, CircleShape):
            return (circle(shape.lon, shape.lat, shape.radius_m),)
        return self.boundaries.get(shape.code, ())

    def _members(self, area: Area) -> list[Area]:
        """Return what an area is made of: areas below it, else its ground's heirs."""
        below = [self._areas[child] for child in self._children[area.id]]
        return below or [heir for heir in self.areas if heir.formerly == area.id]
