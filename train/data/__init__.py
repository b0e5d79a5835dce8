"""Sets of pictures and strokes to train and to measure on."""
