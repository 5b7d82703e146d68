"""Functions to take away from the chapter "Rectified flow: an ODE from any interpolation".

Made by `make takeaway` from book/diffusion/ode_general_steps.md; change them there.
"""

import numpy as np


def flow_sample(velocity, x1, steps=50, *, grid=None):
    """Follow a velocity field from noise (t = 1) to data (t = 0) by Euler steps.

    Args:
        velocity: function (x, t) of points, shape of ``x1``, and a number t, which returns the velocity dx/dt there.
        x1: noise, shape (n,) or (n, d); computed in double precision.
        steps: number of equal steps, at least 1; not used if ``grid`` is given.
        grid: falling times from 1 to 0, both included; every step goes from one to the next.

    Returns:
        the end points, and the whole path, shape (steps + 1, …), noise first.

    Raises:
        ValueError: for noise that is a scalar, empty or not finite, a number of steps that is no positive whole number, a grid that does not fall from 1 to 0,
            velocities of another shape or not finite.

    Example:
        >>> end, path = flow_sample(lambda x, t: x - 2.0, np.array([1.0, -1.0]), 1)
        >>> end.tolist(), path.shape
        ([2.0, 2.0], (2, 2))
    """
    x, times = np.asarray(x1, float), _flow_times(steps, grid)
    if x.ndim not in (1, 2) or x.size == 0:
        raise ValueError(f"x1: expected shape (n,) or (n, d); found {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError("x1: expected finite numbers; found NaN or infinity")
    path = [x]
    for now, later in zip(times, times[1:]):
        path.append(path[-1] + (later - now) * _flow_velocity(velocity, path[-1], now))
    return path[-1], np.array(path)


def bending(velocity, x1, steps=200):
    """How far a flow is from straight: S, and what it is to be compared with.

    S is the mean over points and times of the square of the velocity minus the displacement; 0 means that one step is exact.
    Solved by the midpoint rule; meant for fields that are smooth on the scale of a step (not for data on single points).

    Args:
        velocity, x1: as in :func:`flow_sample`.
        steps: number of equal steps, at least 1.

    Returns:
        S, and the mean square displacement from noise to data.

    Raises:
        ValueError: as :func:`flow_sample`.

    Example:
        >>> S, cost = bending(lambda x, t: 0 * x + 3.0, np.zeros(4), 8)
        >>> S, cost
        (0.0, 9.0)
    """
    x, times = np.asarray(x1, float), _flow_times(steps, None)
    start, square = x, 0.0
    flow_sample(velocity, x, 1)
    for now, later in zip(times, times[1:]):
        half = x + (later - now) / 2 * _flow_velocity(velocity, x, now)
        middle = _flow_velocity(velocity, half, (now + later) / 2)
        x, square = x + (later - now) * middle, square + (now - later) * np.sum(middle**2) / len(x)
    cost = float(np.sum((start - x) ** 2) / len(x))
    return max(float(square) - cost, 0.0), cost


def _flow_times(steps, grid):
    if grid is None:
        if isinstance(steps, bool) or steps != steps or steps in (np.inf, -np.inf) or int(steps) != steps or steps < 1:
            raise ValueError(f"steps: expected a whole number of at least 1; found {steps}")
        return np.linspace(1.0, 0.0, int(steps) + 1)
    times = np.asarray(grid, float)
    if times.ndim != 1 or len(times) < 2 or times[0] != 1 or times[-1] != 0 or not (np.diff(times) < 0).all():
        raise ValueError("grid: expected times that fall from 1 to 0, both included")
    return times


def _flow_velocity(velocity, x, t):
    v = np.asarray(velocity(x, float(t)), float)
    if v.shape != x.shape:
        raise ValueError(f"velocity: expected shape {x.shape}; found {v.shape}")
    if not np.isfinite(v).all():
        raise ValueError(f"velocity: found NaN or infinity at t = {t:g}")
    return v
