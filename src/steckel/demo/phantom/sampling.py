"""Reads planes out of a computed volume, on any grid along its axes."""

import numpy as np
from numpy.typing import NDArray

from steckel.demo.phantom.brain import ORIGIN
from steckel.demo.phantom.fields import Field


def linear_matrix(at: Field, origin: float, count: int) -> Field:
    """Return the matrix that interpolates samples of 1 mm at coordinates; 0 outside."""
    position = at - np.float32(origin)
    low = np.floor(position).astype(int)
    part = (position - low).astype(np.float32)
    matrix = np.zeros((len(at), count), dtype=np.float32)
    rows = np.arange(len(at))
    for offset, weight in ((0, 1 - part), (1, part)):
        inside = (low + offset >= 0) & (low + offset < count)
        matrix[rows[inside], low[inside] + offset] = weight[inside]
    return matrix


def plane(volume: NDArray[np.float32], normal: int, at: Field, grid: tuple[Field, Field]) -> Field:
    """Return the mean of planes across an axis of (z, y, x).

    `at` are the coordinates along the normal that are averaged; `grid` the
    coordinates down and across, in the order of the two axes that remain.
    """
    origins = (ORIGIN[2], ORIGIN[1], ORIGIN[0])
    weights = linear_matrix(at, origins[normal], volume.shape[normal]).mean(axis=0)
    used = np.nonzero(weights)[0]
    rest = [k for k in range(3) if k != normal]
    if not len(used):
        return np.zeros((len(grid[0]), len(grid[1])), dtype=np.float32)
    layers = [slice(None)] * 3
    layers[normal] = slice(int(used[0]), int(used[-1]) + 1)
    sheet = np.tensordot(weights[layers[normal]], volume[tuple(layers)], axes=(0, normal))
    down = linear_matrix(grid[0], origins[rest[0]], volume.shape[rest[0]])
    across = linear_matrix(grid[1], origins[rest[1]], volume.shape[rest[1]])
    result: Field = down @ sheet @ across.T
    return result
