"""The chapters of the demonstration, in the order the music flows: each calls the rooms' own doors and nothing else."""
