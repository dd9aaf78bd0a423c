"""Keeps the processes of a city alive on one machine: order, readiness, restart, stop.

Knows processes only as commands with a readiness probe; which processes a city consists
of is `thoang.supervisor.plan`'s knowledge, and what they do is their own.
"""
