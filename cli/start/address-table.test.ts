import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import type { Runtime } from '../lib/runtime-file.js';
import type { Terminal } from '../lib/terminal.js';
import { addressTable } from './address-table.js';

describe('the address table', () => {
  const dataDir = temporaryFolder();
  const tokenRow = (adminToken: string, interactive: boolean): string => {
    const runtime = { databaseUrl: 'postgres://barkeep:secret@127.0.0.1:1/barkeep', readToken: null, adminToken };
    const terminal = { interactive, colour: (_: string, text: string) => text };
    const lines = addressTable(runtime as unknown as Runtime, dataDir, 'none', terminal as unknown as Terminal);
    return lines.find((line) => line.includes('Admin token'))!.replace(/^ *Admin token +/, '');
  };

  it('shows a token on a terminal, and elsewhere where it is', () => {
    const file = join(dataDir, 'admin-token');
    writeFileSync(file, 'made-here');
    expect(tokenRow('made-here', true)).toBe('made-here');
    expect(tokenRow('made-here', false)).toBe(`in ${file}`);
    expect(tokenRow('given', false)).toBe('that of ADMIN_TOKEN');
  });
});
