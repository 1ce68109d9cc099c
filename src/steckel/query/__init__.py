"""One query engine for C-FIND, QIDO-RS and the workstation (PS3.4 C.2, PS3.18 10.6)."""
