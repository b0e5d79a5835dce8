"""Measuring: evaluation, calibration, ablations."""
