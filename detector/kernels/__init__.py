"""The inner loops. Arrays and scalars only; each has a naive twin in the tests."""
