"""What to tell whom and when, and how it reads. Pure."""
