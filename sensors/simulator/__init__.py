"""A seeded city that publishes as real devices do; what is read of it is the bridge's.

Pure modules make the air, the roads and the faults as functions of (seed, event time);
`run` alone reads a clock, opens a connection and writes files.
"""
