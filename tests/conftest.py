"""Makes the helpers beside it (`shared`) importable from every test."""
