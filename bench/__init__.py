"""Measurements beside the peers, in one run, quoted as ratios.

`__main__` is the command; `contestants` are the servers, each of which starts
itself; `works` are what is measured, a module for each kind of work; `stage`
lets contestants take turns; `result` and `table` say how they stand to the
marks. `study_list` and `generate_index` are about a large index alone.
"""
