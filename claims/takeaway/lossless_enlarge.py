"""Functions to take away from the chapter "Can a Transformer be enlarged without loss?".

Made by `make takeaway` from book/transformers/lossless_enlarge.md; change them there.
"""

import math

import numpy as np


def enlarge(state, plan, factor, *, tile=False, noise=0.0, seed=0,
            compare=None):
    """Weights of a wider network that computes the same function.

    Every vector h of the small network reappears as a scale times h with
    each entry repeated factor times and divided by the root of factor. A
    place where vectors are handed on has one of three scales: "stream" 1,
    "score" factor**0.25 (queries and keys whose scores are divided by the
    root of the width of a head), "plain" factor**0.5 (behind an activation
    such as GELU, and queries and keys where heads are tiled).

    Args:
        state: parameter name -> array or torch tensor.
        plan: pattern of names, as in fnmatch -> a tuple with one word for
            each axis; the first pattern that fits counts. A word is None
            (axis kept), "reads stream" (the axis takes a vector of this
            place) or "writes plain" (it belongs to a vector handed on
            there). Several places after "writes" mean equal parts of the
            axis, one for each: "writes score score stream".
        factor: whole number, at least 2.
        tile: copies stand block behind block in place of next to each
            other: for factor times as many heads of the old width.
        noise: standard deviation of the noise that the function does not
            see, added to every matrix that reads a place, in units of the
            mean absolute entry of the large matrix.
        seed: of that noise.
        compare: (small, large, inputs) to compare outputs that are not
            enlarged, such as logits: small(state, x) and large(state, x)
            return arrays for every x of inputs.

    Returns:
        (new state, report). The arrays are of the kind and the floating
        type of the old ones. report["shapes"]: name -> old and new shape;
        report["difference"]: the largest absolute difference of outputs
        divided by the largest absolute output, None without compare.

    Raises:
        ValueError: for a factor that is no whole number above 1, noise
            below 0 or not finite, a name without a pattern, a plan that
            does not fit an array, values that are not finite, or outputs
            of different shapes.

    The function is kept only if the plan is right, heads are repeated
    within themselves, the small number of every norm in the stream is
    divided by factor, and dropout is off.

    Example:
        >>> plan = {"w": ("writes stream", "reads stream"),
        ...         "b": ("writes stream",)}
        >>> small = {"w": [[1.0, 2.0], [0.0, 1.0]], "b": [1.0, -2.0]}
        >>> enlarge(small, plan, 2)[0]["w"][0].tolist()
        [0.5, 0.5, 1.0, 1.0]
    """
    import fnmatch

    whole = isinstance(factor, (int, np.integer)) and not isinstance(factor, bool)
    if not whole or factor < 2:
        raise ValueError(f"factor: expected a whole number of at least 2; found {factor!r}")
    if not (isinstance(noise, (int, float)) and math.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise: expected a finite number of at least 0; found {noise!r}")
    powers = {"stream": 0.0, "score": 0.25, "plain": 0.5}  # a scale is this power of factor
    rng = np.random.default_rng(seed)

    def read(word, name):
        verb, *places = word.split() if isinstance(word, str) else ("", "")
        known = all(place in powers for place in places)
        if verb not in ("reads", "writes") or not places or not known or (verb == "reads" and len(places) > 1):
            raise ValueError(f"plan: {word!r} for {name!r} is none of None, 'reads' and one place, 'writes' and"
                             f" places; the places are {', '.join(powers)}")
        return verb, places

    def unseen(shape, axis):
        """Noise whose sum over the copies is 0."""
        small = shape[axis] // factor
        cut = (factor, small) if tile else (small, factor)
        drawn = rng.standard_normal(shape[:axis] + cut + shape[axis + 1:])
        return (drawn - drawn.mean(axis if tile else axis + 1, keepdims=True)).reshape(shape)

    large, shapes = {}, {}
    for name, value in state.items():
        words = next((rule for pattern, rule in plan.items() if fnmatch.fnmatchcase(name, pattern)), None)
        if words is None:
            raise ValueError(f"plan: no pattern fits {name!r}")
        old = value.detach().cpu().numpy() if hasattr(value, "detach") else np.asarray(value)
        out = old.astype(float)
        if out.ndim != len(words):
            raise ValueError(f"plan: {len(words)} words for {name!r}, which has {out.ndim} axes")
        if not np.isfinite(out).all():
            raise ValueError(f"state: {name!r} holds values that are not finite")
        exponent = np.zeros([1] * out.ndim)
        for axis, word in enumerate(words):
            if word is None:
                continue
            verb, places = read(word, name)
            if out.shape[axis] % len(places):
                raise ValueError(f"plan: axis {axis} of {name!r} has {out.shape[axis]} entries, which do not make"
                                 f" {len(places)} equal parts")
            parts = np.split(out, len(places), axis)
            out = np.concatenate([np.concatenate([part] * factor, axis) if tile else np.repeat(part, factor, axis)
                                  for part in parts], axis)
            sign = 1 if verb == "writes" else -1
            along = np.repeat([sign * powers[place] - 0.5 for place in places], out.shape[axis] // len(places))
            exponent = exponent + along.reshape([-1 if a == axis else 1 for a in range(out.ndim)])
        out = out * float(factor) ** exponent
        for axis, word in enumerate(words):
            if noise and word is not None and word.startswith("reads"):
                out = out + noise * np.abs(out).mean() * unseen(out.shape, axis)
        out = out.astype(old.dtype if np.issubdtype(old.dtype, np.floating) else float)
        large[name] = value.new_tensor(out) if hasattr(value, "detach") else out
        shapes[name] = (old.shape, out.shape)
    difference = None
    if compare is not None:
        forward, forward_large, inputs = compare
        gap = size = 0.0
        for x in inputs:
            found = forward(state, x), forward_large(large, x)
            one, other = (np.asarray(a.detach() if hasattr(a, "detach") else a, float) for a in found)
            if one.shape != other.shape:
                raise ValueError(f"compare: outputs of shapes {one.shape} and {other.shape}")
            gap, size = max(gap, float(np.abs(one - other).max())), max(size, float(np.abs(one).max()))
        difference = gap / size if size else gap
    return large, {"shapes": shapes, "difference": difference}
