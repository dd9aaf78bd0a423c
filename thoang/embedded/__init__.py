"""The two brokers that come as Python packages, for a machine that has none.

Owns how each is started, when it is ready and what it cannot do; keeping them alive is
`thoang.supervisor`'s affair. Both hold messages in memory only and listen on 127.0.0.1.
"""
