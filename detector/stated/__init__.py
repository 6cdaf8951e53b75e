"""What others say of the nights: diaries, sleep logs, hypnograms of a laboratory."""
