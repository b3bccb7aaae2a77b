"""What a text says: plain text, folding, tokens, language, word forms. Pure."""
