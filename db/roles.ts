import { getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { ARCHIVE_SETTING } from './backup/archive.js';
import type { Queryable } from './client.js';
import * as schema from './schema/index.js';

export const ROLE_KINDS = ['worker', 'api', 'read'] as const;
export type RoleKind = (typeof ROLE_KINDS)[number];

/** Connection URLs, one for each role that is wanted: they name the role and its password. */
export type RoleUrls = Partial<Record<RoleKind, string>>;

/** Why the rights of a role could not be granted, and the SQL with which its operator can do it. */
export class RoleError extends Error {
  override readonly name = 'RoleError';
}

interface Role {
  kind: RoleKind;
  name: string;
  /** Empty: the server knows the role by other means. */
  password: string;
}

/** What the owner of the schema may do with the server's roles. */
interface Owner {
  name: string;
  isSuperuser: boolean;
  mayCreate: boolean;
  /** The server archives for backups, so it is the embedded one. */
  isArchived: boolean;
}

const TABLES = Object.values(schema).flatMap((one) => (is(one, PgTable) ? [getTableName(one)] : []));
const VIEWS = 'crypto_prices, rejected_rows, served_bars, served_prices, splits, stock_prices, unknown_opens';
/** All that is ours in the schema `public`, where others may keep tables of their own. */
const OURS = `${TABLES.join(', ')}, ${VIEWS}`;

/** Tables whose rows are only ever added: what happened, and what proves it. */
const NEVER_CHANGED = 'audit_log, bar_revisions, payload_digests';

/** Tables whose rows the worker deletes. Of all others, none is ever deleted: bars, payloads, revisions, the audit log … */
const DELETED_BY_WORKER = [
  ...['alert_rules', 'bar_changes', 'bar_warnings', 'closures', 'former_symbols', 'pipeline_run_steps'],
  ...['provider_calls', 'rejected_bars', 'requests_under_way', 'source_agreement'],
];

/**
 * What the API writes: the decisions of operators, and coverage, which it recounts where someone changed bars by SQL. It changes
 * no price: what it updates in `bars` is how a bar compares with the session before, and in `batches`, by which calendar a
 * payload was read, both when an exchange is closed on a day; and in `alerts`, the symbol of an asset that is renamed.
 */
const WRITTEN_BY_API = [
  'insert on audit_log, bar_changes',
  'insert, delete on alert_rules, closures',
  'insert, update, delete on requests_under_way',
  'insert, update on assets',
  'update (subject) on alerts',
  'insert, update, delete on former_symbols',
  'update (daily_return) on bars',
  'update (code_version) on batches',
  'update on coverage',
  'update (state) on rejected_bars',
  'insert, update on series',
];

/** Of people and their tools. A query that takes longer than two minutes holds up vacuum; `set statement_timeout` lifts the limit. */
const READ_SETTINGS = {
  default_transaction_read_only: 'on',
  statement_timeout: '2min',
  idle_in_transaction_session_timeout: '1min',
};
const READ_CONNECTIONS = 10;

const ident = pg.escapeIdentifier;
const literal = pg.escapeLiteral;

/**
 * Creates the roles with the rights that each needs and no more; repeated at every set-up, as the schema changes.
 * @param db a connection of the schema's owner, on the current schema
 * @throws RoleError with the SQL for someone who may do what the owner may not
 */
export async function applyRoles(db: Queryable, urls: RoleUrls): Promise<void> {
  const owner = await readOwner(db);
  const roles = ROLE_KINDS.flatMap((kind) => roleOf(kind, urls[kind]));
  for (const [i, role] of roles.entries()) {
    if (role.name === owner.name)
      throw new RoleError(`${variableOf(role.kind)} must name another role than DATABASE_URL, ${owner.name}`);
    const same = roles.slice(0, i).find(({ name }) => name === role.name);
    if (same)
      throw new RoleError(
        `${variableOf(role.kind)} must name another role than ${variableOf(same.kind)}, ${role.name}`,
      );
  }
  for (const role of roles) {
    const statements = [...(await roleStatements(db, role, owner)), ...grants(role)];
    // one at a time, in one transaction: nobody finds a role without its rights
    await db.query(`begin;\n${statements.join(';\n')};\ncommit`).catch(async (error: Error) => {
      await db.query('rollback');
      throw error;
    });
  }
}

/** The variable with the URL of a role. */
export const variableOf = (kind: RoleKind) => `${kind.toUpperCase() as Uppercase<RoleKind>}_DATABASE_URL` as const;

function roleOf(kind: RoleKind, url: string | undefined): Role[] {
  if (!url) return [];
  const { username, password } = new URL(url);
  return [{ kind, name: decodeURIComponent(username), password: decodeURIComponent(password) }];
}

async function readOwner(db: Queryable): Promise<Owner> {
  const { rows } = await db.query<Owner>(
    `select rolname as name, rolsuper as "isSuperuser", rolcreaterole or rolsuper as "mayCreate",
      coalesce(current_setting('${ARCHIVE_SETTING}', true), '') <> '' as "isArchived"
    from pg_roles where rolname = current_user`,
  );
  return rows[0]!;
}

/**
 * Creates the role, or gives one that exists the password and the limits, whoever created it. A role that the owner may not alter
 * keeps those that it has.
 */
async function roleStatements(db: Queryable, role: Role, owner: Owner): Promise<string[]> {
  const { rows } = await db.query<{ mayAlter: boolean }>(
    `select pg_has_role(oid, 'member with admin option') as "mayAlter" from pg_roles where rolname = $1`,
    [role.name],
  );
  const exists = rows.length > 0;
  if (!exists && !owner.mayCreate) throw new RoleError(inWords(role, owner));
  if (exists && !(owner.mayCreate && rows[0]!.mayAlter)) return [];
  return [...(exists ? [] : [`create role ${ident(role.name)}`]), ...settings(role, owner, role.password)];
}

function settings({ kind, name }: Role, { isSuperuser, isArchived }: Owner, password: string): string[] {
  const connections = kind === 'read' ? ` connection limit ${READ_CONNECTIONS}` : '';
  return [
    `alter role ${ident(name)} login${connections}${password && ` password ${literal(password)}`}`,
    ...(kind === 'read'
      ? Object.entries(READ_SETTINGS).map(
          ([setting, value]) => `alter role ${ident(name)} set ${setting} = ${literal(value)}`,
        )
      : []),
    // for the forecast of the disk
    ...(isSuperuser && kind === 'worker' ? [`grant pg_read_all_settings to ${ident(name)}`] : []),
    // for backups: the worker copies the server, and both show the state of its archive
    ...(isSuperuser && isArchived && kind !== 'read' ? [`grant pg_monitor to ${ident(name)}`] : []),
    ...(isSuperuser && kind === 'worker' ? [`alter role ${ident(name)} ${isArchived ? '' : 'no'}replication`] : []),
  ];
}

/** Takes what the role had on our tables, and grants what it needs. */
function grants({ kind, name }: Role): string[] {
  const role = ident(name);
  const ofTables = (privileges: string) => `grant ${privileges} on ${OURS} to ${role}`;
  const ofSchema = [
    `grant select on drizzle.__drizzle_migrations to ${role}`,
    `grant usage on schema drizzle to ${role}`,
  ];
  return [
    `revoke all on ${OURS} from ${role}`,
    `grant usage on schema public to ${role}`,
    ...{
      worker: [
        ...ofSchema,
        ofTables('select, insert, update'),
        `revoke update on ${NEVER_CHANGED} from ${role}`,
        `grant delete on ${DELETED_BY_WORKER.join(', ')} to ${role}`,
      ],
      api: [...ofSchema, ofTables('select'), ...WRITTEN_BY_API.map((right) => `grant ${right} to ${role}`)],
      read: [`grant select on stock_prices, crypto_prices to ${role}`],
    }[kind],
  ];
}

function inWords(role: Role, owner: Owner): string {
  const statements = [`create role ${ident(role.name)}`, ...settings(role, owner, '…')];
  return (
    `${variableOf(role.kind)}: there is no role ${role.name}, and ${owner.name} may not create one. Let someone who may run ` +
    `this SQL, with the password of the URL, and start again:\n  ${statements.join(';\n  ')};`
  );
}
