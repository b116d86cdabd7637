"""STIX 2.1: one Report for each incident, else for each report or grouping, else for the whole file."""

from proxeny.formats.stix.read import read

__all__ = ["read"]
