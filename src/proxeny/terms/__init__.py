"""The Common Terminology: concepts in six languages, crosswalks to outside schemes, search."""
