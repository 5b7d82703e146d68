"""The density class that the Fourier chapter offers to take away, as a reader would copy it, against quadrature and SciPy's tests."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from chapter_code import take_away

BEFORE = torch.get_default_dtype()
FourierDensity = take_away("fourier_density", "FourierDensity")["FourierDensity"]
torch.set_default_dtype(BEFORE)          # the chapter computes in float64; the class must not need that

A = torch.tensor([1.0, 0.4 - 0.3j, 0.2j, -0.5], dtype=torch.complex128)
MODELS = {"interval": FourierDensity(A), "line": FourierDensity(A, loc=0.7, scale=1.9)}


def density(model):
    return lambda y: model.log_prob(torch.tensor(y, dtype=torch.float64)).exp().item()


@pytest.mark.parametrize("kind", MODELS)
def test_integral_is_one_and_cdf_is_the_integral(kind):
    model = MODELS[kind]
    low, high = (-1, 1) if kind == "interval" else (-math.inf, math.inf)
    assert integrate.quad(density(model), low, high, epsabs=1e-11)[0] == pytest.approx(1, abs=1e-9)
    for y in (-0.9, -0.2, 0.0, 0.4, 0.95):
        assert model.cdf(torch.tensor(y, dtype=torch.float64)).item() == pytest.approx(integrate.quad(density(model), low, y, epsabs=1e-11)[0], abs=1e-9)


@pytest.mark.parametrize("kind", MODELS)
def test_icdf_inverts_cdf(kind):
    model = MODELS[kind]
    u = torch.tensor([1e-9, 1e-3, 0.2, 0.5, 0.7, 0.999, 1 - 1e-9], dtype=torch.float64)
    assert torch.allclose(model.cdf(model.icdf(u)), u, rtol=1e-7, atol=1e-14)
    ends = model.icdf(torch.tensor([0.0, 1.0], dtype=torch.float64)).tolist()
    assert ends == ([-1, 1] if kind == "interval" else [-math.inf, math.inf])


def test_tails_are_accurate_relative_to_their_size():
    model = MODELS["line"]
    v = torch.tensor([20.0, 100.0, 300.0], dtype=torch.float64)
    end = MODELS["interval"].log_prob(torch.tensor(1.0)).item()
    # far out the density is 4 p(1)/s e^{−2v}, so a tail holds s/2 times that
    log_tail = end + math.log(2) - 2 * v
    for tail in (model.sf(0.7 + 1.9 * v), model.cdf(0.7 - 1.9 * v)):
        assert torch.allclose(tail.log(), log_tail, rtol=1e-12)
    assert torch.allclose(model.log_prob(0.7 + 1.9 * v), log_tail + math.log(2 / 1.9), rtol=1e-12)
    assert torch.allclose(model.icdf(model.cdf(0.7 - 1.9 * v)), 0.7 - 1.9 * v, rtol=1e-10)
    assert torch.isfinite(model.log_prob(torch.tensor([-1e6, 1e6])).float()).all()


@pytest.mark.parametrize("kind", MODELS)
def test_samples_follow_the_distribution(kind):
    model = MODELS[kind]
    draws = model.sample((800,), generator=torch.Generator().manual_seed(1))
    assert draws.shape == (800,)
    assert stats.kstest(draws.numpy(), lambda y: model.cdf(torch.tensor(y)).numpy()).pvalue > 1e-3


def test_batches_follow_the_conventions_of_torch():
    batch = FourierDensity(torch.stack([A, A.conj()]), loc=torch.tensor([0.0, 1.0]), scale=2.0)
    assert batch.batch_shape == (2,) and batch.event_shape == ()
    y = torch.linspace(-3, 3, 7, dtype=torch.float64)[:, None]
    single = [FourierDensity(a, loc=t, scale=2.0) for a, t in ((A, 0.0), (A.conj(), 1.0))]
    for name in ("log_prob", "cdf", "sf"):
        assert torch.allclose(getattr(batch, name)(y), torch.stack([getattr(m, name)(y[:, 0]) for m in single], 1), rtol=1e-12)
    assert batch.sample((5,)).shape == (5, 2) and batch.icdf(torch.tensor(0.5)).shape == (2,)


def test_default_precision_and_gradients():
    a = torch.tensor([1.0, 0.5], requires_grad=True)
    value = FourierDensity(a, 0.0, 1.0).log_prob(torch.tensor([-50.0, 0.2, 50.0]))
    value.sum().backward()
    assert value.dtype == torch.float32 and torch.isfinite(a.grad).all()


def test_a_zero_of_the_density_is_minus_infinity():
    zero = FourierDensity(torch.tensor([1.0, -1.0], dtype=torch.float64))
    assert zero.log_prob(torch.tensor(0.0)).item() == -math.inf and zero.cdf(torch.tensor(0.0, dtype=torch.float64)).item() == pytest.approx(0.5)


@pytest.mark.parametrize("factor", [1e160, 1e-170, -3j])
def test_a_common_factor_changes_nothing(factor):
    y = torch.tensor([-0.7, 0.1, 0.9], dtype=torch.float64)
    assert torch.allclose(FourierDensity(factor * A).log_prob(y), MODELS["interval"].log_prob(y), rtol=1e-12)
    assert torch.allclose(FourierDensity(factor * A).cdf(y), MODELS["interval"].cdf(y), rtol=1e-12)


def test_a_whole_degree_may_be_a_float():
    data = np.linspace(-1.0, 2.0, 40)
    assert torch.allclose(FourierDensity.fit(data, 4.0).a, FourierDensity.fit(data, 4).a)
    with pytest.raises(ValueError, match="positive integer"):
        FourierDensity.fit(data, 4.5)


def test_fit_finds_the_density_and_smoothness_smooths():
    data = MODELS["line"].sample((800,), generator=torch.Generator().manual_seed(2))
    fitted = FourierDensity.fit(data, 5)
    fresh = MODELS["line"].sample((1000,), generator=torch.Generator().manual_seed(3))
    assert (MODELS["line"].log_prob(fresh) - fitted.log_prob(fresh)).mean().item() < 0.02
    rough = lambda m: (torch.arange(16)**2 * m.c.abs()**2).sum().item()  # noqa: E731
    assert rough(FourierDensity.fit(data[:60], 15, smoothness=0.01)) < rough(FourierDensity.fit(data[:60], 15)) / 3


@pytest.mark.parametrize("call, message", [
    (lambda: FourierDensity(torch.tensor(1.0)), "shape"),
    (lambda: FourierDensity(torch.tensor([1.0, math.nan])), "NaN"),
    (lambda: FourierDensity(torch.zeros(3)), "all are zero"),
    (lambda: FourierDensity(A, loc=0.0), "give both"),
    (lambda: FourierDensity(A, loc=0.0, scale=0.0), "positive scale"),
    (lambda: FourierDensity(A, loc=0.0, scale=-1.0), "positive scale"),
    (lambda: MODELS["interval"].log_prob(torch.tensor(1.5)), "support"),
    (lambda: MODELS["line"].log_prob(torch.tensor(math.nan)), "support"),
    (lambda: MODELS["line"].icdf(torch.tensor(1.5)), "between 0 and 1"),
    (lambda: FourierDensity.fit([0.1, math.nan] * 20, 3), "NaN"),
    (lambda: FourierDensity.fit(np.arange(6.0), 3), "at least 7 points"),
    (lambda: FourierDensity.fit(np.ones(40), 3), "all points are equal"),
    (lambda: FourierDensity.fit(np.arange(40.0), 3, real_line=False), "use real_line=True"),
    (lambda: FourierDensity.fit(np.arange(40.0), 0), "positive integer"),
])
def test_errors_say_what_was_expected(call, message):
    with pytest.raises(ValueError, match=message):
        call()
