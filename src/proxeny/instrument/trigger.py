"""Which of several events is the trigger, where a norm takes the first."""

from __future__ import annotations

import msgspec

from proxeny.instrument.mentions import leaves
from proxeny.instrument.norm import AttributeIs, Norm
from proxeny.instrument.scene import Scene
from proxeny.instrument.situation import Event
from proxeny.instrument.truth import judge


def reads_trigger(norm: Norm) -> bool:
    """Whether its condition asks what the trigger event itself says."""
    condition = norm.condition
    return condition is not None and any(isinstance(leaf, AttributeIs) for leaf in leaves(condition))


def first_of(norm: Norm, scene: Scene, matched: list[Event]) -> Event:
    """The first event of which the condition holds; else the first of which that is unknown; else the first.

    An assessment that asks for nothing does not use up the duty: one that comes after it may. One that has begun a duty
    is not replaced by a later one, so a reassessment never postpones (decision 7 of the duties).
    """
    if len(matched) > 1 and reads_trigger(norm) and norm.condition is not None:
        values = [judge(norm.condition, msgspec.structs.replace(scene, trigger=e)).value for e in matched]
        for value in ("yes", "unknown"):
            if value in values:
                return matched[values.index(value)]
    return matched[0]
