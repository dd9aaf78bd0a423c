"""The middle: readings become averages, indices and congestion levels."""
