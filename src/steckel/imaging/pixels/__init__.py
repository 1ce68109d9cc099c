"""What happens to pixels; imported in worker processes only.

::

    attributes ─▶ pixel_format ─▶ decoding ─▶ samples ─┬─▶ grey ───┬─▶ picture
                                                        └─▶ colour ─┘
"""
