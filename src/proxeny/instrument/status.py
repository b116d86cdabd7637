"""The status of a duty that runs: what has been done about it, and whether in time (decision 8 of the duties)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from proxeny.instrument.limits import Due
from proxeny.instrument.norm import Norm
from proxeny.instrument.scene import Scene
from proxeny.instrument.situation import Event
from proxeny.instrument.truth import Step, shown_event


def status_of(
    norm: Norm, scene: Scene, due: Due, at: dt.datetime, unclear: Callable[[Event], bool]
) -> dict[str, Any]:
    """The status, with what led to it: the fields of a Duty, and `steps` for its trace.

    `unclear`: whether an event that names no addressee may as well discharge a duty towards somebody else; it then
    discharges neither, and its addressee is asked for.
    """
    if norm.modality in ("prohibition", "permission") or norm.discharge is None:
        return {"status": "standing"}
    steps: list[Step] = []
    done, asked = _discharge(norm, scene, unclear)
    lapsed = _first(scene, norm.lapse, since=_since(scene))
    refused = _refusal(norm, scene)
    disputed = next((e for e in scene.events if _disputes(e, norm, scene)), None)
    ends = [(e, name) for e, name in ((done, "discharged"), (lapsed, "lapsed"), (refused, "refused")) if e]
    if ends:
        event, name = min(ends, key=lambda pair: (pair[0].at, pair[0].number))
        steps.append(Step(name, "yes", shown_event(event)))
        found = _ended(norm, scene, due, event, name)
        return found | {"steps": (*steps, *found.get("steps", ()))}
    late = due.late_after is not None and at > due.late_after
    reason = _reason(norm, scene, due, None)
    status = "late" if late else "due"
    if late and reason is not None:
        status, steps = "late_with_reason", [*steps, Step("reason", "yes", shown_event(reason))]
    if disputed is not None:
        status = "disputed"
        steps.append(Step("disputed", "yes", shown_event(disputed)))
    return {
        "status": status,
        "reason": said_reason(reason) if late and reason is not None else "",
        "needs": (*_ground_needed(norm, scene), *asked),
        "steps": tuple(steps),
    }


def _ended(norm: Norm, scene: Scene, due: Due, event: Event, name: str) -> dict[str, Any]:
    if name == "lapsed":
        return {"status": "lapsed", "done_at": event.at}
    if name == "refused":
        ground = str(event.attributes["ground"])
        return {"status": "refused_with_ground", "done_at": event.at, "reason": ground}
    proof = _first(scene, norm.discharge.proof if norm.discharge else (), since=event.at)
    found: dict[str, Any] = {
        "status": "discharged",
        "done_at": event.at,
        "proved_by": proof.source if proof else None,
    }
    if due.late_after is None or event.at <= due.late_after:
        return found
    reason = _reason(norm, scene, due, event)
    found["status"] = "discharged_late"
    if reason is not None:
        found |= {"reason": said_reason(reason), "steps": (Step("reason", "yes", shown_event(reason)),)}
    return found


def said_reason(event: Event) -> str:
    """The reason as it was given, else the record that holds it."""
    return str(event.attributes.get("reason") or event.source or event.event)


def _since(scene: Scene) -> dt.datetime | None:
    return scene.trigger.at if scene.trigger else None


def _first(scene: Scene, patterns: Any, since: dt.datetime | None) -> Event | None:
    found = scene.matching(patterns)
    return next((event for event in found if since is None or event.at >= since), None)


def _discharge(
    norm: Norm, scene: Scene, unclear: Callable[[Event], bool]
) -> tuple[Event | None, tuple[str, ...]]:
    """The first event that discharges; one before the trigger only where the norm lets it count. And the
    addressees to ask for, of those that would."""
    if norm.discharge is None:
        return None, ()
    since = None if norm.discharge.early else _since(scene)
    asked = []
    for event in scene.matching(norm.discharge.events):
        if since is not None and event.at < since:
            continue
        if not unclear(event):
            return event, ()
        asked.append(f"to of {event.source or event.event}")
    return None, tuple(dict.fromkeys(asked))


def _refusal(norm: Norm, scene: Scene) -> Event | None:
    """The first refusal that gives a ground."""
    since = _since(scene)
    for event in scene.matching(norm.refusal):
        if (since is None or event.at >= since) and event.attributes.get("ground") not in (None, "unknown"):
            return event
    return None


def _ground_needed(norm: Norm, scene: Scene) -> tuple[str, ...]:
    """A refusal without a ground refuses nothing; its ground is asked for."""
    return ("ground",) if _first(scene, norm.refusal, _since(scene)) is not None else ()


def _reason(norm: Norm, scene: Scene, due: Due, done: Event | None) -> Event | None:
    """The event that gives reasons for lateness in the time that the norm allows for them."""
    if norm.late_reason is None:
        return None
    if done is not None and done.attributes.get("reason"):
        return done
    for event in scene.events:
        if event.event != "delay_explained" or event.by not in scene.bearer.accepts:
            continue
        if norm.late_reason.given == "before_limit":
            in_time = due.late_after is None or event.at <= due.late_after
        else:
            in_time = done is None or event.at <= done.at
        if in_time:
            return event
    return None


def _disputes(event: Event, norm: Norm, scene: Scene) -> bool:
    """Whether a side of the duty disputes it, naming the norm or its row."""
    if event.event != "disputed" or event.attributes.get("duty") not in (norm.id, *norm.rows):
        return False
    return event.by in scene.bearer.accepts | scene.counterparty.accepts
