"""Pictures drawn on the server: pure, from values to SVG."""
