"""Readers: one folder per source format, each turning bytes into Reports with their losses."""
