import { CommandLine } from '../lib/command-line.js';
import { EXIT } from '../lib/exit-codes.js';

export const command = new CommandLine({
  usage: 'npm run doctor -- [options]',
  summary: `Checks that everything stored is consistent, and reports what is not:

  - each bar is where its calendar expects one, and was final when it was fetched
  - each bar equals what its payload holds, parsed again, or fits the digest that a pruned payload left;
    each replaced version is kept
  - coverage, recounted slot by slot, gives each expected bar exactly one state
  - each indicator equals its recomputed value

The last line is the proof (docs/proof.md). The report also lists bars and dividends that look odd next to their
neighbours; they may be right (docs/data-quality.md).

With --system, checks everything around the stored data instead: versions, memory, disk, clocks, proxy, processes, database,
schema, backups, schedules, workers, providers and open alerts, and says what to do about each finding. It needs nothing to be
running, and says what it could not check.

Reads DATABASE_URL, or the database of the running \`npm start\` (DATA_DIR). Changes nothing, except that it
recounts coverage where bars were changed by SQL.`,
  options: {
    all: { help: 'show every line of each list, not only the first few' },
    system: { help: 'check the system instead of the stored data' },
    json: { help: 'print one JSON object; use npm run --silent' },
  },
  exitCodes: [
    [EXIT.ok, 'everything is explained; with --system, there is no error (there may be warnings)'],
    [EXIT.failed, 'something is unexplained, or in error, or the command failed'],
    [EXIT.usage, 'invalid options or environment variables'],
  ],
});
