"""Trainings for the lab of the page, in a process of their own."""
