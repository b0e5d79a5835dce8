"""Interface text: `T("key")` is a marker that the page itself turns into the visitor's language."""

import gradio as gr
from fastapi import Request

from cnn import text
from cnn.ui.compat import I18nData


class Markers(gr.I18n):
    """Markers of texts of `assets/text`. A page gets the texts that were marked, and no others."""

    def __init__(self):
        super().__init__(**{language: {} for language in text.languages()})

    def __call__(self, key: str) -> I18nData:
        """The marker of a text. KeyError for an unknown key."""
        for language, marked in self.translations.items():
            marked[key] = text.table(language)[key]
        return super().__call__(key)

    def numbered(self, key: str, count: int) -> list[I18nData]:
        """The markers of a text whose `{number}` is 1 to `count`."""
        for language, marked in self.translations.items():
            marked |= {f"{key}.{n}": text.say(key, language, number=n) for n in range(1, count + 1)}
        return [super(Markers, self).__call__(f"{key}.{n}") for n in range(1, count + 1)]


T = Markers()


def language_of(request: gr.Request | Request | None) -> str:
    """The language of a visitor's page: what its address says, else their browser's first; a script's is English."""
    asked = getattr(request, "query_params", {}).get("lang")
    header = getattr(request, "headers", {}).get("accept-language")
    return asked if asked in text.languages() else text.preferred(header)
