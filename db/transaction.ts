import type pg from 'pg';

/**
 * Runs `work` in one transaction: committed when it returns, rolled back when it throws.
 * @param mode as PostgreSQL words it after BEGIN
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (tx: pg.PoolClient) => Promise<T>,
  mode: '' | 'isolation level repeatable read' | 'isolation level repeatable read, read only' = '',
): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    await tx.query(`begin ${mode}`);
    const result = await work(tx);
    await tx.query('commit');
    return result;
  } catch (error) {
    await tx.query('rollback').catch((rollbackError: Error) => (broken = rollbackError));
    throw error;
  } finally {
    tx.release(broken);
  }
}

/** Runs reads in one transaction that sees one state of the database. */
export async function inSnapshot<T>(pool: pg.Pool, read: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    return read(tx);
  });
}
