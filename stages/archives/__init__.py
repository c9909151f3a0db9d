"""Archives: the package in one file, with or without the words of the texts it was read from.

`archive` makes the file. `editions` takes words out of tables and puts them back, `descriptor` does the same with the
descriptor, and `rehydrate` puts them back from somebody's own copies of the texts. `readme` and `croissant` say what an
archive holds. The edition without texts goes by what the schemas say (`core.schema`): docs/publishing.md.
"""
