"""What payloads may look like: one payload format a file."""
