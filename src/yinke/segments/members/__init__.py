"""客群成员: who is in each segment and has each ready tag, and since when; as bitmaps, one set of files per date."""

from yinke.segments.members.store import Members, Moved, NotKept, Size

__all__ = ["Members", "Moved", "NotKept", "Size"]
