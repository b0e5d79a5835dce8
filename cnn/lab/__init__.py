"""The lab: a network that learns, looked at while it does."""
