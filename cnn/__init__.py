"""Everything the app knows about digits: reading ink, networks, pictures and pages. Never imports `train`."""

import os

# Keras reads this once, on its first import, so it has to stand before any `import keras` of ours.
os.environ["KERAS_BACKEND"] = "jax"
