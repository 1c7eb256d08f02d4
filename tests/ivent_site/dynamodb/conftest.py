"""The library's tables: made once, empty at each test."""

import pytest

from tests.ivent_site.dynamodb.library import BookRow, ShelfRow


@pytest.fixture(scope="session")
def library_tables(local_aws: None) -> None:
    """The tables of books and shelves."""
    for row in (BookRow, ShelfRow):
        row.create_table(wait=True)


@pytest.fixture
def library(aws: None, library_tables: None) -> None:
    """Empty tables of books and shelves."""
