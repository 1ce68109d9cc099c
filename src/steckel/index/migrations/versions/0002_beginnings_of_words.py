"""Beginnings of words, of one or two letters, which trigrams cannot find on SQLite."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FORGET = (
    "INSERT INTO studies_words(studies_words, rowid, search) VALUES ('delete', old.pk, old.search);"
)
_LEARN = "INSERT INTO studies_words(rowid, search) VALUES (new.pk, new.search);"

_SQLITE = (
    (
        "CREATE VIRTUAL TABLE studies_words USING fts5(search, content='studies', "
        "content_rowid='pk', tokenize='unicode61 remove_diacritics 0', detail=none, "
        "columnsize=0, prefix='1 2')"
    ),
    f"CREATE TRIGGER studies_words_insert AFTER INSERT ON studies BEGIN {_LEARN} END",
    f"CREATE TRIGGER studies_words_delete AFTER DELETE ON studies BEGIN {_FORGET} END",
    (
        "CREATE TRIGGER studies_words_update AFTER UPDATE OF search ON studies "
        f"WHEN old.search <> new.search BEGIN {_FORGET} {_LEARN} END"
    ),
    "INSERT INTO studies_words(studies_words) VALUES ('rebuild')",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in _SQLITE:
            op.execute(statement)
