import { randomUUID } from 'node:crypto';
import { type Client, WorkflowFailedError, WorkflowIdConflictPolicy } from '@temporalio/client';
import type pg from 'pg';
import { statusOf } from '../config/catalog/asset-kinds.js';
import { PROVIDERS } from '../config/catalog/providers.js';
import type { Answer, LookUpInput } from '../contracts/look-up.js';
import { backfillStartOptions, lookUpStartOptions } from '../contracts/start-options.js';
import { WORKFLOWS } from '../contracts/workflows.js';
import { AssetReader, type AssetRow } from '../db/repositories/read/asset-reader.js';
import { changeStatus } from '../db/repositories/upkeep/asset-changes.js';
import { sourcesOf } from '../db/repositories/upkeep/source-changes.js';
import { readInstance } from '../db/repositories/upkeep/instance.js';
import { SECOND } from '../domain/timeframe.js';
import { resolveBackfill } from '../planning/backfill-request.js';
import { backfillWorkflowId } from '../planning/backfill-id.js';
import { BadInputError } from '../planning/bad-input.js';
import { findInstruments, type LookUp } from '../planning/find-instruments.js';
import { changeSource, sourceInWords } from '../planning/change-source.js';
import { follow, followedInWords, MAX_FOLLOWED, statusInWords } from '../planning/follow.js';
import { rename } from '../planning/rename.js';
import { activeAmong, assetFinder } from './asset/find-assets.js';
import { foundInWords } from './asset/found-in-words.js';
import { assetCommand, type AssetCommand, command } from './asset/options.js';
import { EXIT } from './lib/exit-codes.js';
import { runCommand } from './lib/run-command.js';
import { withDatabase, withStackDatabase } from './lib/stack-database.js';
import { findStack, withTemporal } from './lib/stack-temporal.js';
import { Terminal } from './lib/terminal.js';
import { UserError } from './lib/user-error.js';

const terminal = new Terminal();
const DATABASE = { name: 'barkeep-asset', max: 2 };

/** What a command did: for people, one line each, and as JSON. */
interface Report {
  lines: string[];
  json: unknown;
  succeeded: number;
  failed: number;
}

/** `npm run asset`. @returns the exit code */
async function main(): Promise<number> {
  const wanted = assetCommand(process.argv.slice(2));
  if (!wanted) {
    terminal.line(command.help);
    return EXIT.ok;
  }
  const { lines, json, succeeded, failed } = await carryOut(wanted);
  if (wanted.json) terminal.line(JSON.stringify(json, null, 2));
  else for (const line of lines) terminal.line(line);
  if (failed === 0) return EXIT.ok;
  return succeeded > 0 ? EXIT.partial : EXIT.failed;
}

async function carryOut(wanted: AssetCommand): Promise<Report> {
  if (wanted.action === 'list') return withStackDatabase(DATABASE, async ({ pool }) => list(pool));
  if (wanted.action === 'pause' || wanted.action === 'retire')
    return withStackDatabase(DATABASE, async ({ pool }) => change(pool, wanted));
  const { databaseUrl, temporal } = findStack();
  return withTemporal(temporal, async (client) =>
    withDatabase(databaseUrl, DATABASE, async ({ pool }) => {
      const lookUp: LookUp = async (input) => ask(client, input);
      if (wanted.action === 'find') return find(pool, lookUp, wanted.text);
      if (wanted.action === 'add') return add(pool, client, lookUp, wanted);
      if (wanted.action === 'rename') return renameOne(pool, lookUp, wanted);
      if (wanted.action === 'source') return ofSource(pool, client, lookUp, wanted);
      const report = await change(pool, wanted);
      await backfill(pool, client, wanted.symbols, report);
      return report;
    }),
  );
}

/** Has a worker ask a provider. @throws Error in words if none did in time */
async function ask(client: Client, input: LookUpInput): Promise<Answer[]> {
  const options = lookUpStartOptions(`look_up-${input.provider}-${randomUUID()}`, input);
  return client.workflow
    .execute<(input: LookUpInput) => Promise<Answer[]>>(WORKFLOWS.lookUp, options)
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowFailedError)) throw error;
      throw new Error(`no worker asked ${PROVIDERS[input.provider].name} in time`);
    });
}

async function find(pool: pg.Pool, lookUp: LookUp, text: string): Promise<Report> {
  const { found, providers } = await findInstruments(pool, lookUp, text);
  const failures = providers.filter(({ failure }) => failure !== null);
  const lines = [
    ...found.map(foundInWords),
    ...(found.length === 0 ? [`Nothing is called ${text}.`] : []),
    ...failures.map(({ provider, failure }) => `${PROVIDERS[provider].name} did not answer: ${failure}`),
  ];
  return { lines, json: { results: found, providers }, succeeded: found.length, failed: failures.length };
}

type Many = Extract<AssetCommand, { symbols: string[] }>;

async function add(
  pool: pg.Pool,
  client: Client,
  lookUp: LookUp,
  { symbols, provider, reason }: Many,
): Promise<Report> {
  const report: Report = { lines: [], json: null, succeeded: 0, failed: 0 };
  const results: unknown[] = [];
  const due: string[] = [];
  for (let i = 0; i < symbols.length; i += MAX_FOLLOWED) {
    const request = { symbols: symbols.slice(i, i + MAX_FOLLOWED), provider };
    for (const one of await follow(pool, lookUp, request, { actor: 'cli', reason })) {
      const message = followedInWords(one);
      report.lines.push(message);
      results.push({ ...one, message });
      if (one.outcome === 'added' || one.outcome === 'resumed') due.push(one.asset.symbol);
      if ('asset' in one) report.succeeded++;
      else report.failed++;
    }
  }
  report.json = { results };
  await backfill(pool, client, due, report);
  return report;
}

/** Starts the run that fetches the bars of assets, unless there are none; the report then names it. */
async function backfill(pool: pg.Pool, client: Client, symbols: string[], report: Report): Promise<void> {
  const due = await activeAmong(pool, symbols);
  if (due.length === 0) return;
  const clockOffsetMs = ((await readInstance(pool))?.clockOffset ?? 0) * SECOND;
  const { input, symbols: found } = await resolveBackfill(pool, { symbols: due }, Date.now() + clockOffsetMs);
  const workflowId = await backfillWorkflowId(pool, input);
  await client.workflow.start(WORKFLOWS.backfill, {
    ...backfillStartOptions(workflowId, { ...input, trigger: 'manual' }, found),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  });
  report.lines.push(`Their bars are being fetched: ${workflowId}`);
  report.json = { ...(report.json as object), backfill: workflowId };
}

const STATUSES = { pause: 'paused', retire: 'retired', resume: 'active' } as const;

async function change(pool: pg.Pool, { action, symbols, reason }: Many): Promise<Report> {
  const report: Report = { lines: [], json: null, succeeded: 0, failed: 0 };
  const results: unknown[] = [];
  const find = await assetFinder(pool);
  for (const asked of symbols) {
    const asset = find(asked);
    if (!asset || action === 'add') {
      report.failed++;
      report.lines.push(`There is no asset ${asked}.`);
      results.push({ asked, outcome: 'unknown' });
      continue;
    }
    const changed = await changeStatus(pool, asset, STATUSES[action], { actor: 'cli', reason });
    report.succeeded++;
    report.lines.push(statusInWords(changed ?? asset));
    results.push({ asked, outcome: changed ? 'changed' : 'unchanged', status: STATUSES[action] });
  }
  report.json = { results };
  return report;
}

async function renameOne(
  pool: pg.Pool,
  lookUp: LookUp,
  { symbol, to, reason }: Extract<AssetCommand, { action: 'rename' }>,
): Promise<Report> {
  const asset = await assetOf(pool, symbol);
  const renamed = await rename(pool, lookUp, asset, to, { actor: 'cli', reason }).catch((error: unknown) => {
    throw error instanceof BadInputError ? new UserError(`${symbol} cannot be renamed: ${error.message}.`) : error;
  });
  const line = `${asset.symbol} is ${renamed.symbol} from now on; ${asset.symbol} still leads to it.`;
  return { lines: [line], json: { from: asset.symbol, to: renamed.symbol }, succeeded: 1, failed: 0 };
}

/** The sources of an asset, after a change of one of them if there is one. */
async function ofSource(
  pool: pg.Pool,
  client: Client,
  lookUp: LookUp,
  { symbol, source, reason }: Extract<AssetCommand, { action: 'source' }>,
): Promise<Report> {
  const asset = await assetOf(pool, symbol);
  const by = { actor: 'cli' as const, reason };
  const changed = source
    ? await changeSource(pool, lookUp, asset, source.provider, source.change, by).catch((error: unknown) => {
        if (!(error instanceof BadInputError)) throw error;
        throw new UserError(`The source cannot be changed like that: ${error.message}.`);
      })
    : { sources: await sourcesOf(pool, asset.id), isDue: false };
  const { sources } = changed;
  const lines = [`The sources of ${asset.symbol}:`, ...sources.map((one) => `  ${sourceInWords(one)}`)];
  const report = { lines, json: { symbol: asset.symbol, sources }, succeeded: 1, failed: 0 };
  if (changed.isDue) await backfill(pool, client, [asset.symbol], report);
  return report;
}

/** @throws UserError if there is no such asset */
async function assetOf(pool: pg.Pool, wanted: string): Promise<AssetRow> {
  const asset = (await assetFinder(pool))(wanted);
  if (asset) return asset;
  throw new UserError(`There is no asset ${wanted}. \`npm run asset -- list\` shows them.`, EXIT.usage);
}

async function list(pool: pg.Pool): Promise<Report> {
  const assets = await new AssetReader(pool).all();
  const lines = assets.map((asset) => {
    const { symbol, name, kind, exchange, currency, quotedIn, provider, inactiveBecause } = asset;
    const status = `${statusOf(asset)}${inactiveBecause ? ` (${inactiveBecause})` : ''}`;
    return `${symbol.padEnd(14)} ${status}: ${name}, ${kind}, ${exchange}, ${currency}${quotedIn ? ` quoted in ${quotedIn}` : ''}, ${provider}`;
  });
  const json = { assets: assets.map((asset) => ({ ...asset, status: statusOf(asset) })) };
  return { lines, json, succeeded: assets.length, failed: 0 };
}

await runCommand(terminal, main);
