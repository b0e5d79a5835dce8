"""Trains, measures and publishes networks. Imports `cnn`; `app.py` alone imports it."""
