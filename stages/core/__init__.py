"""The ground the stages stand on: schemas, tables, params, lexicons, corpora, parsed documents."""
