"""Owns what a city is: areas, stations, road segments, devices; knows no reading."""

from sensors.city.area import Area, CircleShape, Hierarchy, MembersShape, PolygonShape
from sensors.city.city import City
from sensors.city.derived import history_city, slug
from sensors.city.device import Device
from sensors.city.file import CityFile
from sensors.city.load import city_schema, dump_city, load_city
from sensors.city.mistake import CityError, Mistake
from sensors.city.site import Direction, Segment, Site, Station

__all__ = [
    "Area",
    "CircleShape",
    "City",
    "CityError",
    "CityFile",
    "Device",
    "Direction",
    "Hierarchy",
    "MembersShape",
    "Mistake",
    "PolygonShape",
    "Segment",
    "Site",
    "Station",
    "city_schema",
    "dump_city",
    "history_city",
    "load_city",
    "slug",
]
