"""Views that are asked for by name: what was asked is checked against what the view takes, in this one place."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pydantic

from cnn.types import InputError

Asked = dict[str, Any]  # as the page sends it: {"view": name, ...}
View = Callable[..., Any]


class Views(Mapping[str, View]):
    """The views of a wing, by their functions' names. What can be asked of one is its keyword-only arguments."""

    def __init__(self, *views: View, **named: View):
        self._views = {**{view.__name__: view for view in views}, **named}
        self._requests = {name: _request(view) for name, view in self._views.items()}

    def __getitem__(self, name: str) -> View:
        return self._views[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)

    def show(self, asked: object, *known: Any) -> Any:
        """What the view gives that is asked for as `{"view": name, ...}`; `known` are its other arguments.

        InputError for an unknown view, and for what it needs and is missing or of another type. Other keys are ignored.
        """
        view = asked.get("view") if isinstance(asked, dict) else asked
        if not isinstance(asked, dict) or not isinstance(view, str) or view not in self._views:
            raise InputError("unknown_view", name=str(view)[:80], valid=", ".join(self))
        try:
            request = self._requests[view].model_validate(asked)
        except pydantic.ValidationError as error:
            place = ".".join(map(str, error.errors(include_url=False)[0]["loc"]))
            raise InputError("request", view=view, place=place[:80]) from None
        return self._views[view](*known, **{name: getattr(request, name) for name in type(request).model_fields})


def _request(view: View) -> type[pydantic.BaseModel]:
    """The type of what can be asked of a view."""
    asked = [one for one in inspect.signature(view).parameters.values() if one.kind is one.KEYWORD_ONLY]
    fields: dict[str, Any] = {
        one.name: (one.annotation, ... if one.default is one.empty else one.default) for one in asked
    }
    return pydantic.create_model(view.__name__, __config__=pydantic.ConfigDict(strict=True), **fields)
