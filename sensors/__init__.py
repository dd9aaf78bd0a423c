"""Edge in: from a device's bytes to readings; averages and indices are left to streams."""
