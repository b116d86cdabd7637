"""National forms (CSV or JSON), read through a mapping file that a person writes."""
