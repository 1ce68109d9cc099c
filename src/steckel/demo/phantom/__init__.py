"""Computed bodies: anatomy as functions of millimetres, evaluated on any grid.

Coordinates are the patient's (PS3.3 C.7.6.2.1.1): x to the left, y to the
back, z to the head. Nothing here knows DICOM objects; `steckel.demo.exams`
turns what is computed here into them.
"""
