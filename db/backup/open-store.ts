import { FolderStore } from './folder-store.js';
import { isBucket, type Store } from './store.js';

/**
 * The store at an absolute path or `s3://BUCKET/PREFIX`. The client of S3 is loaded only where it is needed.
 * @throws BackupError if what is needed to open a bucket is not set
 */
export async function openStore(location: string): Promise<Store> {
  if (!isBucket(location)) return new FolderStore(location);
  const { openBucket } = await import('./bucket.js');
  return openBucket(location);
}
