"""The citizens' page and the open data API."""
