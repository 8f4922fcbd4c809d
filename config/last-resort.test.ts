import { expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MODULE = fileURLToPath(new URL('./last-resort.ts', import.meta.url));

/** Runs a script in a process of its own with the handlers, and returns how it ended. */
function inProcess(script: string) {
  const code = `
    import { surviveRejections } from ${JSON.stringify(MODULE)};
    const print = (level) => ({ err }, message) => console.log(level, err.message, '|', message);
    surviveRejections({ error: print('error'), fatal: print('fatal') }, () => console.log('counted'));
    ${script}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

it('logs and counts a rejection that nothing handles, and the process goes on', () => {
  const ended = inProcess(`Promise.reject(new Error('refused')); setTimeout(() => console.log('went on'), 20);`);
  expect(ended.stdout).toMatch(/^error refused \| .*\ncounted\nwent on\n$/);
  expect(ended.status).toBe(0);
});

it('leaves the log alone, and the process ends, when a pipe breaks: it may be that of the log', () => {
  const ended = inProcess(
    `setTimeout(() => { throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }); }, 1);`,
  );
  expect(ended).toEqual({ status: 1, stdout: '', stderr: expect.stringMatching(/^Error: write EPIPE\n/) });
});

it('logs an exception that nothing catches, and the process ends', () => {
  const ended = inProcess(
    `setTimeout(() => console.log('went on'), 50); setTimeout(() => { throw new Error('odd'); }, 1);`,
  );
  expect(ended.stdout).toMatch(/^fatal odd \| .*\n$/);
  expect(ended.status).toBe(1);
});
