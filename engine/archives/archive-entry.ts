// What an archive says it holds: files by a name that none of the others has, where their bytes
// lie, or why they are not read.
import type { Unreadable, WhyUnreadable } from '../../contract/unreadable.ts';

/** Where the bytes of a file lie in its archive's. `crc32` of the file's; undefined where nothing states one. */
export type EntryBytes = { at: number; length: number; method: 'stored' | 'deflated'; crc32: number | undefined };

/** A file in an archive, as its reader found it. */
export type RawEntry = {
  /** Its number among all that the archive lists, folders too, from 1. */
  number: number;
  /** As the archive spells it, `/` between folders. */
  name: string;
  sizeBytes: number;
  bytes: EntryBytes | Unreadable;
};

/** `name`: below the archive, unlike every other, fit to be part of a path. */
export type ArchiveEntry = RawEntry;

export type ArchiveFormat = 'zip' | 'tar' | 'tar.gz';

/** An archive, as far as it can be listed. */
export type Directory<Entry = ArchiveEntry> = {
  format: ArchiveFormat;
  entries: Entry[];
  /** Bytes that belong to no file that it lists, and to nothing that lists them. */
  unlistedBytes: number;
  /** Why what is listed may not be all; null where it is. */
  cut: 'ends' | 'damaged' | 'otherCount' | null;
};

/** An archive, or a file in one, is not read. */
export class ArchiveRefusal extends Error {
  readonly unreadable: Unreadable;
  constructor(reason: Unreadable['reason'], message: WhyUnreadable) {
    super(message.kind);
    this.name = 'ArchiveRefusal';
    this.unreadable = { reason, message };
  }
}

export const isRefused = (bytes: EntryBytes | Unreadable): bytes is Unreadable => 'reason' in bytes;

export const refusalOf = ({ reason, message }: Unreadable): ArchiveRefusal => new ArchiveRefusal(reason, message);

type EntryProblem = Extract<WhyUnreadable, { kind: 'archiveEntry' }>['problem'];

/** A file whose entry is not as it must be. */
export const refusedEntry = (problem: EntryProblem): Unreadable => ({
  reason:
    problem === 'encrypted' || problem === 'sparse'
      ? 'unsupportedFormat'
      : problem === 'notRegular'
        ? 'notARegularFile'
        : 'corrupt',
  message: { kind: 'archiveEntry', problem },
});
