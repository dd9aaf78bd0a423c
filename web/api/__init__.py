"""The open data API: models and routes of /api/v1."""
