"""Patients, orders, appointments, performed steps, reports: the department's side.

Whoever says something about them, an outside RIS over HL7, a modality by MPPS, or our own
screens, says it as a statement with its time (`model`). The rule: what is known is the
fold of all statements, so that neither their order of arrival nor a repeat changes it.
"""
