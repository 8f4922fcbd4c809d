import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What the tests read of a service in docker-compose.yml. */
export interface ComposeService {
  /** Set where the image is built here. */
  build?: string;
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
}

const file = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** docker-compose.yml, parsed; its variables are still in place. */
export const composeFile = (): ComposeFile => parse(file('docker-compose.yml'), { merge: true }) as ComposeFile;

/**
 * The file with `${NAME:-default}` and `${NAME}` filled in as Compose does.
 * @param given values of variables; what is missing gets its default
 */
export function interpolated(given: Record<string, string>): ComposeFile {
  const text = JSON.stringify(composeFile());
  const filled = text.replace(
    /\$\{(\w+)(?::-([^}]*))?\}/g,
    (_, name: string, fallback: string | undefined) => given[name] ?? fallback ?? '',
  );
  return JSON.parse(filled) as ComposeFile;
}

export const dockerfile = (): string => file('Dockerfile');
