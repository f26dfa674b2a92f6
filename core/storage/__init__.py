"""How resources and facts are kept: documents with derived columns, tables with exact numbers, SQLite or PostgreSQL."""
