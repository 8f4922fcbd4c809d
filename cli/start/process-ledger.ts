import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, isAlive, processIdentity } from '../lib/processes.js';
import { writeAtomically } from '../lib/write-atomically.js';

interface Entry {
  name: string;
  pid: number;
  identity: string;
}

/**
 * The processes that a start has begun, on disk: when it is killed, the next one finds and ends what it left behind.
 * A pid counts only together with the time at which its process began, so that no other program is ever touched.
 */
export class ProcessLedger {
  private entries: Entry[];
  private readonly path: string;

  constructor(dataDir: string) {
    this.path = join(dataDir, 'processes.json');
    this.entries = this.read();
  }

  record(name: string, pid: number): void {
    const identity = processIdentity(pid);
    if (identity === null) return;
    this.entries = [...this.entries.filter((entry) => entry.name !== name), { name, pid, identity }];
    writeAtomically(this.path, JSON.stringify(this.entries));
  }

  /** Ends what is still alive, the last begun first; tells what it found. */
  async reap(found: (name: string, pid: number) => void = () => {}): Promise<void> {
    for (const { name, pid, identity } of this.entries.toReversed()) {
      if (!isAlive(pid) || processIdentity(pid) !== identity) continue;
      found(name, pid);
      // SIGINT is the fast shutdown of PostgreSQL; SIGTERM would wait for its clients
      await endProcess(pid, [[name === 'postgres' ? 'SIGINT' : 'SIGTERM', 10_000]]);
    }
    this.entries = [];
    writeAtomically(this.path, '[]');
  }

  private read(): Entry[] {
    try {
      return JSON.parse(readFileSync(this.path, 'utf8')) as Entry[];
    } catch {
      return [];
    }
  }
}
