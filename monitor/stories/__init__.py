"""Which articles are one article, one text, one event. Pure."""
