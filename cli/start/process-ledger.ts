import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECOND } from '../../domain/timeframe.js';
import { endProcess, isAlive, processIdentity } from '../lib/processes.js';
import { StateFile } from '../lib/state-file.js';

const GRACE_MS = 10 * SECOND;

interface Entry {
  name: string;
  pid: number;
  identity: string;
}

/**
 * Records on disk the processes that a start has launched: if it is killed, the next start ends those that are left.
 * A pid counts only together with the start time of its process, so that no other program is ever touched.
 */
export class ProcessLedger {
  private entries: Entry[];
  private readonly file: StateFile;

  constructor(dataDir: string) {
    this.file = new StateFile(join(dataDir, 'processes.json'));
    this.entries = this.read();
  }

  record(name: string, pid: number): void {
    const identity = processIdentity(pid);
    if (identity === null) return;
    this.entries = [...this.entries.filter((entry) => entry.name !== name), { name, pid, identity }];
    this.file.write(JSON.stringify(this.entries));
  }

  /** Ends the processes that are still alive, the latest first. @param found called for each of them */
  async reap(found: (name: string, pid: number) => void = () => {}): Promise<void> {
    for (const { name, pid, identity } of this.entries.toReversed()) {
      if (!isAlive(pid) || processIdentity(pid) !== identity) continue;
      found(name, pid);
      // for PostgreSQL, SIGINT is the fast shutdown; SIGTERM would wait for its clients
      await endProcess(pid, [[name === 'postgres' ? 'SIGINT' : 'SIGTERM', GRACE_MS]]);
    }
    this.entries = [];
    this.file.write('[]');
  }

  private read(): Entry[] {
    try {
      return JSON.parse(readFileSync(this.file.path, 'utf8')) as Entry[];
    } catch {
      return [];
    }
  }
}
