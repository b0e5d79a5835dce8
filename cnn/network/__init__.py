"""Architectures as data, compiled calls, layers and gradients. The only wing that calls a model."""
