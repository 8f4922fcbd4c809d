import { type Env, EnvError, readEnv } from '../../config/env.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../domain/timeframe.js';
import { CommandLine } from '../lib/command-line.js';
import { EXIT } from '../lib/exit-codes.js';
import { UserError } from '../lib/user-error.js';

export const command = new CommandLine({
  usage: 'npm start -- [options]',
  summary:
    'Starts everything: PostgreSQL, Temporal, worker, API and dashboard. Without an option, uses real\n' +
    'market data if the providers can be reached, and the simulated exchange otherwise.',
  options: {
    live: { help: 'use real market data, without checking whether the providers can be reached' },
    sandbox: { help: 'use the simulated exchange: works offline, and no bar is real' },
    demo: { help: 'the sandbox with temporary data, one hour into a New York session (npm run demo)' },
  },
  notes: 'Other settings are environment variables: see the table in docs/configuration.md.',
  exitCodes: [
    [EXIT.ok, 'stopped on request'],
    [EXIT.failed, 'something did not start'],
    [EXIT.usage, 'invalid options or environment'],
    [EXIT.otherMarket, 'the database belongs to another market'],
  ],
});

const MODE_FLAGS = ['live', 'sandbox', 'demo'] as const;
/** Longer than any closure of New York. */
const LOOK_BACK_MS = 14 * DAY;

export interface StartOptions {
  env: Env;
  demo: boolean;
  help: boolean;
  /** The flag that chose the mode; null if the environment does. */
  modeFlag: (typeof MODE_FLAGS)[number] | null;
}

/**
 * The options from the command line and the environment; a flag overrides MARKET_MODE.
 * @throws UserError (exit code 2) on an unknown flag, two modes at once, or an invalid environment
 */
export function startOptions(argv: string[], source: NodeJS.ProcessEnv, now = Date.now()): StartOptions {
  const flags = command.parse(argv);
  const modes = MODE_FLAGS.filter((mode) => flags?.[mode]);
  if (modes.length > 1) throw command.wrong(`Choose one of ${modes.map((mode) => `--${mode}`).join(', ')}.`);
  const [modeFlag = null] = modes;
  const isDemo = modeFlag === 'demo';
  const variables: NodeJS.ProcessEnv = { ...source };
  if (modeFlag) variables.MARKET_MODE = isDemo ? 'sandbox' : modeFlag;
  // the data of a demo is deleted at its end, so it is not backed up
  if (isDemo) Object.assign(variables, { MARKET_CLOCK_OFFSET: String(demoOffset(now)), BACKUP_DIR: '' });
  try {
    const env = readEnv(variables);
    if (env.NODE_ENV === 'production' && env.MARKET_MODE === 'sandbox')
      throw new UserError('In production (NODE_ENV=production), market data is always live.', EXIT.usage);
    return { env, demo: isDemo, help: flags === null, modeFlag };
  } catch (error) {
    if (error instanceof EnvError) throw new UserError(error.message, EXIT.usage);
    throw error;
  }
}

/** Seconds to add to `now` to be one hour into the latest New York session; a multiple of 60. */
export function demoOffset(now: number): number {
  const sessions = calendarOf('XNYS').sessionsBetween(now - LOOK_BACK_MS, now);
  const latest = sessions.findLast((session) => session.open + HOUR <= now);
  if (!latest) throw new RangeError('the calendar of New York has no session in the last two weeks');
  return (Math.floor((latest.open + HOUR - now) / MINUTE) * MINUTE) / SECOND;
}
