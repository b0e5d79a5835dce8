"""A page and an API around one network: all that a server needs."""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"  # before Keras is imported

import gradio as gr
import keras
import numpy as np
from PIL import Image

MODEL = Path(__file__).parents[2] / "models" / "course" / "model.keras"  # yours goes here
CONFIG = MODEL.with_name("config.json")  # names the classes; where it does not, they are the digits
config = json.loads(CONFIG.read_text("utf-8")) if CONFIG.exists() else {}
CLASSES = config.get("task", {}).get("classes", "0123456789")  # in the order of the network's outputs

network = keras.saving.load_model(MODEL, compile=False)


def framed(picture: Image.Image) -> np.ndarray:
    """As MNIST has its digits: (28, 28), ink 1, paper 0, 20 pixels long, its centre of mass in the middle."""
    page = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA"))
    ink = np.asarray(page.convert("L"), np.float32) / 255
    ink = 1 - ink if np.median(ink) > 0.5 else ink  # dark on light, or light on dark
    rows, columns = np.nonzero(ink > 0.4)
    image = np.zeros((28, 28), np.float32)
    if rows.size:
        box = Image.fromarray(ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])
        box = np.asarray(box.resize([max(1, round(side * 20 / max(box.size))) for side in box.size]))
        middle = np.array([np.average(np.arange(n), weights=box.sum(1 - axis)) for axis, n in enumerate(box.shape)])
        top, left = np.clip(np.round(13.5 - middle).astype(int), 0, 28 - np.array(box.shape))
        image[top : top + box.shape[0], left : left + box.shape[1]] = box
    return image


def read(picture: Image.Image) -> dict[str, float]:
    """How likely each class is; "?" is none of them, where the network has an output for that."""
    answer = network.predict(framed(picture)[np.newaxis, ..., np.newaxis], verbose=0)[0]
    if answer.min() < 0 or abs(answer.sum() - 1) > 0.001:  # logits; a network that ends in a softmax gives shares
        answer = np.exp(answer - answer.max())
    return dict(zip([*CLASSES, "?"], (answer / answer.sum()).tolist(), strict=False))


words = gr.I18n(
    en={"picture": "Picture", "answer": "Answer", "read": "Read", "clear": "Clear"},
    fr={"picture": "Image", "answer": "Réponse", "read": "Lire", "clear": "Effacer"},
)
picture = gr.Image(type="pil", image_mode=None, label=words("picture"))
answer = gr.Label(num_top_classes=3, label=words("answer"))
buttons = {"submit_btn": gr.Button(words("read"), variant="primary"), "clear_btn": gr.Button(words("clear"))}
page = gr.Interface(read, picture, answer, api_name="read", flagging_mode="never", **buttons)

if __name__ == "__main__":
    page.launch(i18n=words)  # in the browser's language, at the first free port from 7860 on
