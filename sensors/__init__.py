"""Edge in: from the bytes of devices to readings; what they mean is streams'."""
