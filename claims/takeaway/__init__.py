"""Functions to take away, by name: `from claims.takeaway import layer_roles`.

Made by `make takeaway` from the cells of the chapters that are tagged `takeaway`; each chapter has a module of its own. A
name is loaded when it is first used, so that torch is needed only for functions that take tensors.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "layer_roles": "pre_post_norm",
    "gradient_gain": "pre_post_norm",
    "residual_stack": "pre_post_norm",
    "gradient_push": "residual_deepnet",
    "deepnorm_constants": "residual_deepnet",
    "activation_gain": "init_param_norm",
    "rope_frequencies": "rope_beta_base",
    "rope_reach": "rope_beta_base",
    "rope_rotate": "rope_beta_base",
    "position_bias": "length_extrapolation",
    "flat_entropy": "length_extrapolation",
    "bias_profile": "rope_bias",
    "window_bias": "rope_bias",
    "window_share": "rope_bias",
    "accumulate_scores": "realformer",
    "freezing_depth": "realformer",
    "enlarge": "lossless_enlarge",
    "attention_spectrum": "decoder_only_low_rank",
    "min_head_width": "decoder_only_low_rank",
    "lru_init": "lru_rnn",
    "lru_scan": "lru_rnn",
    "half_circle_recall_error": "lru_rnn",
    "langevin": "gradient_flow",
    "jko_step": "gradient_flow",
    "gradient_and_curvature": "gradient_clipping",
    "smoothness_fit": "gradient_clipping",
    "clip_settings": "gradient_clipping",
    "regret_bound": "sgd_average_convergence",
    "averaged_sgd": "sgd_average_convergence",
    "simsiam_endpoint": "simsiam_dynamics",
    "collapse_report": "simsiam_dynamics",
    "cosine_report": "local_global_cosine",
    "match_block_norms": "local_global_cosine",
    "stumps": "adaboost_networks",
    "adaboost": "adaboost_networks",
    "as_network": "adaboost_networks",
    "margin_lp": "adaboost_networks",
    "vat_direction": "noise_penalty_vat",
    "consistency_loss": "noise_penalty_vat",
    "jacobian_penalty": "noise_penalty_vat",
    "linear_schedule": "ddpm_demolish_build",
    "ddpm_weights": "ddpm_demolish_build",
    "ddpm_sample": "ddpm_demolish_build",
    "optimal_variances": "diffusion_optimal_variance",
    "backward_step": "diffusion_optimal_variance",
    "covariance_times": "diffusion_optimal_variance",
    "coupling_defect": "unified_diffusion",
    "exact_step": "unified_diffusion",
    "flow_sample": "ode_general_steps",
    "bending": "ode_general_steps",
    "shift_time": "snr_high_resolution",
    "effective_shift": "snr_high_resolution",
    "moved_samples": "gan_diffusion_ode",
    "divergence_of": "gan_diffusion_ode",
    "distill_loss": "score_identity_distillation",
    "FourierDensity": "fourier_density",
    "Distances": "gaussian_distances",
    "normal_distances": "gaussian_distances",
    "transport": "gaussian_distances",
    "Whitener": "bert_whitening",
    "HubnessReport": "hubness",
    "hubness_report": "hubness",
    "expected_hubs": "hubness",
    "univae_mask": "univae",
    "leaks": "univae",
    "vmf_heights": "univae",
    "vmf_rate": "univae",
    "vmf_concentration": "univae",
    "sample_vmf": "univae",
    "entmax": "softmax_alternatives",
    "entmax_loss": "softmax_alternatives",
    "surrogate_report": "train_accuracy",
    "emo_mixture": "emo_loss",
    "balanced_channel": "emo_loss",
    "channel_ce": "emo_loss",
    "score_divergence": "globalpointer_kl",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
