"""The front door: command line, settings, wiring, the embedded brokers."""
