"""Our own pen: digits, letters and what is no digit, as strokes."""
