import { fileVariable } from './secret-files.js';

/** Variables of AWS's own tools with which a bucket is opened; these may be in files. */
export const BUCKET_SECRETS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;
type BucketSecret = (typeof BUCKET_SECRETS)[number];

/** These secrets as values, for a program of another user, who may not read the files. */
export const bucketVariables = (env: Partial<Record<BucketSecret, string>>): NodeJS.ProcessEnv =>
  Object.fromEntries(
    BUCKET_SECRETS.flatMap((name) => [
      [name, env[name] ?? ''],
      [fileVariable(name), ''],
    ]),
  );
