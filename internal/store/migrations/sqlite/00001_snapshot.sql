-- +goose Up
CREATE TABLE run (
  id         INTEGER PRIMARY KEY,
  connection TEXT NOT NULL,
  started    INTEGER NOT NULL,
  ended      INTEGER,
  status     TEXT NOT NULL,
  reason     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX run_connection ON run (connection, id);

CREATE TABLE cell (
  id         INTEGER PRIMARY KEY,
  connection TEXT NOT NULL,
  account    TEXT NOT NULL,
  region     TEXT NOT NULL,
  facet      TEXT NOT NULL,
  UNIQUE (connection, account, region, facet)
);

CREATE TABLE outcome (
  run     INTEGER NOT NULL REFERENCES run (id),
  cell    INTEGER NOT NULL REFERENCES cell (id),
  status  TEXT NOT NULL,
  reason  TEXT NOT NULL,
  fix     TEXT NOT NULL,
  way     TEXT NOT NULL,
  calls   INTEGER NOT NULL,
  took    INTEGER NOT NULL,
  seen    INTEGER NOT NULL,
  opened  INTEGER NOT NULL,
  closed  INTEGER NOT NULL,
  PRIMARY KEY (run, cell)
) WITHOUT ROWID;
CREATE INDEX outcome_cell ON outcome (cell, run);

CREATE TABLE node (
  id   INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  key  TEXT NOT NULL,
  UNIQUE (kind, key)
);

CREATE TABLE body (
  id   INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  data TEXT NOT NULL
);

CREATE TABLE part (
  id        INTEGER PRIMARY KEY,
  node      INTEGER NOT NULL,
  cell      INTEGER NOT NULL,
  main      INTEGER NOT NULL,
  account   TEXT NOT NULL,
  name      TEXT NOT NULL,
  body      INTEGER NOT NULL,
  first_run INTEGER NOT NULL,
  gone_run  INTEGER NOT NULL
);
CREATE INDEX part_node ON part (node, gone_run);
CREATE INDEX part_cell ON part (cell, gone_run);
CREATE INDEX part_first ON part (first_run);
CREATE INDEX part_gone ON part (gone_run) WHERE gone_run < 9223372036854775807;
CREATE INDEX part_name ON part (name) WHERE name <> '';

CREATE TABLE edge (
  id        INTEGER PRIMARY KEY,
  source    INTEGER NOT NULL,
  relation  INTEGER NOT NULL,
  target    INTEGER NOT NULL,
  cell      INTEGER NOT NULL,
  body      INTEGER NOT NULL,
  first_run INTEGER NOT NULL,
  gone_run  INTEGER NOT NULL
);
CREATE INDEX edge_source ON edge (source, relation, target);
CREATE INDEX edge_target ON edge (target, relation, source);
CREATE INDEX edge_cell ON edge (cell, gone_run);
CREATE INDEX edge_first ON edge (first_run);
CREATE INDEX edge_gone ON edge (gone_run) WHERE gone_run < 9223372036854775807;

-- +goose Down
DROP TABLE edge;
DROP TABLE part;
DROP TABLE body;
DROP TABLE node;
DROP TABLE outcome;
DROP TABLE cell;
DROP TABLE run;
