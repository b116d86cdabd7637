"""VERIS records (veriscommunity.net), versions 1.2 to 1.4."""
