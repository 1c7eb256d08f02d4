from django.db.models.sql.compiler import (
    SQLCompiler as SQLCompiler,
    SQLInsertCompiler as SQLInsertCompiler,
    SQLDeleteCompiler as SQLDeleteCompiler,
    SQLUpdateCompiler as SQLUpdateCompiler,
    SQLAggregateCompiler as SQLAggregateCompiler,
)
