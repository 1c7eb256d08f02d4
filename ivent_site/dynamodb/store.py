"""Declares how a Django model is stored: its row, its key, and the key paths to read it by.

The engine serves a queryset only along a declared path. Nothing else is read: a queryset
that fits none raises NotSupportedError, which names the paths there are. A full example,
in an app's `models.py`, below the unmanaged model::

    from ivent_site.dynamodb.store import Path, Prefix, Store, bind

    bind(Event, Store(
        row=EventRow,
        paths=(
            Path(index="by_status", partition="status", partitions=tuple(EventStatus),
                 order="starts_at"),
            Prefix(index="by_title", field="title", normalize=title_search_text, initial=1),
        ),
    ))

    # One partition that is known by a constant: `partition` names no field of the model.
    # The range key is the primary key itself.
    bind(Topic, Store(
        row=TopicRow,
        key=lambda pk: (TOPIC_PARTITION, pk),
        paths=(Path(partition="partition", partitions=(TOPIC_PARTITION,), order="slug"),),
    ))

    # A partition that cannot be listed: served only with `event_id=` in the filter.
    bind(Announcement, Store(
        row=AnnouncementRow,
        key=lambda pk: (pk[:36], pk),
        paths=(
            Path(partition="event_id", order="id"),
            Path(index="by_state", partition="state", partitions=tuple(AnnouncementState),
                 order="created_at"),
        ),
    ))

Django's field names (a foreign key's is its `attname`) equal the row's attribute names; a
JSONField stands for a list, map or JSON attribute. What no key answers is decided in Python
over the rows that a path reads, at most `READ_CAP` of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import NotSupportedError, models

from ivent_site.dynamodb.parts import PART_INITIAL, PartRow
from ivent_site.dynamodb.rows import Row

# The most rows that one query reads. What would need more is refused, or told to be partial.
READ_CAP: Final = 2000


@dataclass(frozen=True, kw_only=True)
class Path:
    """Lists: the rows of one partition, or of several merged, in the order of `order`.

    `partition` is the hash key: a field of the model, several (their values joined by '#'
    in the row), or an attribute that no field stands for. A filter on it (exact or in)
    chooses partitions; without one, all of `partitions` are read and merged; if that is
    empty too, the path does not serve the queryset.
    `order` is the field that the range key begins with: a DateTimeField, when the range key
    is `sort_key(value, id)`, or the primary key, when it is just that. Filters on it bound
    the read. `index` None is the table itself; of one that projects keys only, the rows are
    read from the table, a BatchGetItem for up to a hundred.
    """

    partition: str | tuple[str, ...]
    order: str
    index: str | None = None
    partitions: tuple[Any, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The parts of the partition key."""
        return (self.partition,) if isinstance(self.partition, str) else self.partition

    def __str__(self) -> str:
        among = " (or none)" if self.partitions else ""
        return f"{' + '.join(self.fields)}{among}, ordered by {self.order}"


@dataclass(frozen=True, kw_only=True)
class Prefix:
    """Search: the rows whose `field` begins with a text.

    The index' hash key is the first `initial` characters of `normalize(value)`, its range
    key begins with all of them. `field__istartswith` compares normalized texts;
    `field__startswith` and `field=` read the same way and then compare exactly.
    """

    index: str
    field: str
    normalize: Callable[[str], str] = str.casefold
    initial: int = 1

    def __str__(self) -> str:
        return f"{self.field} beginning with {self.initial} or more characters"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Search: the rows whose `field` contains a text.

    `entries` is a table with an item for each part of a row's field that can be searched for
    (`parts`, of the folded text). `field__icontains` compares folded texts; the longest of
    several is looked up, the others are checked in the entries. The rows come in the order of
    the text from the match on, each once.
    """

    entries: type[PartRow]
    field: str
    fold: Callable[[str], str]
    parts: Callable[[str], Iterable[str]]

    # The entries are a table of their own.
    index: None = None

    def __str__(self) -> str:
        return f"{self.field} containing {PART_INITIAL} or more characters"


AccessPath = Path | Prefix | Parts


@dataclass(frozen=True, kw_only=True)
class Store:
    """Where a model's rows are, and the paths to them. `key` makes the table's key of a pk."""

    row: type[Row]
    paths: tuple[AccessPath, ...] = ()
    key: Callable[[Any], tuple[Any, ...]] = field(default=lambda pk: (pk,))

    @property
    def normalizers(self) -> dict[str, Callable[[str], str]]:
        """How the texts of the searchable fields are compared."""
        return {path.field: path.normalize for path in self.paths if isinstance(path, Prefix)}

    @property
    def folds(self) -> dict[str, Callable[[str], str]]:
        """How the texts of the fields that are searched by parts are compared."""
        return {path.field: path.fold for path in self.paths if isinstance(path, Parts)}


@dataclass(frozen=True, kw_only=True)
class StaticStore:
    """A model whose few records are known to the code: no table, no call, no writing.

    `records` yields each record's values by field `attname`.
    """

    records: Callable[[], Iterable[dict[str, Any]]] = tuple

    @property
    def is_empty(self) -> bool:
        """Whether there is no record at all, so that every query has its answer."""
        return not any(True for _ in self.records())


_stores: dict[type[models.Model], Store | StaticStore] = {}


def bind(model: type[models.Model], store: Store | StaticStore) -> None:
    """Tell the engine where a model's rows are; raises ImproperlyConfigured if they cannot be."""
    if isinstance(store, Store):
        for path in store.paths:
            _check(model, store, path)
    _stores[model] = store


def store_of(model: type[models.Model]) -> Store | StaticStore:
    """The store that the model is bound to; NotSupportedError if it is to none."""
    concrete = model._meta.concrete_model
    try:
        return _stores[concrete]  # type: ignore[index]
    except KeyError:
        raise NotSupportedError(f"{model._meta.label} is bound to no DynamoDB table.") from None


def _check(model: type[models.Model], store: Store, path: AccessPath) -> None:
    label = f"{model._meta.label}, path {path}"
    if path.index is not None:
        index = store.row._indexes.get(path.index)
        if index is None:
            raise ImproperlyConfigured(f"{label}: the row has no index {path.index}.")
        if index.Meta.projection.projection_type not in {"ALL", "KEYS_ONLY"}:
            raise ImproperlyConfigured(f"{label}: the index projects some attributes only.")
    name = path.order if isinstance(path, Path) else path.field
    try:
        ordered = model._meta.get_field(name)
    except FieldDoesNotExist as err:
        raise ImproperlyConfigured(f"{label}: the model has no field {name}.") from err
    if isinstance(path, Path) and not (
        ordered.primary_key or isinstance(ordered, models.DateTimeField)  # type: ignore[union-attr]
    ):
        # Text before a '#' does not sort like the text alone.
        raise ImproperlyConfigured(f"{label}: {name} is neither a moment nor the primary key.")
