import { join } from 'node:path';
import type { Runtime } from '../lib/runtime-file.js';
import { readSecret } from '../lib/secret-file.js';
import type { Terminal } from '../lib/terminal.js';

/**
 * What is running, where, and what to do next, as lines.
 * @param backups the folder to which the database is backed up, or a word about it
 */
export function addressTable(runtime: Runtime, dataDir: string, backups: string, terminal: Terminal): string[] {
  const title = runtime.mode === 'sandbox' ? 'Barkeep is running on SIMULATED market data' : 'Barkeep is running';
  // secrets are shown on a terminal only: a pipe or a file may be kept as a log
  const databaseUrl = terminal.interactive ? runtime.databaseUrl : runtime.databaseUrl.replace(/:[^:@/]*@/, ':***@');
  const shown = (token: string | null, name: string) =>
    token && (terminal.interactive ? token : placeOf(token, dataDir, name));
  const rows: [string, string | null][] = [
    ['Dashboard', runtime.api],
    ['API reference', `${runtime.api}/docs`],
    ['Temporal Web UI', runtime.temporalUi],
    ['Temporal', `${runtime.temporalAddress} (namespace ${runtime.namespace})`],
    ['PostgreSQL', databaseUrl],
    ['Worker metrics', runtime.metrics],
    ['API metrics', `${runtime.api}/metrics`],
    ['Read token', shown(runtime.readToken, 'read-token')],
    ['Admin token', shown(runtime.adminToken, 'admin-token')],
    ['Logs', `${dataDir}/logs`],
    ['Backups', backups],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    terminal.colour('bold', title),
    '',
    ...rows
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `  ${terminal.colour('dim', name.padEnd(width))}  ${value}`),
    '',
    'Open the dashboard in a browser. Finished runs are listed below. Press Ctrl-C to stop everything.',
    '',
  ];
}

/** Where a token is that is not shown: in its file, or in the variable that set another one. */
function placeOf(token: string, dataDir: string, name: string): string {
  const file = join(dataDir, name);
  return readSecret(file) === token ? `in ${file}` : `that of ${name.toUpperCase().replace('-', '_')}`;
}
