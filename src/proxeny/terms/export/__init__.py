"""The terminology and its crosswalks in the forms that other tools read, one module a form.

Each gives the same bytes for the same knowledge: no date, and the order of the terminology's files.
"""
