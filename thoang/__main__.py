"""`python -m thoang`: the command line, or one process without the weight of it."""

import sys
from importlib import import_module

from thoang.pipeline import PROCESSES
from thoang.settings import SettingsError


def main() -> None:
    """Run a process named without options; else the command line."""
    if len(sys.argv) == 2 and sys.argv[1] in PROCESSES:  # noqa: PLR2004  # one word
        try:
            import_module(f"thoang.pipeline.{sys.argv[1]}").main()
        except (SettingsError, ValueError) as error:
            # Status 2 tells the supervisor that another try cannot help.
            sys.stderr.write(f"thoang {sys.argv[1]}: {error}\n")
            sys.exit(2)
    else:
        import_module("thoang.cli").main()


if __name__ == "__main__":
    main()
