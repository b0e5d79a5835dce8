"""A digit under perturbations until the networks give in."""
