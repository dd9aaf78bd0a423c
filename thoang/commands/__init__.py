"""The subcommands of `thoang`, one a file."""
