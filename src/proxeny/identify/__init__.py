"""From a Report to an Identification: types with evidence, the incident scale, the decision instrument."""
