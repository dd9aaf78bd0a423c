"""What is kept: the layout, one store protocol, the embedded store, the writer."""
