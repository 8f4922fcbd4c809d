import { type Program, obtain } from '../../cli/embedded/temporal-binary.js';
import { goInstall } from '../../cli/embedded/binary-sources.js';

/** The one inside the `temporal` command of cli/embedded/temporal-release.json. */
const VERSION = '1.32.0';

const compiled = (name: string, folder: string, program: string): Program => ({
  name,
  version: VERSION,
  hashes: {},
  sources: [goInstall(`go.temporal.io/server/cmd/${folder}@v${VERSION}`, program)],
  help: 'Install Go (https://go.dev/dl) and try again. Temporal publishes its server as source and as images only.',
});

/** Absolute paths of the programs of a Temporal server. */
export interface TemporalBinaries {
  server: string;
  /** Creates and updates the schema in the server's databases. */
  sqlTool: string;
}

/**
 * The programs from the folder `.cache`, or compiled, which takes from five minutes to an hour the first time.
 * @throws UserError that says what is missing
 */
export async function temporalBinaries(log: (line: string) => void): Promise<TemporalBinaries> {
  const server = await obtain(compiled('temporal-server', 'server', 'server'), { log });
  const sqlTool = await obtain(compiled('temporal-sql-tool', 'tools/sql', 'sql'), { log });
  return { server, sqlTool };
}
