"""Training in mixed precision: products in bfloat16, weights and their sums in float32. Knows no data and no loop."""

import keras
import numpy as np

MIXED = "mixed_bfloat16"  # Keras's name; bfloat16 has float32's range, so that no loss has to be scaled


def mixed_twin(model: keras.Model) -> keras.Model:
    """What a built Sequential or Functional `model` does, in mixed precision (Micikevicius et al. 2018, 1710.03740).

    Its variables have the order, shapes and types of `model`'s, and the values at the time of the call: gradients are
    taken through the twin with the plain model's values, and the plain model is saved. It gives bfloat16.
    """

    def clone(layer: keras.Layer) -> keras.Layer:
        return type(layer).from_config({**layer.get_config(), "dtype": MIXED})

    twin = keras.models.clone_model(model, clone_function=clone)
    for mine, theirs in zip(twin.variables, model.variables, strict=True):
        mine.assign(np.asarray(theirs.value))
    return twin
