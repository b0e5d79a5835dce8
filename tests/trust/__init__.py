"""Bad inputs of every kind, made here: each is answered, or refused with one sentence, and nothing else is lost."""
