import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { SECOND } from './time.js';
import { startSandbox } from './server.js';

const USAGE =
  'Usage: sandbox [--port 0] [--seed 1] [--offset-s 0]   (offset: seconds that market time is ahead of the clock)';

interface Flags {
  port: number;
  seed: number;
  offset: number;
}

/** Turns `--offset-s -60` into `--offset-s=-60`: parseArgs takes a value that begins with a dash for a flag. */
function joinNegatives(args: string[]): string[] {
  return args.reduce<string[]>((done, arg) => {
    const flag = /^-\d/.test(arg) ? done.pop() : undefined;
    return [...done, flag === undefined ? arg : `${flag}=${arg}`];
  }, []);
}

/** @throws TypeError that names the invalid flag */
function readFlags(given: string[]): Flags {
  const args = joinNegatives(given);
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args, options: { port: text, seed: text, 'offset-s': text } });
  const integer = (name: keyof typeof values, fallback: number, low: number, high: number) => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (Number.isInteger(value) && value >= low && value <= high) return value;
    throw new TypeError(`--${name} must be a whole number from ${low} to ${high}`);
  };
  return {
    port: integer('port', 0, 0, 65_535),
    seed: integer('seed', 1, 0, 2 ** 31),
    offset: integer('offset-s', 0, -(2 ** 31), 2 ** 31) * SECOND,
  };
}

/**
 * Keeps memory small, because the sandbox shares a laptop with a database, Temporal and the product. Responses become
 * garbage at once, and without these flags V8 lets the young generation grow to 48 MB. Measured: 100 MB of memory instead
 * of 140, of which 57 are Node itself.
 */
function staySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--optimize-for-size');
}

async function main(): Promise<void> {
  staySmall();
  const { port, seed, offset } = readFlags(process.argv.slice(2));
  const clock = () => Date.now() + offset;
  const sandbox = await startSandbox({ port, seed, clock });
  const stop = () => void sandbox.close().then(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  process.once('disconnect', stop); // the parent process is gone
  console.log(`sandbox listening on ${sandbox.url} (seed ${seed}, market clock ${new Date(clock()).toISOString()})`);
  process.send?.({ type: 'ready', url: sandbox.url });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  if (error instanceof TypeError) console.error(USAGE);
  process.exit(1);
});
