"""Pictures that moderators upload."""

from dataclasses import dataclass

from bot.errors import UserError

PICTURE_LIMIT = 8 * 1024 * 1024
ALT_LIMIT = 300
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be posted. `alt` says what there is to see, for those who cannot."""

    filename: str
    data: bytes
    alt: str


def picture(data: bytes, alt: str) -> Picture:
    """The uploaded bytes as a picture; UserError unless Discord shows them as one.

    What a file is follows from how it begins, whatever it is called.
    """
    check_size(len(data))
    kind = next((kind for start, kind in _SIGNATURES if data.startswith(start)), None)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        kind = "webp"
    if kind is None:
        raise UserError("The file is no picture. Upload a PNG, JPEG, GIF or WebP file.")
    return Picture(f"picture.{kind}", data, alt)


def check_size(size: int) -> None:
    """UserError for more bytes than an announcement takes."""
    if size > PICTURE_LIMIT:
        raise UserError(
            f"The picture has {size / 1024 / 1024:.1f} MiB; up to 8 MiB fit. Upload a smaller one."
        )
