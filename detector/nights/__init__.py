"""From candidates and epochs to judged nights: wear, sleep, kinds, counts, confidence."""
