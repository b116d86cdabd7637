"""JSON-IODEF (RFC 8727): the information model of `formats.iodef` in JSON."""
