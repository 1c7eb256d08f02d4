"""Random querysets over the library's books: a recipe that any database can follow."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import methodcaller
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, F, Max, Min, Q, QuerySet, Sum

from tests.ivent_site.dynamodb.library import STATUSES, Book, Shelf

WORDS = ("apple", "april", "bear", "beard", "cold", "#1", "do", "a#b", "100%", "_x")
ZONES = tuple(map(ZoneInfo, ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")))
START = datetime(2025, 11, 1, tzinfo=UTC)
IDS = tuple(f"b{number:02}" for number in range(45))
SHELVES = ("s1", "s2", "s3")
COLUMNS = ("id", "title", "status", "starts_at", "ends_at", "pages", "rating", "hidden", "note")

Query = QuerySet[Book]
Step = Callable[[Query], Any]


@dataclass(frozen=True)
class Recipe:
    """What to do with a queryset, in words and as functions; the last step gives the result."""

    words: str
    steps: tuple[Step, ...]
    is_ordered: bool
    changes: bool = False

    def follow(self, queryset: Query) -> Any:
        result: Any = queryset
        for step in self.steps:
            result = step(result)
        return result


class Recipes:
    """Draws recipes and rows from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def moment(self) -> datetime:
        """A moment of some four months; often one that others have too."""
        days = self.random.choice((0, 1, 30, 31, 60, self.random.randrange(120)))
        seconds = self.random.choice((0, 0, 1, self.random.randrange(86400)))
        return START + timedelta(days=days, seconds=seconds)

    def words(self) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(1, 2)))

    def maybe(self, value: Any) -> Any:
        return value if self.random.random() < 0.7 else None

    def books(self) -> list[dict[str, Any]]:
        """The values of some books."""
        chosen = self.random.sample(IDS, self.random.randint(0, len(IDS)))
        return [self.book(book_id) for book_id in chosen]

    def book(self, book_id: str) -> dict[str, Any]:
        return {
            "id": book_id,
            "title": self.words(),
            "status": self.random.choice(STATUSES),
            "starts_at": self.moment(),
            "ends_at": self.maybe(self.moment()),
            "pages": self.random.randint(-3, 6),
            "rating": self.maybe(self.random.choice((0.5, 1.0, 2.25))),
            "hidden": self.random.random() < 0.5,
            "note": self.maybe(self.random.choice(("", "x", "y"))),
            "tags": self.random.choice(([], ["a"], {"k": [1, None]})),
            "shelf_id": self.maybe(self.random.choice(SHELVES)),
        }

    def recipe(self) -> Recipe:
        """A queryset and what is asked of it."""
        draw = self.random
        words: list[str] = []
        steps: list[Step] = []
        for _ in range(draw.choice((0, 1, 1, 1, 2, 3))):
            condition, method = self.condition(), draw.choice(("filter", "filter", "exclude"))
            words.append(f"{method}({condition})")
            steps.append(methodcaller(method, condition))
        order = self.order()
        if order:
            words.append(f"order_by{order}")
            steps.append(lambda q: q.order_by(*order))
        if order and draw.random() < 0.2:
            words.append("reverse()")
            steps.append(lambda q: q.reverse())
        end, changes = self.end(is_ordered=bool(order))
        words.append(end[0])
        steps.append(end[1])
        return Recipe(".".join(words), tuple(steps), is_ordered=bool(order), changes=changes)

    def order(self) -> tuple[Any, ...]:
        """No order, or a total one: it ends with the primary key."""
        draw = self.random
        if draw.random() < 0.3:
            return ()
        names = draw.sample(COLUMNS[1:], draw.choice((0, 1, 1, 2)))
        if draw.random() < 0.4:
            names = ["starts_at"]
        if draw.random() < 0.1:
            names.append("shelf__name")
        sign = draw.choice(("", "-"))
        parts: list[Any] = [draw.choice((sign, "-", "")) + name for name in names]
        if draw.random() < 0.1:
            parts.insert(0, F("note").asc(nulls_last=True))
        return (*parts, draw.choice((sign, "")) + "pk")

    def condition(self, depth: int = 0) -> Q:
        """A lookup, or a tree of them."""
        draw = self.random
        if depth > 2 or draw.random() < 0.55:
            name, value = self.lookup()
            return Q(**{name: value}) if draw.random() < 0.85 else ~Q(**{name: value})
        parts = [self.condition(depth + 1) for _ in range(draw.choice((2, 2, 3)))]
        joined = parts[0]
        connector = draw.choice("&&||^")
        for part in parts[1:]:
            match connector:
                case "&":
                    joined &= part
                case "|":
                    joined |= part
                case _:
                    joined ^= part
        return ~joined if draw.random() < 0.2 else joined

    def lookup(self) -> tuple[str, Any]:
        draw = self.random
        return draw.choice(
            (
                self.text_lookup,
                self.text_lookup,
                self.status_lookup,
                self.status_lookup,
                self.number_lookup,
                self.moment_lookup,
                self.moment_lookup,
                self.moment_lookup,
                self.key_lookup,
                self.shelf_lookup,
                self.other_lookup,
            )
        )()

    def text_lookup(self) -> tuple[str, Any]:
        text = self.words()
        part = text[: self.random.randint(0, len(text))]
        # SQLite's own LIKE does not tell cases apart: only lower case is asked for exactly.
        plain = self.random.choice(("contains", "startswith", "endswith", "exact", "gt", "lte"))
        folded = self.random.choice(("icontains", "istartswith", "istartswith", "iexact"))
        return self.random.choice(
            ((f"title__{plain}", part), (f"title__{folded}", part.upper()), ("note", "x"))
        )

    def status_lookup(self) -> tuple[str, Any]:
        some = self.random.sample(STATUSES, self.random.randint(0, 3))
        return self.random.choice(
            (("status", self.random.choice((*STATUSES, "none", ""))), ("status__in", some))
        )

    def number_lookup(self) -> tuple[str, Any]:
        name = self.random.choice(("exact", "gt", "gte", "lt", "lte"))
        low = self.random.randint(-3, 6)
        return self.random.choice(
            (
                (f"pages__{name}", low),
                ("pages__range", (low, low + 2)),
                (f"rating__{name}", 1.0),
                ("pages__gt", F("rating")),
                ("pages__in", [low, F("rating"), 2]),
                ("pages", F("rating") * 2 - 1),
            )
        )

    def moment_lookup(self) -> tuple[str, Any]:
        field = self.random.choice(("starts_at", "starts_at", "ends_at"))
        name = self.random.choice(("exact", "gt", "gte", "lt", "lte"))
        part, value = self.random.choice(
            (
                ("year", self.random.choice((2025, 2026))),
                ("month", self.random.randint(1, 12)),
                ("day", 1),
                ("hour", 0),
                ("week_day", 1),
                ("quarter", 4),
                ("date", self.moment().date()),
            )
        )
        one, other = sorted((self.moment(), self.moment()))
        return self.random.choice(
            (
                (f"{field}__{name}", one),
                (f"{field}__range", (one, other)),
                (f"{field}__{part}__{name}", value),
                (f"{field}__{name}", F("ends_at")),
            )
        )

    def key_lookup(self) -> tuple[str, Any]:
        some = self.random.sample(IDS, self.random.randint(0, 5))
        return self.random.choice(
            (
                ("pk", self.random.choice((*IDS, "", "none"))),
                ("pk__in", some),
                ("pk__gte", "b20"),
                ("pk__startswith", "b1"),
            )
        )

    def shelf_lookup(self) -> tuple[str, Any]:
        shelf = self.random.choice(SHELVES)
        return self.random.choice(
            (
                ("shelf", shelf),
                ("shelf_id__in", [shelf, "none"]),
                ("shelf__isnull", self.random.random() < 0.5),
                ("shelf__name", f"name {shelf}"),
                ("shelf__name__gt", f"name {shelf}"),
                ("shelf__in", Shelf.objects.filter(pk__gt=shelf)),
            )
        )

    def other_lookup(self) -> tuple[str, Any]:
        return self.random.choice(
            (
                ("hidden", self.random.random() < 0.5),
                ("note__isnull", self.random.random() < 0.5),
                ("ends_at__isnull", self.random.random() < 0.5),
                ("rating", None),
                ("note__in", ["x", None]),
            )
        )

    def end(self, *, is_ordered: bool) -> tuple[tuple[str, Step], bool]:
        """What is asked of the queryset, and whether it changes rows."""
        draw = self.random
        if draw.random() < 0.06:
            return draw.choice(_changes(draw, self)), True
        low = draw.randint(0, 5)
        high = low + draw.randint(0, 12)
        names = draw.sample(COLUMNS, 2)
        ends: list[tuple[str, Step]] = [
            ("all()", lambda q: list(q.values_list(*COLUMNS, "tags", "shelf_id"))),
            ("objects", lambda q: [_whole(book) for book in q]),
            ("values", lambda q: list(q.values(*names))),
            ("count()", lambda q: q.count()),
            ("exists()", lambda q: q.exists()),
            ("distinct", lambda q: _rows(q.order_by().values_list(names[0]).distinct())),
            ("distinct count", lambda q: q.order_by().values(names[0]).distinct().count()),
            ("related", lambda q: [_related(b) for b in q.select_related("shelf")]),
            ("annotate", lambda q: list(q.annotate(n=F("pages") + 1).values_list("pk", "n"))),
            ("aggregate", lambda q: q.aggregate(Min("starts_at"), Max("starts_at"))),
            (
                "aggregates",
                lambda q: q.aggregate(
                    Count("id"),
                    Count("note"),
                    Count("status", distinct=True),
                    Sum("pages", default=0),
                    Avg("rating"),
                    Max("title"),
                    n=Count("*"),
                    hidden_ones=Count("pk", filter=Q(hidden=True)),
                ),
            ),
            ("months", lambda q: list(q.datetimes("starts_at", draw_kind(names)))),
            ("in_bulk()", lambda q: sorted(q.order_by().in_bulk(IDS[low:high]))),
        ]
        if is_ordered:
            ends += [
                (f"[{low}:{high}]", lambda q: [_whole(book) for book in q[low:high]]),
                (f"[{low}:{high}]", lambda q: list(q.values_list(*names)[low:high])),
                (f"[:{high}].count()", lambda q: q[:high].count()),
                ("[:3].aggregate", lambda q: q[:3].aggregate(Max("pages"), n=Count("*"))),
                ("first()", lambda q: _whole(q.first())),
                ("last()", lambda q: _whole(q.last())),
            ]
        return draw.choice(ends), False


def draw_kind(names: list[str]) -> Any:
    """A kind of period, drawn from what is drawn already."""
    return ("day", "week", "month", "year")[len(names[0]) % 4]


def _whole(book: Book | None) -> Any:
    return book and tuple(getattr(book, name) for name in (*COLUMNS, "tags", "shelf_id"))


def _related(book: Book) -> Any:
    return book.pk, book.shelf and book.shelf.name


def _rows(queryset: Any) -> list[Any]:
    return sorted(queryset, key=repr)


def _changes(draw: Random, recipes: Recipes) -> list[tuple[str, Step]]:
    word, moment, status = recipes.words(), recipes.moment(), draw.choice(STATUSES)
    return [
        ("update", lambda q: q.order_by().update(title=word, status=status)),
        ("update", lambda q: q.order_by().update(starts_at=moment, note=None)),
        ("update F", lambda q: q.order_by().update(pages=F("pages") + 2, ends_at=F("starts_at"))),
        ("delete", lambda q: q.order_by().delete()),
    ]
