"""Series of tests that a school class hands in."""
