import type { Runtime } from '../lib/runtime-file.js';
import type { Terminal } from '../lib/terminal.js';

/** What is running and where, as lines. */
export function addressTable(runtime: Runtime, dataDir: string, terminal: Terminal): string[] {
  const title = runtime.mode === 'sandbox' ? 'Barkeep is running on SIMULATED market data' : 'Barkeep is running';
  const rows: [string, string | null][] = [
    ['Dashboard', runtime.api],
    ['API reference', `${runtime.api}/docs`],
    ['Temporal Web UI', runtime.temporalUi],
    ['Temporal', `${runtime.temporalAddress}, namespace ${runtime.namespace}`],
    // into a pipe or a file goes no secret: that may be kept, as a log
    ['PostgreSQL', terminal.interactive ? runtime.databaseUrl : runtime.databaseUrl.replace(/:[^:@/]*@/, ':***@')],
    ['Metrics', `${runtime.metrics}, ${runtime.api}/metrics`],
    ['Admin token', terminal.interactive ? runtime.adminToken : `in ${dataDir}/runtime.json`],
    ['Logs', `${dataDir}/logs`],
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
    'Ctrl-C stops everything. A line follows for each run of a pipeline.',
    '',
  ];
}
