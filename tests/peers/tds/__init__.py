"""A stand-in for Microsoft SQL Server in tests: TDS 7.4 with TLS, T-SQL for a migration, PostgreSQL for the rows.

It is strict where SQL Server is strict, words its errors as SQL Server does, and refuses in its own name (error 60001)
every statement that it does not understand: it never pretends. What it is known not to do is in README.md beside this.
"""
