import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The parts of a service that the tests read. */
export interface ComposeService {
  /** Set if the image is built from this repository. */
  build?: string;
  image: string;
  command?: string[];
  environment?: Record<string, string | number>;
  ports?: string[];
  volumes?: string[];
  secrets?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  restart?: string;
  user?: string;
  read_only?: boolean;
  tmpfs?: string[];
  cap_add?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  privileged?: boolean;
  network_mode?: string;
  mem_limit?: string;
  pids_limit?: number;
  logging?: { driver: string; options: Record<string, string> };
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, null>;
}

/** What an operator can start, and the files that make it up: each next one adds to those before it. */
export const DEPLOYMENTS = {
  small: ['docker-compose.yml'],
  cluster: ['compose.cluster.yml'],
  'cluster with mTLS': ['compose.cluster.yml', 'compose.cluster-tls.yml'],
} as const;
export type Deployment = keyof typeof DEPLOYMENTS;

export const COMPOSE_FILES = ['compose.common.yml', ...new Set(Object.values(DEPLOYMENTS).flat())];

/** The innermost variables: their defaults contain none. */
const VARIABLE = /\$\{(\w+)(?::([-+])([^{}]*))?\}/g;
/** Lists that a later file or service replaces; others it adds to. */
const REPLACED = new Set(['command', 'test']);

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

const file = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** A file as it is: without its variables substituted, and without what it extends. */
export const rawComposeFile = (path: string): Tree => parse(file(path), { merge: true }) as Tree;

/** Merges as Compose does, for `extends` and for several files. */
function merged(base: unknown, over: unknown, key = ''): unknown {
  if (isTree(base) && isTree(over)) {
    const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
    return Object.fromEntries(
      [...keys].map((name) => [name, name in over ? merged(base[name], over[name], name) : base[name]]),
    );
  }
  if (Array.isArray(base) && Array.isArray(over) && !REPLACED.has(key))
    return [...(base as unknown[]), ...(over as unknown[])];
  return over;
}

function extended(service: Tree): Tree {
  const { extends: from, ...own } = service as Tree & { extends?: { file: string; service: string } };
  if (!from) return own;
  const bases = rawComposeFile(from.file).services as Record<string, Tree>;
  return merged(extended(bases[from.service]!), own) as Tree;
}

const trees = new Map<Deployment, Tree>();

/** The files of a deployment as one, without substitution of variables. */
function composeFile(deployment: Deployment): Tree {
  const known = trees.get(deployment);
  if (known) return known;
  const files = DEPLOYMENTS[deployment].map((path) => {
    const { services, ...rest } = rawComposeFile(path) as { services: Record<string, Tree> };
    return {
      ...rest,
      services: Object.fromEntries(Object.entries(services).map(([name, service]) => [name, extended(service)])),
    };
  });
  const tree = files.reduce<Tree>((all, next) => merged(all, next) as Tree, {});
  trees.set(deployment, tree);
  return tree;
}

/**
 * Substitutes `${NAME:-default}`, `${NAME:+replacement}`, `${NAME}` and `$$` as Compose does. A default may contain another
 * one.
 * @param given values of variables; missing ones get their default
 */
export function substituted<T>(tree: T, given: Record<string, string>): T {
  let text = JSON.stringify(tree);
  while (VARIABLE.test(text))
    text = text.replaceAll(VARIABLE, (_, name: string, kind: '-' | '+' | undefined, other = '') =>
      kind === '+' ? (given[name] ? String(other) : '') : (given[name] ?? String(other)),
    );
  return JSON.parse(text.replaceAll('$$', '$')) as T;
}

/** A deployment as Compose runs it. @param given values of variables */
export const interpolated = (given: Record<string, string>, deployment: Deployment = 'small'): ComposeFile =>
  substituted(composeFile(deployment), given) as unknown as ComposeFile;

/** The variables that the Compose files read. */
export const composeVariables = (): string[] => [
  ...new Set(COMPOSE_FILES.flatMap((path) => [...file(path).matchAll(/\$\{(\w+)/g)].map(([, name]) => name!))),
];

export const dockerfile = (): string => file('Dockerfile');
