import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The parts of a service in docker-compose.yml that the tests read. */
export interface ComposeService {
  /** Set if the image is built from this repository. */
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

/** The innermost variables: their defaults contain none. */
const VARIABLE = /\$\{(\w+)(?::([-+])([^{}]*))?\}/g;

const file = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** docker-compose.yml, parsed, without substitution of variables. */
export const composeFile = (): ComposeFile => parse(file('docker-compose.yml'), { merge: true }) as ComposeFile;

/**
 * docker-compose.yml with `${NAME:-default}`, `${NAME:+replacement}` and `${NAME}` substituted as Compose does. A default may
 * contain another one.
 * @param given values of variables; missing ones get their default
 */
export function interpolated(given: Record<string, string>): ComposeFile {
  let text = JSON.stringify(composeFile());
  while (VARIABLE.test(text))
    text = text.replaceAll(VARIABLE, (_, name: string, kind: '-' | '+' | undefined, other = '') =>
      kind === '+' ? (given[name] ? String(other) : '') : (given[name] ?? String(other)),
    );
  return JSON.parse(text) as ComposeFile;
}

/** The variables that docker-compose.yml reads. */
export const composeVariables = (): string[] => [
  ...new Set([...file('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name!)),
];

export const dockerfile = (): string => file('Dockerfile');
