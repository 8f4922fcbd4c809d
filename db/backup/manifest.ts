import { z } from 'zod';
import { DamagedError } from './errors.js';

/** PostgreSQL's list of the files of a base copy. https://www.postgresql.org/docs/18/backup-manifest-format.html */
const Manifest = z.object({
  'PostgreSQL-Backup-Manifest-Version': z.literal(2),
  Files: z.array(z.object({ Path: z.string(), Checksum: z.string() })),
  'WAL-Ranges': z.array(z.object({ Timeline: z.number(), 'Start-LSN': z.string(), 'End-LSN': z.string() })).length(1),
});

export interface BackupManifest {
  /** SHA-256 of each file, in hexadecimal, by path. */
  files: Map<string, string>;
  timeline: number;
  /** The part of the write-ahead log without which the copy is not consistent. */
  startLsn: string;
  endLsn: string;
}

/** @param path of the manifest, for the error @throws DamagedError if it has another form */
export function parseManifest(content: Buffer, path: string): BackupManifest {
  try {
    const { Files, 'WAL-Ranges': ranges } = Manifest.parse(JSON.parse(content.toString()));
    const [range] = ranges;
    return {
      files: new Map(Files.map((file) => [file.Path, file.Checksum])),
      timeline: range!.Timeline,
      startLsn: range!['Start-LSN'],
      endLsn: range!['End-LSN'],
    };
  } catch (error) {
    throw new DamagedError(path, `it cannot be read (${(error as Error).message})`);
  }
}
