"""Tables (CSV) for spreadsheets: written only, since no two senders mean the same by a column."""
