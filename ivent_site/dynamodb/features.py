"""What Django may expect of the engine."""

from django.db.backends.base.features import BaseDatabaseFeatures


class DatabaseFeatures(BaseDatabaseFeatures):
    """Transactions with savepoints, JSON and UUIDs; no SQL of any kind."""

    allow_sliced_subqueries_with_in = False
    can_return_columns_from_insert = True
    can_return_rows_from_bulk_insert = True
    has_bulk_insert = True
    has_native_uuid_field = True
    has_select_for_update = False
    interprets_empty_strings_as_nulls = False
    order_by_nulls_first = True
    supports_ignore_conflicts = False
    supports_json_field = True
    supports_paramstyle_pyformat = False
    supports_foreign_keys = False
    supports_table_check_constraints = False
    # A text is as long as its item allows.
    supports_unlimited_charfield = True
    supports_update_conflicts = False
    # Properties of the base class, which would ask a cursor.
    supports_transactions = True
    uses_savepoints = True
