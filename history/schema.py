"""The tables of a store. Times are seconds since 1970, in UTC; lists and mappings are JSON."""

VERSION = 1
APPLICATION = 0x4C474854
"""Tells a store of Lockgate's from any other SQLite file."""

TABLES = """
CREATE TABLE runs (
  repository TEXT, id INTEGER, attempt INTEGER, number INTEGER, workflow TEXT, file TEXT, event TEXT, branch TEXT, "commit" TEXT,
  created REAL, started REAL, ended REAL, conclusion TEXT, url TEXT,
  PRIMARY KEY (repository, id, attempt)) STRICT, WITHOUT ROWID;
CREATE INDEX runs_by_end ON runs (repository, ended);
CREATE INDEX runs_by_creation ON runs (repository, created);

CREATE TABLE jobs (
  repository TEXT, run INTEGER, attempt INTEGER, id INTEGER, name TEXT, labels TEXT, created REAL, started REAL, ended REAL,
  conclusion TEXT, url TEXT, steps TEXT, stage TEXT, runner TEXT, minutes INTEGER,
  PRIMARY KEY (repository, run, attempt, id)) STRICT, WITHOUT ROWID;

CREATE TABLE tests (
  repository TEXT, run INTEGER, attempt INTEGER, passed INTEGER, failed INTEGER, skipped INTEGER, flaky INTEGER,
  PRIMARY KEY (repository, run, attempt)) STRICT, WITHOUT ROWID;

CREATE TABLE findings (
  repository TEXT, run INTEGER, attempt INTEGER, scanner TEXT, counts TEXT,
  PRIMARY KEY (repository, run, attempt, scanner)) STRICT, WITHOUT ROWID;

CREATE TABLE deployments (
  stack TEXT, position INTEGER, release TEXT, version TEXT, revision TEXT, kind TEXT, at REAL, previous TEXT,
  PRIMARY KEY (stack, position)) STRICT, WITHOUT ROWID;

CREATE TABLE services (stack TEXT PRIMARY KEY, service TEXT) STRICT, WITHOUT ROWID;

CREATE TABLE commits (repository TEXT, sha TEXT, committed REAL, PRIMARY KEY (repository, sha)) STRICT, WITHOUT ROWID;

CREATE TABLE brought (
  stack TEXT, release TEXT, repository TEXT, sha TEXT,
  PRIMARY KEY (stack, release, sha)) STRICT, WITHOUT ROWID;

CREATE TABLE gates (
  project TEXT, analysis TEXT, at REAL, passed INTEGER, failed TEXT, measures TEXT,
  PRIMARY KEY (project, analysis)) STRICT, WITHOUT ROWID;

CREATE TABLE counts (metric TEXT, labels TEXT, value REAL, PRIMARY KEY (metric, labels)) STRICT, WITHOUT ROWID;
CREATE TABLE marks (name TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID;
"""
