import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Container, PodSpec } from 'kubernetes-types/core/v1.js';
import ts from 'typescript';
import { parse, parseAllDocuments } from 'yaml';

/** A manifest, with what the tests read of any kind. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec?: Record<string, unknown>;
}

/** The types of each kind that the project uses: a module of kubernetes-types. */
const TYPES: Readonly<Record<string, string>> = {
  ConfigMap: 'core/v1',
  CronJob: 'batch/v1',
  Deployment: 'apps/v1',
  Ingress: 'networking/v1',
  Job: 'batch/v1',
  Namespace: 'core/v1',
  PersistentVolumeClaim: 'core/v1',
  PodDisruptionBudget: 'policy/v1',
  PodSpec: 'core/v1',
  Service: 'core/v1',
};

const root = fileURLToPath(new URL('..', import.meta.url));
/** Kubernetes reads YAML 1.1, in which 0440 is octal. */
const documentsOf = (path: string): Manifest[] =>
  parseAllDocuments(readFileSync(join(root, path), 'utf8'), { version: '1.1' }).map(
    (document) => document.toJS() as Manifest,
  );

interface Kustomization {
  resources: string[];
  configMapGenerator?: { name: string; files: string[] }[];
  images?: { name: string; newTag: string }[];
}

export const kustomization = (folder: string): Kustomization =>
  parse(readFileSync(join(root, folder, 'kustomization.yaml'), 'utf8')) as Kustomization;

/**
 * What `kubectl apply --kustomize FOLDER` applies, before names and images are replaced.
 * @throws Error for a resource that does not exist, and for a manifest in the folder that is no resource
 */
export function manifestsOf(folder: string): Manifest[] {
  const { resources, configMapGenerator = [] } = kustomization(folder);
  const forgotten = readdirSync(join(root, folder)).filter(
    (name) => name.endsWith('.yaml') && name !== 'kustomization.yaml' && !resources.includes(name),
  );
  if (forgotten.length > 0)
    throw new Error(`${folder}: no resource of its kustomization.yaml: ${forgotten.join(', ')}`);
  for (const { files } of configMapGenerator)
    for (const file of files)
      if (dirname(file) !== '.' || !existsSync(join(root, folder, file)))
        throw new Error(`${folder}: ${file} must be in this folder`);
  return [
    ...resources.flatMap((name) =>
      name.endsWith('.yaml') ? documentsOf(join(folder, name)) : manifestsOf(join(folder, name)),
    ),
    ...configMapGenerator.map(({ name, files }) => ({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } },
      data: Object.fromEntries(files.map((file) => [file, readFileSync(join(root, folder, file), 'utf8')])),
    })),
  ];
}

/** The pods of a manifest: none or one. */
export function podsOf({ kind, spec }: Manifest): PodSpec[] {
  const template = (kind === 'CronJob' ? (spec!.jobTemplate as { spec: typeof spec }).spec : spec)?.template;
  return template ? [(template as { spec: PodSpec }).spec] : [];
}

export const environmentOf = ({ env = [] }: Container): Record<string, string> =>
  Object.fromEntries(env.map(({ name, value }) => [name, value ?? '']));

/**
 * Checks objects against the types of the API, unknown fields included: each becomes a literal in a file for the compiler.
 * @param objects by kind
 * @returns what is wrong, one line each
 */
export function typeErrors(objects: readonly { kind: string; value: unknown }[]): string[] {
  const path = join(root, 'test', 'manifests.generated.ts');
  const text = objects
    .map(
      ({ kind, value }, i) =>
        `export const x${i}: import('kubernetes-types/${TYPES[kind]}').${kind} = ${JSON.stringify(value, null, 1)};`,
    )
    .join('\n');
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: [], lib: ['lib.es2020.d.ts'] },
    ...{
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      target: ts.ScriptTarget.ES2020,
    },
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2020) : read(name, ...rest);
  const program = ts.createProgram([path], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
