import { CommandLine } from '../../cli/lib/command-line.js';
import { EXIT } from '../../cli/lib/exit-codes.js';
import { PLANTS } from './plants.js';
import type { Scenario } from './scenario.js';
import { SCENARIOS } from './scenarios/index.js';

const DEFAULT_SEED = '1';

export const command = new CommandLine({
  usage: 'npm run chaos -- [options]',
  summary:
    'Runs Barkeep on the simulated exchange, breaks it in every way that docs/reliability.md lists, and checks that no\n' +
    'bar is lost, doubled or wrong and that every run is recorded as it ended. It uses its own ports and a temporary\n' +
    'data folder.',
  options: {
    quick: { help: 'only some faults of each kind: a few minutes' },
    only: { value: 'NAMES', help: 'only the faults whose names begin with one of these, separated by commas' },
    list: { help: 'list the faults' },
    seed: { value: 'N', help: `seed of random times (default: ${DEFAULT_SEED})` },
    plant: {
      value: 'NAME',
      help: `plant a defect instead of a fault, which must turn the run red: ${Object.keys(PLANTS).join(', ')}`,
    },
    after: { value: 'PID', help: 'start Barkeep now, and break it once this process has ended' },
    keep: { help: 'keep the data folder and the logs' },
  },
  exitCodes: [
    [EXIT.ok, 'nothing is wrong'],
    [EXIT.failed, 'something is wrong, or a check overlooked a planted defect'],
    [EXIT.usage, 'invalid options'],
  ],
});

export interface Options {
  scenarios: readonly Scenario[];
  list: boolean;
  seed: number;
  plant: string | null;
  after: number | null;
  keep: boolean;
}

/** Null for --help. @throws UserError (exit code 2) on an unknown option or name */
export function readOptions(argv: string[]): Options | null {
  const values = command.parse(argv);
  if (!values) return null;
  const { quick, only, list, plant = null, keep } = values;
  const after = values.after === undefined ? null : Number(values.after);
  if (after !== null && !(Number.isSafeInteger(after) && after > 0))
    throw command.wrong('--after must be the pid of a process.');
  const seed = Number(values.seed ?? DEFAULT_SEED);
  if (!Number.isSafeInteger(seed) || seed < 0) throw command.wrong('--seed must be a whole number of at least 0.');
  if (plant !== null && !Object.hasOwn(PLANTS, plant)) throw command.wrong(`Unknown defect ${plant}.`);
  const beginnings = only?.split(',') ?? [''];
  const chosen = SCENARIOS.filter(({ name }) => beginnings.some((beginning) => name.startsWith(beginning)));
  const scenarios = quick ? chosen.filter((scenario) => scenario.quick) : chosen;
  if (scenarios.length === 0) throw command.wrong(`No fault is named ${only}; --list shows all.`);
  return { scenarios: plant === null ? scenarios : [], list, seed, plant, after, keep };
}
