"""A file or pen strokes -> a framed picture. Knows no model."""
