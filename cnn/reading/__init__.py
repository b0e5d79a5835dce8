"""A framed picture -> an answer; a page -> numbers."""
