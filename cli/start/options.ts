import { parseArgs } from 'node:util';
import { type Env, EnvError, readEnv } from '../../config/env.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR, MINUTE, SECOND } from '../../domain/timeframe.js';
import { UserError } from '../lib/user-error.js';

export const USAGE = `Usage: npm start -- [options]

  --live      real market data, without probing whether the providers can be reached
  --sandbox   the simulated exchange: works offline; every bar is made up
  --demo      the sandbox in a fresh temporary data folder, at a time when New York is in session (npm run demo)
  --help      this text

Settings come from the environment: see the table in README.md.`;

export interface StartOptions {
  env: Env;
  demo: boolean;
  help: boolean;
  /** The flag that chose the mode; null when the environment does. */
  modeFlag: 'live' | 'sandbox' | 'demo' | null;
}

/**
 * What was asked for, from the command line and the environment; a flag wins over MARKET_MODE.
 * @throws UserError (exit code 2) on an unknown flag, two modes at once, or an unusable environment
 */
export function startOptions(argv: string[], source: NodeJS.ProcessEnv, now = Date.now()): StartOptions {
  const { live, sandbox, demo, help } = parseFlags(argv);
  const asked = { live, sandbox, demo };
  const modes = (['live', 'sandbox', 'demo'] as const).filter((mode) => asked[mode]);
  if (modes.length > 1) throw new UserError(`Choose one of ${modes.map((mode) => `--${mode}`).join(', ')}.`, 2);
  const modeFlag = modes[0] ?? null;
  const variables: NodeJS.ProcessEnv = { ...source };
  if (modeFlag) variables.MARKET_MODE = modeFlag === 'demo' ? 'sandbox' : modeFlag;
  if (demo) variables.MARKET_CLOCK_OFFSET = String(demoOffset(now));
  try {
    const env = readEnv(variables);
    if (env.NODE_ENV === 'production' && env.MARKET_MODE === 'sandbox')
      throw new UserError('In production (NODE_ENV=production) market data are always live.', 2);
    return { env, demo, help, modeFlag };
  } catch (error) {
    if (error instanceof EnvError) throw new UserError(error.message, 2);
    throw error;
  }
}

function parseFlags(argv: string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ args: argv, options: { live: flag, sandbox: flag, demo: flag, help: flag } }).values;
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${USAGE}`, 2);
  }
}

/** Seconds to add to `now` to be one hour into the latest session of New York; a multiple of 60. */
export function demoOffset(now: number): number {
  const sessions = calendarOf('XNYS').sessionsBetween(now - 14 * 24 * HOUR, now);
  const latest = sessions.findLast((session) => session.open + HOUR <= now);
  if (!latest) throw new RangeError('the calendar of New York has no session in the last two weeks');
  return (Math.floor((latest.open + HOUR - now) / MINUTE) * MINUTE) / SECOND;
}
