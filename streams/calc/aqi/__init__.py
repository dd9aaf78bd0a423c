"""Air quality indices, one file a standard."""
