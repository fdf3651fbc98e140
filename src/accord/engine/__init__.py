"""Reads the rooms' SQL files and the tables or Parquet files handed to it; knows no music and no journal.
Writes nothing.
Holds the two engines behind one door, `running.open_engine` (DuckDB here, Spark elsewhere), and the guards on results.
"""
