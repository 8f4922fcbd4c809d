/**
 * Checks the JavaScript budget of each exported page: what it loads initially, and everything it may load later, such as
 * the chart. Brotli bytes, as served.
 *   node scripts/budget.mjs FOLDER
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

const MAX_BYTES = 300_000;
const CHUNK = /\/_next\/(static\/chunks\/[^"']+\.js)|["'](static\/chunks\/[^"']+\.js)["']/g;
/** Loaded only by browsers without module support. */
const NO_MODULE = /<script[^>]*noModule[^>]*>/g;

const folder = process.argv[2] ?? 'out';
const pages = readdirSync(folder).filter((name) => name.endsWith('.html'));
let isOverBudget = false;
for (const page of pages) {
  const first = chunksIn(readFileSync(join(folder, page), 'utf8').replaceAll(NO_MODULE, ''));
  const all = closure(first);
  const total = sizeOf(all);
  isOverBudget ||= total > MAX_BYTES;
  console.log(`${basename(page, '.html')}: ${kB(sizeOf(first))} initial, ${kB(total)} total (limit ${kB(MAX_BYTES)})`);
}
if (pages.length === 0) throw new Error(`no pages in ${folder}: build the dashboard first`);
process.exitCode = isOverBudget ? 1 : 0;

function chunksIn(text) {
  return new Set([...text.matchAll(CHUNK)].map(([, absolute, relative]) => absolute ?? relative));
}

/** The chunks and all chunks that they refer to, transitively. */
function closure(chunks) {
  const seen = new Set();
  const open = [...chunks];
  for (let chunk = open.pop(); chunk; chunk = open.pop()) {
    if (seen.has(chunk)) continue;
    seen.add(chunk);
    open.push(...chunksIn(readFileSync(join(folder, '_next', chunk), 'utf8')));
  }
  return seen;
}

function sizeOf(chunks) {
  const compressed = (chunk) => statSync(join(folder, '_next', `${chunk}.br`), { throwIfNoEntry: false });
  return [...chunks]
    .map((chunk) => compressed(chunk)?.size ?? statSync(join(folder, '_next', chunk)).size)
    .reduce((a, b) => a + b, 0);
}

function kB(bytes) {
  return `${(bytes / 1_000).toFixed(0)} kB`;
}
