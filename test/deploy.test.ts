import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Container, PodSpec } from 'kubernetes-types/core/v1.js';
import { parse } from 'yaml';
import { ENV_VARIABLES, readEnv, SECRETS } from '../config/env.js';
import { fileVariable } from '../config/secret-files.js';
import { lacksReadToken, tokensOf } from '../config/tokens.js';
import { interpolated } from './compose.js';
import { environmentOf as environmentOfService, secrets } from './compose-secrets.js';
import { temporaryFolder } from './environment/temporary-folder.js';
import { environmentOf, kustomization, type Manifest, manifestsOf, podsOf, typeErrors } from './kubernetes.js';

const root = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path: string) => readFileSync(root(path), 'utf8');
const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name!);
const paths = Object.keys((JSON.parse(read('api/openapi.json')) as { paths: object }).paths);

/** Variables of Temporal's own tools that these files set. */
const OF_TEMPORAL = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_API_KEY_FILE'];
const KNOWN = [...ENV_VARIABLES, ...SECRETS.map(fileVariable), ...OF_TEMPORAL];
/** The programs, as the services of the Compose files name them. */
const PROGRAMS = ['setup', 'worker', 'api'] as const;
type Program = (typeof PROGRAMS)[number];

/** The secrets in an environment: the variables of their files, with the names that deploy/create-secrets.sh gives them. */
const secretsIn = (environment: Record<string, string>, nameOf = (path: string) => basename(path)) =>
  Object.fromEntries(
    SECRETS.map(fileVariable).flatMap((variable) => {
      const path = environment[variable];
      return path === undefined ? [] : [[variable, nameOf(path)] as const];
    }),
  );
/** What Docker Compose hands to a program: its role in the database, and no secret that it does not need. */
const secretsOf = (program: Program) => secretsIn(environmentOfService(interpolated({}).services[program]!));

/** The settings that an environment results in, with the secrets of this machine. */
const settingsOf = (environment: Record<string, string>, given: Record<string, string>) =>
  readEnv({
    ...environment,
    ...Object.fromEntries(Object.entries(given).map(([variable, name]) => [variable, join(secrets(), name)])),
  });
const BOTH_TOKENS = { admin: expect.any(Buffer), read: expect.any(Buffer) };

const itWithSystemd = spawnSync('systemd-analyze', ['--version']).status === 0 ? it : it.skip;

/** The source of a program of the build. */
const sourceOf = (program: string) => root(program.replace(/^dist\/(.*)\.js$/, '$1.ts'));

describe('deploy/kubernetes', () => {
  const manifests = manifestsOf('deploy/kubernetes');
  const of = (kind: string, name: string) =>
    manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)!;
  const pods = manifests.flatMap((manifest) => podsOf(manifest).map((pod) => [manifest.metadata.name, pod] as const));
  const configuration = of('ConfigMap', 'barkeep').data!;
  const own = pods.filter(([, { containers }]) => containers[0]!.image === 'barkeep');
  const podOf = (program: Program) => own.find(([name]) => name === program)![1];
  const environmentIn = (program: Program) => ({ ...configuration, ...environmentOf(podOf(program).containers[0]!) });

  it('conforms to the API of Kubernetes, without unknown fields', () => {
    const objects = manifests.map((value) => ({ kind: value.kind, value }));
    const worker = of('Deployment', 'worker');
    const planted = (spec: object) => ({ kind: worker.kind, value: { ...worker, spec: { ...worker.spec, ...spec } } });
    expect(typeErrors(objects)).toEqual([]);
    const errors = typeErrors([planted({ replica: 3 }), planted({ replicas: 'three' })]);
    expect(errors).toEqual([expect.stringContaining('"replica"'), expect.stringContaining("'string'")]);
  });

  it('sets only variables that a program reads, to values that it accepts', () => {
    for (const program of PROGRAMS) {
      const environment = environmentIn(program);
      expect(KNOWN).toEqual(expect.arrayContaining(Object.keys(environment)));
      expect(settingsOf(environment, secretsIn(environment))).toMatchObject({
        ...{ NODE_ENV: 'production', HOST: '0.0.0.0', PORT: 3000, METRICS_PORT: 9464 },
      });
    }
  });

  it.each(PROGRAMS)('hands %s the secrets that Docker Compose hands it, and mounts no other', (program) => {
    const environment = environmentIn(program);
    const given = secretsIn(environment);
    expect(given).toEqual(secretsOf(program));
    for (const [variable, name] of Object.entries(given))
      expect(environment[variable]).toBe(`/run/secrets/barkeep/${name}`);
    const { secret } = podOf(program).volumes!.find(({ name }) => name === 'secrets')!;
    const mounted = secret!.items!.map(({ key, path }) => [key, path]);
    expect(mounted.sort()).toEqual([...Object.values(given), 'temporal-api-key'].map((name) => [name, name]).sort());
  });

  it('lets nobody read without the token, and the metrics of the workers be read where they are asked for', () => {
    expect(tokensOf(settingsOf(environmentIn('api'), secretsOf('api')))).toEqual(BOTH_TOKENS);
    expect(environmentIn('worker').METRICS_HOST).toBe('0.0.0.0');
    const annotated = manifests.filter((manifest) => JSON.stringify(manifest.spec ?? {}).includes('prometheus.io/'));
    // those of the API need the token, which an annotation cannot name
    expect(annotated.map(({ metadata }) => metadata.name)).toEqual(['worker']);
  });

  it.each(own)('%s runs a program of the build, with the configuration and the secrets', (_, pod) => {
    const [{ command, envFrom, volumeMounts }] = pod.containers as [Container];
    expect(command![0]).toBe('node');
    expect(existsSync(sourceOf(command![1]!))).toBe(true);
    expect(envFrom).toEqual([{ configMapRef: { name: 'barkeep' } }]);
    expect(volumeMounts).toContainEqual({ name: 'secrets', mountPath: '/run/secrets/barkeep', readOnly: true });
  });

  it.each(pods)('%s may do and use no more than it needs', (_, pod) => {
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    for (const { securityContext, resources } of pod.containers) {
      expect(securityContext).toEqual({
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      });
      expect(resources!.limits).toHaveProperty('memory');
    }
    for (const { secret } of pod.volumes ?? []) if (secret) expect(secret.defaultMode).toBe(0o440);
  });

  it.each(pods)('%s mounts volumes that exist', (_, pod) => {
    const volumes = pod.volumes!.map(({ name }) => name).sort();
    expect(pod.containers[0]!.volumeMounts!.map(({ name }) => name).sort()).toEqual(volumes);
    for (const { configMap, persistentVolumeClaim, secret } of pod.volumes!) {
      if (configMap) expect(of('ConfigMap', configMap.name!)).toBeDefined();
      if (persistentVolumeClaim) expect(of('PersistentVolumeClaim', persistentVolumeClaim.claimName)).toBeDefined();
      if (secret) expect(secret.secretName).toBe('barkeep');
      for (const { key } of secret?.items ?? []) expect([...readdirSync(secrets()), 'temporal-api-key']).toContain(key);
    }
  });

  it.each(['worker', 'api'])('%s is asked for its health where it answers', (name) => {
    const [container] = podsOf(of('Deployment', name))[0]!.containers as [Container];
    const [port] = container.ports!;
    expect(port!.containerPort).toBe(name === 'api' ? readEnv({}).PORT : readEnv({}).METRICS_PORT);
    for (const { httpGet } of [container.startupProbe, container.readinessProbe, container.livenessProbe].flatMap(
      (probe) => probe ?? [],
    )) {
      expect(paths).toContain(httpGet!.path);
      expect(httpGet!.port).toBe(port!.name);
    }
  });

  it('selects the pods that its labels name', () => {
    const labelsOf = (name: string) =>
      (of('Deployment', name).spec as { template: { metadata: { labels: object } } }).template.metadata.labels;
    const selecting = manifests.filter(({ spec }) => spec?.selector);
    expect(selecting.map(({ kind }) => kind)).toEqual(['Deployment', 'Deployment', 'Service', 'PodDisruptionBudget']);
    for (const { spec, metadata } of selecting) {
      const selector = spec!.selector as { matchLabels?: object };
      expect(labelsOf(metadata.name)).toMatchObject(selector.matchLabels ?? selector);
    }
  });

  it('has the version of this build, and the PostgreSQL of the Compose files', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(kustomization('deploy/kubernetes').images).toEqual([
      { name: 'barkeep', newName: expect.any(String), newTag: version },
    ]);
    const [pod] = podsOf(of('CronJob', 'backup')) as [PodSpec];
    expect(pod.containers[0]!.image).toBe(interpolated({}).services.postgres!.image);
  });
});

describe('deploy/cloud-run/api.yaml', () => {
  const service = parse(read('deploy/cloud-run/api.yaml')) as Manifest & {
    spec: { template: { spec: PodSpec & { containerConcurrency: number; timeoutSeconds: number } } };
  };
  const { containerConcurrency, timeoutSeconds, ...pod } = service.spec.template.spec;
  const [container] = pod.containers as [Container];

  it('conforms to the API: a pod, and two fields of Cloud Run', () => {
    expect(typeErrors([{ kind: 'PodSpec', value: pod }])).toEqual([]);
    expect([containerConcurrency, timeoutSeconds]).toEqual([250, 3600]);
  });

  it('runs the API with variables that it reads, and secrets that are mounted', () => {
    expect(existsSync(sourceOf(container.command![1]!))).toBe(true);
    const environment = environmentOf(container);
    expect(KNOWN).toEqual(expect.arrayContaining(Object.keys(environment)));
    const given = secretsIn(environment, (path) => /^\/secrets\/([\w-]+)\/value$/.exec(path)![1]!);
    // the keys of the providers are optional
    expect(secretsOf('api')).toMatchObject(given);
    const env = settingsOf(environment, given);
    expect(env).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0' });
    expect(new URL(env.DATABASE_URL!).username).toBe('barkeep_api');
    expect(tokensOf(env)).toEqual(BOTH_TOKENS);
    const created = pod.volumes!.map(({ name, secret }) => [name, (secret as { secretName: string }).secretName]);
    expect(created).toEqual(pod.volumes!.map(({ name }) => [name, `barkeep-${name}`]));
    const mounted = container.volumeMounts!.map(({ mountPath }) => `${mountPath}/value`).sort();
    expect(mounted).toEqual(
      Object.values(environment)
        .filter((value) => value.startsWith('/secrets'))
        .sort(),
    );
    expect(container.volumeMounts!.map(({ name }) => name)).toEqual(pod.volumes!.map(({ name }) => name));
  });
});

describe('deploy/systemd', () => {
  const units = readdirSync(root('deploy/systemd')).filter((name) => /\.(service|timer|target)$/.test(name));
  const unit = (name: string) => read(`deploy/systemd/${name}`);
  const programs = [
    ['setup', 'barkeep-setup.service'],
    ['worker', 'barkeep-worker@.service'],
    ['api', 'barkeep-api@.service'],
  ] as const;
  const settings = Object.fromEntries(
    [...unit('barkeep.env').matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]),
  );

  itWithSystemd('is what systemd understands', () => {
    const folder = join(temporaryFolder(), 'system');
    cpSync(root('deploy/systemd'), folder, { recursive: true });
    // what they start is not on this machine
    for (const name of units)
      writeFileSync(join(folder, name), unit(name).replace(/^ExecStart=\/\S+/gm, 'ExecStart=/bin/sh'));
    const analyze = (...verb: string[]) =>
      spawnSync('systemd-analyze', verb, {
        encoding: 'utf8',
        env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
      });
    const verified = ['barkeep-worker@1.service', 'barkeep-api@0.service', 'barkeep-backup.timer', 'barkeep.target'];
    verified.push('barkeep-temporal.service', 'barkeep-setup.service', 'barkeep-backup.service');
    const { status, stderr } = analyze('verify', '--man=no', ...verified);
    expect({ status, stderr: stderr.split('\n').filter((line) => line.includes(folder)) }).toEqual({
      status: 0,
      stderr: [],
    });
  });

  it.each(programs)(
    'runs %s from the build, with the secrets of Docker Compose from files of root',
    (program, name) => {
      const text = unit(name);
      expect(existsSync(sourceOf(/^ExecStart=\S+\/node (\S+)$/m.exec(text)![1]!))).toBe(true);
      const credentials = names(text, /^LoadCredential=([\w-]+):\/etc\/barkeep\/secrets\/\1$/gm);
      const variables = [...text.matchAll(/^Environment=(\w+_FILE)=%d\/([\w-]+)$/gm)];
      const given = Object.fromEntries(variables.map(([, variable, file]) => [variable!, file!]));
      expect(given).toEqual(secretsOf(program));
      expect(credentials.sort()).toEqual(Object.values(given).sort());
    },
  );

  it('lets nobody read without the token: the API listens on loopback, but others know it by a name', () => {
    const env = settingsOf(settings, secretsOf('api'));
    expect([env.HOST, lacksReadToken({ ...env, READ_TOKEN_HASH: undefined })]).toEqual(['127.0.0.1', true]);
    expect(tokensOf(env)).toEqual(BOTH_TOKENS);
  });

  it('sets only variables that something reads, to values that are accepted', () => {
    expect(KNOWN).toEqual(expect.arrayContaining(Object.keys(settings)));
    const instance = (name: string, i: number) =>
      Object.fromEntries(
        [...unit(name).matchAll(/^Environment=(\w+)=(\d+)%i$/gm)].map(([, variable, digits]) => [
          variable!,
          `${digits}${i}`,
        ]),
      );
    expect(readEnv({ ...settings, ...instance('barkeep-api@.service', 1) })).toMatchObject({
      ...{ NODE_ENV: 'production', PORT: 3001, ALLOWED_HOSTS: ['bars.example.com'] },
    });
    expect(readEnv(instance('barkeep-worker@.service', 1)).METRICS_PORT).toBe(9461);
  });

  it('starts and stops everything with its target', () => {
    for (const name of units.filter((other) => !['barkeep.target', 'barkeep-backup.service'].includes(other))) {
      expect(unit(name)).toMatch(/^PartOf=barkeep\.target$/m);
      expect(unit(name)).toMatch(/^WantedBy=barkeep\.target$/m);
    }
  });

  it('runs Temporal as docker-compose.yml does', () => {
    const flags = (text: string) => text.split(/[\s\\]+/).filter((word) => /^--(dynamic|search|log)/.test(word));
    expect(flags(unit('barkeep-temporal.service'))).toEqual(
      flags(interpolated({}).services.temporal!.command!.join(' ')),
    );
  });
});

describe('the reverse proxies', () => {
  it.each(['deploy/caddy/Caddyfile', 'deploy/nginx/barkeep.conf'])('%s asks what the API has', (path) => {
    const text = read(path);
    const published = interpolated({}, 'cluster').services;
    const ports = [published.api!, published['api-2']!].map((service) => service.ports![0]!.split(':')[1]);
    expect([...new Set(names(text, /127\.0\.0\.1:(\d+)/g))]).toEqual(ports);
    for (const route of names(text, /(?:respond|health_uri|location =) (\/\w+)/g)) expect(paths).toContain(route);
    expect(text).toContain('bars.example.com');
    // Caddy says so by itself
    if (path.includes('nginx')) expect(text).toContain('proxy_set_header X-Forwarded-Proto $scheme;');
  });
});

describe('deploy/backup/back-up.sh', () => {
  /** Runs it with stand-ins for the tools of PostgreSQL. @param restore the script of pg_restore */
  function backUp(restore: string, kept: readonly string[] = []) {
    const folder = temporaryFolder();
    const [bin, backups] = [join(folder, 'bin'), join(folder, 'backups')];
    for (const path of [bin, backups]) mkdirSync(path);
    const tool = (name: string, script: string) => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    tool('pg_dump', 'for word; do case $word in --file=*) echo "$@" > "${word#--file=}" ;; esac; done');
    tool('pg_restore', restore);
    for (const name of kept) writeFileSync(join(backups, name), '');
    writeFileSync(join(folder, 'url'), 'postgres://barkeep@127.0.0.1/barkeep\n');
    const variables = { DATABASE_URL_FILE: join(folder, 'url'), BACKUP_DIR: backups, BACKUP_KEEP: '2' };
    const { status } = spawnSync('sh', [root('deploy/backup/back-up.sh')], {
      env: { PATH: `${bin}:${process.env.PATH}`, ...variables },
    });
    return {
      status,
      files: readdirSync(backups).sort(),
      read: (name: string) => readFileSync(join(backups, name), 'utf8'),
    };
  }
  const OLDER = ['barkeep-2026-01-01T02-30-00Z.dump', 'barkeep-2026-01-02T02-30-00Z.dump'];

  it('keeps the newest dumps, without what is valid only on its own server', () => {
    const { status, files, read: content } = backUp('exit 0', [...OLDER, 'notes.txt']);
    expect(status).toBe(0);
    expect(files).toEqual([OLDER[1], expect.stringMatching(/^barkeep-\d{4}-.*Z\.dump$/), 'notes.txt']);
    expect(content(files[1]!)).toContain('--exclude-table-data=bar_changes');
    expect(content(files[1]!)).toContain('--dbname=postgres://barkeep@127.0.0.1/barkeep');
  });

  it('keeps the older ones if the new one cannot be read back', () => {
    const { status, files } = backUp('exit 1', OLDER);
    expect(status).not.toBe(0);
    expect(files).toEqual(OLDER);
  });
});
