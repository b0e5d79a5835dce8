"""Model cards, charts, Spaces and the tables of the documents."""
