"""Towns whose truth is known: students, their answers, and crashes, on a real network."""
