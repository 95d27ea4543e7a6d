package c1z

// magic begins every file of version 1.
const magic = "C1ZF\x00"

// tables are the format's, made before rows are put in.
const tables = `
CREATE TABLE v1_resource_types (
	id integer PRIMARY KEY, external_id text NOT NULL, data blob NOT NULL,
	sync_id text NOT NULL, discovered_at datetime NOT NULL);
CREATE TABLE v1_resources (
	id integer PRIMARY KEY, resource_type_id text NOT NULL, external_id text NOT NULL,
	parent_resource_type_id text, parent_resource_id text, data blob NOT NULL,
	sync_id text NOT NULL, discovered_at datetime NOT NULL);
CREATE TABLE v1_entitlements (
	id integer PRIMARY KEY, resource_type_id text NOT NULL, resource_id text NOT NULL,
	external_id text NOT NULL, data blob NOT NULL,
	sync_id text NOT NULL, discovered_at datetime NOT NULL);
CREATE TABLE v1_grants (
	id integer PRIMARY KEY, resource_type_id text NOT NULL, resource_id text NOT NULL,
	entitlement_id text NOT NULL, principal_resource_type_id text NOT NULL,
	principal_resource_id text NOT NULL, external_id text NOT NULL, expansion blob,
	needs_expansion integer NOT NULL DEFAULT 0, data blob NOT NULL,
	sync_id text NOT NULL, discovered_at datetime NOT NULL);
CREATE TABLE v1_assets (
	id integer PRIMARY KEY, external_id text NOT NULL, content_type text NOT NULL,
	data blob NOT NULL, sync_id text NOT NULL, discovered_at datetime NOT NULL);
CREATE TABLE v1_sync_runs (
	id integer PRIMARY KEY, sync_id text NOT NULL, started_at datetime NOT NULL,
	ended_at datetime, sync_token text NOT NULL, sync_type text NOT NULL DEFAULT 'full',
	parent_sync_id text NOT NULL DEFAULT '', linked_sync_id text NOT NULL DEFAULT '',
	supports_diff integer NOT NULL DEFAULT 0, grants_backfilled integer NOT NULL DEFAULT 0,
	stats blob);`

// indexes are made when all rows are there, which is several times faster.
// Their names are the format's: a reader makes those that it misses.
var indexes = []string{
	`CREATE UNIQUE INDEX idx_resource_types_external_sync_v1 ON v1_resource_types (external_id, sync_id)`,
	`CREATE INDEX idx_resources_resource_type_id_v1 ON v1_resources (resource_type_id)`,
	`CREATE INDEX idx_resources_external_sync_v1 ON v1_resources (parent_resource_type_id, parent_resource_id)`,
	`CREATE UNIQUE INDEX idx_resources_parent_resource_id_v1 ON v1_resources (external_id, sync_id)`,
	`CREATE INDEX idx_entitlements_resource_id_v1 ON v1_entitlements (resource_type_id, resource_id)`,
	`CREATE UNIQUE INDEX idx_entitlements_external_sync_v1 ON v1_entitlements (external_id, sync_id)`,
	`CREATE INDEX idx_grants_resource_type_id_resource_id_v1 ON v1_grants (resource_type_id, resource_id)`,
	`CREATE INDEX idx_grants_principal_id_v1 ON v1_grants (principal_resource_type_id, principal_resource_id)`,
	`CREATE INDEX idx_grants_entitlement_id_principal_id_v1 ON v1_grants (entitlement_id, principal_resource_type_id, principal_resource_id)`,
	`CREATE UNIQUE INDEX idx_grants_external_sync_v1 ON v1_grants (external_id, sync_id)`,
	`CREATE INDEX idx_grants_sync_expansion_v1 ON v1_grants (sync_id) WHERE expansion IS NOT NULL`,
	`CREATE INDEX idx_grants_sync_needs_expansion_v1 ON v1_grants (sync_id) WHERE needs_expansion = 1`,
	`CREATE UNIQUE INDEX idx_assets_external_sync_v1 ON v1_assets (external_id, sync_id)`,
	`CREATE UNIQUE INDEX idx_sync_runs_sync_id_v1 ON v1_sync_runs (sync_id)`,
}

// inserts put rows in, by table.
const (
	insertType        = `INSERT INTO v1_resource_types (external_id, data, sync_id, discovered_at) VALUES (?, ?, ?, ?)`
	insertResource    = `INSERT INTO v1_resources (resource_type_id, external_id, parent_resource_type_id, parent_resource_id, data, sync_id, discovered_at) VALUES (?, ?, ?, ?, ?, ?, ?)`
	insertEntitlement = `INSERT INTO v1_entitlements (resource_type_id, resource_id, external_id, data, sync_id, discovered_at) VALUES (?, ?, ?, ?, ?, ?)`
	insertGrant       = `INSERT INTO v1_grants (resource_type_id, resource_id, entitlement_id, principal_resource_type_id, principal_resource_id, external_id, expansion, needs_expansion, data, sync_id, discovered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	insertSync        = `INSERT INTO v1_sync_runs (sync_id, started_at, ended_at, sync_token, supports_diff, grants_backfilled) VALUES (?, ?, ?, '', 1, 1)`
)

// selects give a sync's rows, by table: a row's ID, its message unless that is
// longer than the second parameter, and the columns that only grants have.
const (
	selectTypes        = `SELECT id, CASE WHEN length(data) <= ?2 THEN data END, NULL, 0 FROM v1_resource_types WHERE sync_id = ?1 ORDER BY id`
	selectResources    = `SELECT id, CASE WHEN length(data) <= ?2 THEN data END, NULL, 0 FROM v1_resources WHERE sync_id = ?1 ORDER BY id`
	selectEntitlements = `SELECT id, CASE WHEN length(data) <= ?2 THEN data END, NULL, 0 FROM v1_entitlements WHERE sync_id = ?1 ORDER BY id`
	selectGrants       = `SELECT id, CASE WHEN length(data) <= ?2 THEN data END, CASE WHEN length(expansion) <= ?2 THEN expansion END, needs_expansion FROM v1_grants WHERE sync_id = ?1 ORDER BY id`
	// Older files have no such columns.
	selectOldGrants = `SELECT id, CASE WHEN length(data) <= ?2 THEN data END, NULL, 0 FROM v1_grants WHERE sync_id = ?1 ORDER BY id`
)
