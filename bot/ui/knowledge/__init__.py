"""What several cogs show of a knowledge pack: its statements, and ways to its cards."""
