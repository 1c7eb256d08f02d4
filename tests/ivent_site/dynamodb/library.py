"""A small library: models, rows and paths of every kind that the engine declares."""

from typing import Any

from django.db import models
from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from ivent_site.dynamodb.rows import Row, RowMeta, sort_key, table_name
from ivent_site.dynamodb.store import Path, Prefix, Store, bind

STATUSES = ("draft", "live", "gone")
SHELVES = "shelf"


class Shelf(models.Model):
    """All shelves are one partition of their table."""

    code = models.CharField(primary_key=True, max_length=20)
    name = models.CharField(max_length=50)

    objects: models.Manager["Shelf"] = models.Manager()

    class Meta:
        managed = False
        app_label = "events"
        db_table = "shelves"


class Book(models.Model):
    """Listed by status and by shelf, searched by title."""

    id = models.CharField(primary_key=True, max_length=20)
    title = models.CharField(max_length=50)
    status = models.CharField(max_length=10, choices=[(s, s) for s in STATUSES])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    pages = models.IntegerField(default=0)
    rating = models.FloatField(null=True, blank=True)
    hidden = models.BooleanField(default=False)
    note = models.CharField(max_length=50, null=True, blank=True)  # noqa: DJ001 - NULL text is a case
    tags = models.JSONField(default=list, blank=True)
    shelf = models.ForeignKey(Shelf, models.CASCADE, null=True, blank=True)

    objects: models.Manager["Book"] = models.Manager()

    class Meta:
        managed = False
        app_label = "events"
        db_table = "books"

    def __str__(self) -> str:
        return self.title


class ShelfRow(Row):
    class Meta(RowMeta):
        table_name = table_name("shelves")

    partition = UnicodeAttribute(hash_key=True, default=SHELVES)
    code = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()


class BooksByStatus(GlobalSecondaryIndex["BookRow"]):
    class Meta:
        index_name = "by_status"
        projection = AllProjection()

    status = UnicodeAttribute(hash_key=True)
    start_key = UnicodeAttribute(range_key=True)


class BooksByTitle(GlobalSecondaryIndex["BookRow"]):
    class Meta:
        index_name = "by_title"
        projection = AllProjection()

    title_initial = UnicodeAttribute(hash_key=True)
    title_key = UnicodeAttribute(range_key=True)


class BooksByShelf(GlobalSecondaryIndex["BookRow"]):
    class Meta:
        index_name = "by_shelf"
        projection = AllProjection()

    shelf_status = UnicodeAttribute(hash_key=True)
    start_key = UnicodeAttribute(range_key=True)


class BookRow(Row):
    class Meta(RowMeta):
        table_name = table_name("books")

    id = UnicodeAttribute(hash_key=True)
    title = UnicodeAttribute()
    status = UnicodeAttribute()
    starts_at = UTCDateTimeAttribute()
    ends_at = UTCDateTimeAttribute(null=True)
    pages = NumberAttribute(default=0)
    rating = NumberAttribute(null=True)
    hidden = BooleanAttribute(default=False)
    note = UnicodeAttribute(null=True)
    tags = JSONAttribute(default=list)
    shelf_id = UnicodeAttribute(null=True)
    # No field of the model: the ORM must keep it.
    secret = UnicodeAttribute(null=True)

    start_key = UnicodeAttribute(null=True)
    title_initial = UnicodeAttribute(null=True)
    title_key = UnicodeAttribute(null=True)
    shelf_status = UnicodeAttribute(null=True)

    by_status = BooksByStatus()
    by_title = BooksByTitle()
    by_shelf = BooksByShelf()

    def index_keys(self) -> dict[str, Any]:
        title = self.title.lower()
        return {
            "start_key": sort_key(self.starts_at, self.id),
            "title_initial": title[:1] or None,
            "title_key": sort_key(title, self.id) if title else None,
            "shelf_status": f"{self.shelf_id}#{self.status}" if self.shelf_id else None,
        }


bind(
    Shelf,
    Store(
        row=ShelfRow,
        key=lambda pk: (SHELVES, pk),
        paths=(Path(partition="partition", partitions=(SHELVES,), order="code"),),
    ),
)
bind(
    Book,
    Store(
        row=BookRow,
        paths=(
            Path(index="by_status", partition="status", partitions=STATUSES, order="starts_at"),
            Path(index="by_shelf", partition=("shelf_id", "status"), order="starts_at"),
            Prefix(index="by_title", field="title", normalize=str.lower),
        ),
    ),
)
