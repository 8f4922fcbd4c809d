import { expect, it } from 'vitest';
import { walArchive } from './wal-archive.js';

it('a server gets the secrets of a bucket only if it archives to one', () => {
  const env = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
  expect(walArchive('s3://backups/one', env).variables).toMatchObject(env);
  // empty, as the server inherits what is set
  const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SECRET_ACCESS_KEY_FILE: '' };
  expect(walArchive('/backups/one', env).variables).toMatchObject(none);
});
