"""E-mail (RFC 5322 with MIME). The name on the command line is `email`."""
