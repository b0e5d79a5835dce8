"""Where networks fail on the test set, and what their confidence is worth."""
