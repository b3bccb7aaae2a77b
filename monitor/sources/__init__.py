"""What can be watched: fetching, parsing and normalising feeds."""
