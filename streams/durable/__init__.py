"""State that is applied once though records are delivered more than once.

One snapshot per partition holds the state and the source offset it stands for; a worker
resumes from that offset, checks for gaps, and acknowledges a record only after the
snapshot and the results it led to are confirmed. What Faust needs for that, and the
workaround for one of its faults, lives here and nowhere else.
"""
