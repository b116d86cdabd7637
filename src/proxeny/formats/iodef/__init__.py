"""IODEF version 2 (RFC 7970) in XML. What is common with its JSON form (RFC 8727, `formats.iodef_json`) stands here:
`classes` the facts of the schema, `shape` a document in the shape of JSON-IODEF, `document` a document as Reports,
`compose` a Report as a document."""
