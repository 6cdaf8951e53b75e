"""Which files are analysed, and in which state they are."""
