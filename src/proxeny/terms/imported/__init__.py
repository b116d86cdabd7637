"""Vocabularies of others: read from what they publish, kept in folders of the crosswalks' own form, joined at run time."""
