"""The thumbnail of an object without a picture: a sign and a few words on dark."""

from typing import Final

from PIL import Image, ImageDraw, ImageFont

_BACKGROUND: Final = (24, 28, 34)
_FRAME: Final = (52, 60, 72)
_SIGN: Final = (214, 222, 232)
_WORDS: Final = (140, 152, 168)


def placeholder(lines: list[str], width: int, height: int) -> Image.Image:
    """Draw the sign large and the words below it, as far as there is room."""
    image = Image.new("RGB", (width, height), _BACKGROUND)
    draw = ImageDraw.Draw(image)
    side = min(width, height)
    if side < 16:
        return image
    edge = max(side // 40, 1)
    draw.rectangle((0, 0, width - 1, height - 1), outline=_FRAME, width=edge)
    sign, words = lines[0], lines[1] if len(lines) > 1 else ""
    middle = width / 2
    font = _fitting(draw, sign, 0.8 * width, 0.28 * side)
    draw.text((middle, 0.42 * height), sign, _SIGN, font=font, anchor="mm")
    if side >= 64 and words:
        small = ImageFont.load_default(max(0.095 * side, 8))
        for number, line in enumerate(_wrapped(draw, words, 0.86 * width, small)[:2]):
            at = (middle, 0.68 * height + number * 0.12 * side)
            draw.text(at, line, _WORDS, font=small, anchor="mm")
    return image


_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def _fitting(draw: ImageDraw.ImageDraw, text: str, width: float, size: float) -> _Font:
    font: _Font = ImageFont.load_default(max(size, 6))
    length = draw.textlength(text, font)
    if length > width:
        font = ImageFont.load_default(max(size * width / length, 6))
    return font


def _wrapped(draw: ImageDraw.ImageDraw, text: str, width: float, font: _Font) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and draw.textlength(longer, font) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
