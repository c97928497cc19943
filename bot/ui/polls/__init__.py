"""What several cogs say about polls."""
