"""The exams of the demo department: each makes the series of one study.

An exam takes an `Acquisition` and what is special about the visit, computes
pictures with `steckel.demo.phantom`, and writes complete objects.
"""
