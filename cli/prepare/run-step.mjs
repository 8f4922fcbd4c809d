import { spawn } from 'node:child_process';
import { keepLockFor } from './prepare-lock.mjs';

const PROGRESS_INTERVAL_MS = 15_000;
/** The end of a step's output that is shown if it fails. */
const SHOWN_OUTPUT_LENGTH = 8_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** 128 + the number of SIGINT, as shells report it. */
const INTERRUPTED = 130;

/**
 * Runs one step of installing or building: a line when it begins, one every 15 s, and one when it is done.
 * @param {{ doing: string, done: string, expected?: string }} words such as `Installing dependencies` and
 * `Dependencies installed`, and what to expect
 * @param {(run: Run) => Promise<void>} work runs the step's programs, one after another
 * @throws Error with the end of a program's output, or with exit code 130 if the step was interrupted
 */
export async function step({ doing, done, expected }, work) {
  const since = Date.now();
  const seconds = () => Math.round((Date.now() - since) / 1_000);
  console.log(`${doing}${expected ? ` (${expected})` : ''} …`);
  const progress = setInterval(
    () => console.log(`  still ${doing[0].toLowerCase()}${doing.slice(1)} (${seconds()} s) …`),
    PROGRESS_INTERVAL_MS,
  );
  try {
    await work((program, args, options) => run(doing, program, args, options));
  } finally {
    clearInterval(progress);
  }
  console.log(`${done} in ${seconds()} s`);
}

/** @typedef {(program: string, args: string[], options: import('node:child_process').SpawnOptions) => Promise<void>} Run */

function run(doing, program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = child.pid ? keepLockFor(child.pid) : () => {};
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output = (output + chunk).slice(-SHOWN_OUTPUT_LENGTH)));
    let interruptedBy = null;
    const interrupt = (name) => {
      interruptedBy = name;
      child.kill(name);
    };
    for (const name of SIGNALS) process.on(name, interrupt);
    child.once('error', (error) => {
      reject(
        error.code === 'ENOENT' ? new Error(`${doing} failed: ${program} is not installed, or not on PATH.`) : error,
      );
    });
    child.once('close', (code, signal) => {
      ended();
      for (const name of SIGNALS) process.off(name, interrupt);
      if (interruptedBy || SIGNALS.includes(signal)) reject(interrupted(doing));
      else if (code === 0) resolve();
      else reject(new Error(`${doing} failed (${signal ?? `exit code ${code}`}):\n${output.trim()}`));
    });
  });
}

const interrupted = (doing) =>
  Object.assign(
    new Error(
      `Interrupted while ${doing[0].toLowerCase()}${doing.slice(1)}. Nothing is broken: start again, and it does what is missing.`,
    ),
    { exitCode: INTERRUPTED },
  );
