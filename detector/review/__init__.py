"""People's judgements and other lists of events, held against those found."""
