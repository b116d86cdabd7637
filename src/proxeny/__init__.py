"""Proxeny: the desk at which a State's points of contact identify an ICT incident in common terms."""

__version__ = "0.1.0"
