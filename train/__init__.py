"""Trains, measures and publishes networks. Imports `cnn`; `app.py` alone imports it."""

import cnn  # noqa: F401 - picks Keras's backend before any module here imports keras
