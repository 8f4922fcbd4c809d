import type pg from 'pg';
import { connectOnce } from '../../db/client.js';

const INTERVAL_MS = 100;

/** Counts the connections of a database until it is stopped, and keeps the highest number by application. */
export class ConnectionCount {
  private readonly peaks = new Map<string, number>();
  private highest = 0;
  private readonly client: pg.Client;
  private readonly database: string;
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> | null = null;
  private failure: Error | null = null;

  private constructor(client: pg.Client, database: string) {
    this.client = client;
    this.database = database;
    this.timer = setInterval(() => {
      this.looking ??= this.look();
    }, INTERVAL_MS);
  }

  /** @param adminUrl of another database of the same server */
  static async start(adminUrl: string, database: string): Promise<ConnectionCount> {
    return new ConnectionCount(await connectOnce({ connectionString: adminUrl }), database);
  }

  /** @returns the most connections at one time, and of each application. @throws Error if it could not count */
  async stop(): Promise<{ highest: number; peaks: ReadonlyMap<string, number> }> {
    clearInterval(this.timer);
    await this.looking;
    await this.client.end();
    if (this.failure) throw this.failure;
    return { highest: this.highest, peaks: this.peaks };
  }

  private async look(): Promise<void> {
    try {
      const { rows } = await this.client.query<{ application: string; count: number }>(
        `select application_name as application, count(*)::int as count from pg_stat_activity
        where datname = $1 group by 1`,
        [this.database],
      );
      this.highest = Math.max(
        this.highest,
        rows.reduce((sum, { count }) => sum + count, 0),
      );
      for (const { application, count } of rows)
        this.peaks.set(application, Math.max(this.peaks.get(application) ?? 0, count));
    } catch (error) {
      this.failure ??= error as Error;
    } finally {
      this.looking = null;
    }
  }
}
