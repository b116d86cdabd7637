"""`proxeny verify`: what an evidence file proves."""

from __future__ import annotations

import sys

import click

from proxeny.actions.verify import root_of_file, verify_file
from proxeny.base.records import encode_json
from proxeny.cli.options import json_option
from proxeny.cli.refusal import BAD_INPUT, refusals
from proxeny.directory.pairing import fingerprint
from proxeny.exchange.evidence_verify import Claim, Proven, Verdict
from proxeny.wiring import now, read_input

FAILED = 1
_STANDINGS = {
    "valid": "no key that signed is revoked",
    "signed-before": "a key that signed was revoked later; a third State saw the message before its compromise",
    "time-unproven": "a key that signed was revoked; the signature is valid, its time unproven: a person decides",
}


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--root",
    required=True,
    metavar="ROOT",
    help="The root of trust: sha256: and 64 hex digits, or the file of its first version.",
)
@json_option
def verify(file: str, root: str, as_json: bool) -> None:
    """Verify an evidence FILE offline (- reads standard input), with nothing but the root of trust.

    The signatures of keepers, States, desks, authorities, logs and witnesses are checked as docs/reference/wire.md
    says. Exit code 1 when a step refuses the file.
    """
    with refusals():
        trust = root if root.startswith("sha256:") else root_of_file(read_input(root))
        verdict = verify_file(read_input(file), trust, now())
    if as_json:
        click.echo(encode_json(verdict))
    else:
        _show(verdict)
    if not verdict.valid:
        sys.exit(BAD_INPUT if verdict.refused_at == "evidence" else FAILED)


def _show(verdict: Verdict) -> None:
    if not verdict.valid:
        click.echo(f"proxeny: refused at the step {verdict.refused_at}", err=True)
        for fault in verdict.faults:
            click.echo(f"proxeny: {fault}", err=True)
        return
    click.echo(f"holds, under a root of kind {verdict.kind}, fingerprint {fingerprint(verdict.root)}")
    if verdict.stale_since:
        click.echo(f"the directory in the file is stale since {verdict.stale_since}")
    click.echo(f"proven of the first message: {', '.join(verdict.reached)}")
    for message in verdict.messages:
        _show_message(message)
    for claim in verdict.claims:
        _show_claim(claim)


def _show_message(message: Proven) -> None:
    form = message.form or "content not shown"
    click.echo(
        f"{message.sender} to {message.addressee}, {message.context}: {form} {message.uuid or ''}".rstrip()
    )
    if message.persons:
        click.echo(
            f"  signed by {message.persons} person{'s' if message.persons > 1 else ''} of the authority"
        )
    for what, time in (
        ("created, says the sender", message.created_at),
        ("arrived, says the receiver", message.arrived_at),
        ("seen in the receiver's log, says a third State", message.witnessed_at),
    ):
        click.echo(f"  {what}: {time or 'nothing shows it'}")
    click.echo(f"  {_STANDINGS[message.standing]}")


def _show_claim(claim: Claim) -> None:
    void = "void: proof stands against it" if claim.void else "its claim, which nothing here disproves"
    click.echo(f"{claim.signer} claimed at {claim.stated_at}: not {claim.missing} ({void})")
