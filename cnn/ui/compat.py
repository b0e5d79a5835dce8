"""What we use of Gradio's insides, which may change without notice: here alone, and held by tests/test_compat.py."""

import copy
import datetime
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from gradio import Blocks, State, utils
from gradio.data_classes import FileData, ImageData, ListFiles
from gradio.exceptions import InvalidPathError
from gradio.i18n import I18nData
from gradio.route_utils import API_PREFIX, FnIndexInferError
from gradio.state_holder import SessionState, StateHolder

__all__ = [
    "API_PREFIX", "FileData", "FnIndexInferError", "I18nData", "ImageData", "InvalidPathError", "ListFiles",
    "is_unanswered", "is_uploaded", "light_sessions",
]  # fmt: skip


def is_uploaded(path: str) -> bool:
    """Whether a file lies in the folder where Gradio keeps what visitors upload."""
    return utils.is_in_or_equal(path, utils.get_upload_folder())


def is_unanswered(blocks: Blocks, session: str) -> bool:
    """Whether calls of a session are in the queue or being served, or their answers on their way."""
    return bool(blocks._queue.pending_event_ids_session.get(session))


class _LightSession(SessionState):
    """What Gradio keeps of one visitor, without the description of every component: only deep links, which we do not
    serve, need it, and to make it takes longer than to read a digit."""

    def __init__(self, blocks: Blocks):
        self.blocks_config = self._everybodys = blocks.default_config
        self.config_values = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl = {}
        self.is_closed = False
        self.STATE_TTL_WHEN_CLOSED = 3600

    def __setitem__(self, key: int, value: Any) -> None:
        block = self.blocks_config.blocks.get(key)
        if isinstance(block, State):
            self._state_ttl[key] = (block.time_to_live, datetime.datetime.now())
            self.state_data[key] = value
        else:
            if self.blocks_config is self._everybodys:  # copied by whose components change, which few scripts' do
                self.blocks_config = copy.copy(self._everybodys)
            self.blocks_config.blocks[key] = value

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass


class _LightSessions(StateHolder):
    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = _LightSession(self.blocks)
        return super().__getitem__(session_id)


@asynccontextmanager
async def light_sessions(app: FastAPI) -> AsyncIterator[None]:
    """For FastAPI's `lifespan`: a new visitor costs Gradio's app nothing much."""
    gradios: Any = app
    gradios.state_holder = _LightSessions()
    gradios.state_holder.set_blocks(gradios.get_blocks())
    yield
