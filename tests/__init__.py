import cnn  # noqa: F401 - picks Keras's backend before any test imports keras
