"""`python -m proxeny` is `proxeny`."""

from proxeny.cli.main import main

main()
