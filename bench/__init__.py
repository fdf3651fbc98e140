"""How fast it is: each program prints a ratio against a peer or a physical limit measured in the same run."""
