import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { temporalCli } from '../../cli/embedded/temporal-binary.js';
import type { TestNamespace } from './namespace.js';

/** Runs the `temporal` command in a namespace, as an operator does. @returns what it prints @throws Error if it fails */
export async function temporal({ address, namespace }: TestNamespace, ...args: string[]): Promise<string> {
  const binary = await temporalCli({ log: () => undefined });
  const { stdout } = await promisify(execFile)(binary, [...args, '--address', address, '--namespace', namespace]);
  return stdout;
}
