"""How well it works: each program prints a table with its n and its intervals."""
