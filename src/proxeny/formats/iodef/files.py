"""Files, digests and registry keys of IODEF (RFC 7970, sections 3.22 to 3.27)."""

from __future__ import annotations

import base64
import binascii
import re

from proxeny.formats.iodef.gathered import Gathered, each
from proxeny.formats.iodef.shape import Tree
from proxeny.formats.normal import HASHES

_HEX = re.compile(r"[0-9A-Fa-f]+", re.ASCII)


def read_record(tree: Tree, at: str, draft: Gathered) -> None:
    """The files and keys of a record; the records themselves are kept out, unopened."""
    each(tree, "FileData", at, draft, read_files)
    each(tree, "WindowsRegistryKeysModified", at, draft, read_keys)
    draft.rest(tree, "RecordData", ("FileData", "WindowsRegistryKeysModified"), at)


def read_files(tree: Tree, at: str, draft: Gathered) -> None:
    """The names and digests of files."""
    for index, item in enumerate(tree["File"]):
        below = f"{at}/File/{index}"
        if "FileName" in item:
            draft.observe("filename", item["FileName"], f"{below}/FileName")
        if "HashData" in item:
            read_hashes(item["HashData"], f"{below}/HashData", draft)
        draft.rest(item, "File", ("FileName", "HashData"), below)


def read_hashes(tree: Tree, at: str, draft: Gathered) -> None:
    """The digests of a HashData, told apart by their lengths."""
    for index, item in enumerate(tree.get("Hash", ())):
        below = f"{at}/Hash/{index}"
        digest = hash_form(item["DigestValue"])
        if digest:
            draft.observe("hash", digest, f"{below}/DigestValue")
        else:
            draft.lose(
                f"{below}/DigestValue", "digests of other lengths than MD5, SHA-1, SHA-256 and SHA-512"
            )
        draft.rest(item, "Hash", ("DigestMethod", "DigestValue"), below)
    held = ("Hash", "scope") if tree["scope"] in ("file-contents", "email-hash") else ("Hash",)
    draft.rest(tree, "HashData", held, at)


def hash_form(written: str) -> str:
    """The hexadecimal form of a DigestValue: base64 of the bytes (XML Signature, section 4.4.3.6), or hexadecimal as
    many write it; the lengths of the two never meet. "" if it is neither, or of another length."""
    value = "".join(written.split())
    if _HEX.fullmatch(value) and len(value) in HASHES:
        return value.lower()
    try:
        digest = base64.b64decode(value, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""
    return digest if len(digest) in HASHES else ""


def read_keys(tree: Tree, at: str, draft: Gathered) -> None:
    """The names of registry keys."""
    for index, item in enumerate(tree["Key"]):
        draft.observe("other", item["KeyName"], f"{at}/Key/{index}/KeyName")
        draft.rest(item, "Key", ("KeyName",), f"{at}/Key/{index}")
