"""`proxeny level`: a facts file on the incident scale."""

from __future__ import annotations

import click

from proxeny.actions.level import level as rate_facts
from proxeny.base.records import encode_json
from proxeny.cli.options import json_option
from proxeny.cli.refusal import refusals
from proxeny.wiring import read_input
