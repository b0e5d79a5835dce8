"""Interface text: `T("key")` is a marker that the page itself turns into the visitor's language."""

import gradio as gr

from cnn import text

T = gr.I18n(**{language: text.table(language) for language in text.LANGUAGES})
