"""Shadowserver reports (CSV): which type a file is, and its rows as Reports."""
