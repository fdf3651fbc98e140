"""Reads nothing of anybody's: everything here is made up, and marked `demonstration`.
Writes what the rooms' own doors write when it walks the main job through them.
Holds the demonstration: its parties, its music, its usage, in the order of the story.
"""
