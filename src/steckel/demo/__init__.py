"""A small invented radiology department, computed: patients, studies, reports.

`department.generate` writes it as DICOM files into a folder; whoever calls it
archives them like any other import. `phantom` computes bodies, `exams` makes
DICOM objects of them, `agenda` says who came when for what. No real person's
data is in it; `NOTICE` names the one template that is not computed here.
"""
