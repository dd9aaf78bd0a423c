"""Pure numerics of air and traffic: arrays in, arrays out; nothing here does I/O."""
