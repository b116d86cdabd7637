"""Ids, errors, time, and decoding of outside bytes under named limits. Imports nothing of Proxeny."""
