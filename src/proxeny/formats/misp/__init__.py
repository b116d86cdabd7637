"""MISP events (MISP core format): one Report for each event."""

from proxeny.formats.misp.read import read

__all__ = ["read"]
