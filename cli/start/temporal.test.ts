import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTemporalConfig } from '../../contracts/temporal-config.js';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import type { Ports } from './addresses.js';
import { chooseTemporal } from './temporal.js';

const ports: Ports = { api: 1, metrics: 2, temporal: 7001, temporalUi: 3, postgres: 4, sandbox: 5 };
const toml = (address: string) => `[profile.default]\naddress = "${address}"\nnamespace = "work"\napi_key = "k3y"\n`;
const home = temporaryFolder();
mkdirSync(join(home, 'temporalio'));
writeFileSync(join(home, 'temporalio', 'temporal.toml'), toml('work.example:7233'));
/** A user whose default profile is for other work, on every system. */
const user = { HOME: home, XDG_CONFIG_HOME: home, APPDATA: home, PATH: '/bin', TEMPORAL_UI_PORT: '3' };

describe('the Temporal server of a start', () => {
  it("is the embedded one, whatever the user's own profile says", () => {
    const choice = chooseTemporal({ ...user, TEMPORAL_API_KEY: 'k3y', TEMPORAL_TLS: 'true' }, 'live', ports);
    expect(choice).toMatchObject({ embedded: true, config: { namespace: 'default' } });
    expect(choice.variables).toMatchObject({ PATH: '/bin', TEMPORAL_UI_PORT: '3' });
    // what the worker, the API and the set-up read in that environment
    expect(readTemporalConfig(choice.variables)).toEqual({
      connectionOptions: { address: '127.0.0.1:7001', tls: undefined, apiKey: undefined, metadata: undefined },
      namespace: 'default',
    });
  });

  it('has a namespace for simulated bars, unless a variable names one', () => {
    expect(chooseTemporal(user, 'sandbox', ports).config.namespace).toBe('sandbox');
    expect(chooseTemporal({ ...user, TEMPORAL_NAMESPACE: 'mine' }, 'sandbox', ports).config.namespace).toBe('mine');
  });

  it('is the one that a variable names, with all that its profile says', () => {
    const file = join(home, 'own.toml');
    writeFileSync(file, toml('own.example:7233'));
    for (const [named, address] of [
      [{ TEMPORAL_CONFIG_FILE: file }, 'own.example:7233'],
      [{ TEMPORAL_CONFIG_FILE: file, TEMPORAL_ADDRESS: 'other.example:7233' }, 'other.example:7233'],
    ] as const) {
      const { embedded, config, variables } = chooseTemporal({ ...user, ...named }, 'sandbox', ports);
      expect(embedded).toBe(false);
      expect(config).toMatchObject({ connectionOptions: { address, apiKey: 'k3y', tls: true }, namespace: 'work' });
      expect(readTemporalConfig(variables)).toEqual(config);
    }
  });
});
