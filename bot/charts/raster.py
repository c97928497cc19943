"""A program of its own: SVG on standard input, PNG on standard output, the font as argument.

resvg keeps Python's lock while it draws, up to a tenth of a second. In the bot's process that
would stop every other member's interaction, in any thread; here it stops nothing. Imports
nothing of the bot, so that it starts fast.
"""

import sys

import resvg_py


def png_of(svg: str, font: str) -> bytes:
    """The picture that `svg` describes, with no font but the file `font`."""
    return resvg_py.svg_to_bytes(svg_string=svg, font_files=[font], skip_system_fonts=True)


if __name__ == "__main__":
    sys.stdout.buffer.write(png_of(sys.stdin.buffer.read().decode(), sys.argv[1]))
