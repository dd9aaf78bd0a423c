"""`thoang city`: check a city file, print its schema; the rules are sensors.city's."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from sensors.city import City, CityError, Mistake, city_schema, load_city

app = typer.Typer(
    help="Check city files.", no_args_is_help=True, rich_markup_mode="rich"
)

_out = Console(soft_wrap=True, highlight=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False)

_CHECK_HELP = """Check a city file and name every mistake with its line.

[bold]Example:[/bold] thoang city check cities/binh-duong.yaml
"""
_SCHEMA_HELP = """Print the JSON Schema of city files, for editors and other programs.

[bold]Example:[/bold] thoang city schema > city.schema.json
"""


@app.command(help=_CHECK_HELP)
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The city's YAML.")],
) -> None:
    """Print OK with counts, or every mistake, and exit 1 when there is one."""
    try:
        city = load_city(file)
    except CityError as error:
        _tell(error.mistakes, "error", "red")
        count = _counted(len(error.mistakes), "mistake")
        _err.print(f"{escape(str(file))}: {count}")
        raise typer.Exit(1) from error
    _tell(city.warnings, "warning", "yellow")
    _out.print(f"[green]OK[/green] {escape(str(file))}: {escape(_counts(city))}")


@app.command(help=_SCHEMA_HELP)
def schema() -> None:
    """Print the schema as indented JSON."""
    typer.echo(json.dumps(city_schema(), ensure_ascii=False, indent=2))


def _tell(mistakes: tuple[Mistake, ...], word: str, colour: str) -> None:
    for mistake in mistakes:
        _err.print(f"[{colour}]{word}[/{colour}] {escape(str(mistake))}")


def _counts(city: City) -> str:
    counts = {
        "area": len(city.areas),
        "station": len(city.stations),
        "segment": len(city.segments),
        "device": len(city.devices),
    }
    counted = ", ".join(_counted(count, word) for word, count in counts.items())
    assumed = sum(item.assumed for item in (*city.areas, *city.sites))
    return f"{city.id}, {counted}; {assumed} areas and sites are assumed"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
