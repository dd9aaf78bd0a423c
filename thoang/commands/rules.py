"""Owns the commands about alert rules: checking files, and their JSON Schema."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from alerts.fields import written
from alerts.rule import Rule
from alerts.rulefile import DEFAULT_RULES, RuleError, load_rules, rules_schema
from alerts.watch import Watch
from alerts.words import load_catalogue
from sensors.city import City, CityError, load_city

app = typer.Typer(
    help="Alert rules: check them, and describe them to editors.",
    no_args_is_help=True,
)

RulePath = Annotated[
    Path, typer.Argument(help="A rule file, or a folder of them.", show_default=False)
]
CityPath = Annotated[
    Path | None,
    typer.Option("--city", help="Also look up the sites and areas that rules name."),
]
PARTS = ("headline", "body")
KINDS = ("raise", "change", "update", "clear")


@app.command(
    epilog="Example: thoang rules check alerts/rules --city cities/binh-duong.yaml"
)
def check(path: RulePath = DEFAULT_RULES, city: CityPath = None) -> None:
    """Check rule files; every mistake is named with its file, line and way out."""
    try:
        known = None if city is None else load_city(city)
        rules = load_rules(path, known)
    except (CityError, RuleError) as error:
        for mistake in error.mistakes:
            typer.echo(str(mistake), err=True)
        raise typer.Exit(1) from error
    wordless = [said for rule in rules for said in _wordless(rule)]
    for said in wordless:
        typer.echo(said, err=True)
    Console(soft_wrap=True).print(_table(rules, known))
    if wordless:
        raise typer.Exit(1)


@app.command(epilog="Example: thoang rules schema > rules.schema.json")
def schema() -> None:
    """Print the JSON Schema of a rule file, for editors."""
    typer.echo(json.dumps(rules_schema(), ensure_ascii=False, indent=2))


def _wordless(rule: Rule) -> list[str]:
    """Say which words of a rule the catalogue lacks."""
    catalogue = load_catalogue()
    wanted = [f"notices.{rule.text}.{kind}.{part}" for kind in KINDS for part in PARTS]
    missing = [key for key in wanted if not catalogue.has(key)]
    found = [f"rule {rule.id}: the catalogue has no words at {key}" for key in missing]
    sections = ("category", "level", "step")
    for step in rule.steps:
        keys = [f"{section}.{step.name}" for section in sections]
        if not any(catalogue.has(key) for key in keys):
            found.append(
                f"rule {rule.id}: step {step.name!r} has no word in the catalogue; "
                f"add it at step.{step.name} in every language"
            )
    return found


def _table(rules: tuple[Rule, ...], city: City | None) -> Table:
    table = Table(title=f"{len(rules)} rules, no mistakes in the files")
    columns = ("rule", "condition", "scope", "steps", "for", "audience", "version")
    for column in columns:
        table.add_column(column)
    for rule in rules:
        scope: str = rule.where.scope
        if city is not None:
            scope = f"{len(Watch(rule, city).scopes)} × {scope}"
        table.add_row(
            rule.id,
            f"{rule.what.kind} {getattr(rule.what, 'quantity', '')}".strip(),
            scope,
            ", ".join(step.name for step in rule.steps),
            written(rule.for_),
            rule.audience,
            rule.version(),
        )
    return table
