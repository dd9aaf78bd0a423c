"""The middle: averages, air quality and congestion, computed by stream agents."""
