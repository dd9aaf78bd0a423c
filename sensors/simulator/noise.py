"""Owns chance: generators by name, and noise with memory; knows no quantity."""

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def generator(seed: int, *name: str | int) -> np.random.Generator:
    """Return the generator of a name: the same for the same seed, on any machine.

    Naming each stream keeps sites apart: a station more in the city file changes no
    other station's values.

    >>> bool(generator(1, "a").random() == generator(1, "a").random())
    True
    """
    text = "\x1f".join(map(str, (seed, *name)))
    digest = blake2b(text.encode(), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest, "little"))


def white(
    seed: int, kind: str, names: tuple[str, ...], day: int, shape: tuple[int, int]
) -> Floats:
    """Return independent normal noise of mean 0 and variance 1 for one day.

    Parameters
    ----------
    kind, names
        What it is for, and the sites; each has a stream of its own.
    day
        Day since 1970 [d, UTC].
    shape
        Steps a day, and values a step and site.

    Returns
    -------
    array of shape (steps, sites, values)
    """
    draws = [generator(seed, kind, name, day).standard_normal(shape) for name in names]
    return np.stack(draws, axis=1) if draws else np.zeros((shape[0], 0, shape[1]))


def wander(
    seed: int,
    kind: str,
    names: tuple[str, ...],
    day: int,
    shape: tuple[int, int],
    *,
    memory: float,
) -> Floats:
    """Return first-order autoregressive noise of mean 0 and variance 1 for one day.

    x[t] = φ·x[t−1] + √(1−φ²)·ε[t] with φ = exp(−1 / memory). The recursion begins a day
    earlier, so any day can be made alone; where days meet it is continuous to φ^steps.

    Parameters
    ----------
    kind, names, day, shape
        As for `white`.
    memory
        Steps after which the correlation has fallen to 1/e, at most a sixth of a day.

    Returns
    -------
    array of shape (steps, sites, values)
    """
    phi = float(np.exp(-1.0 / memory))
    shocks = np.concatenate(
        [white(seed, kind, names, d, shape) for d in (day - 1, day)]
    )
    shocks[1:] *= np.sqrt(1.0 - phi * phi)
    for t in range(1, len(shocks)):
        shocks[t] += phi * shocks[t - 1]
    return shocks[shape[0] :]
