"""The pages, one module each: what it shows, handed to its template."""
