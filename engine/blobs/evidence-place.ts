// Where an evidence file lies now: inside a case that came with its evidence, else where it was
// found at intake.
import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Sha256 } from '../../contract/brand.ts';
import type { Evidence } from '../../contract/evidence.ts';
import { placeOnDisk } from '../archives/place-in-archive.ts';
import { isOwnFile } from '../files/own-file.ts';
import { isTimeOfChange } from '../files/time-of-change.ts';
import { statEvidence } from './open-place.ts';

/** Folder of evidence that a portable case brought along, by SHA-256. */
export const carriedFolder = (caseFolder: string): string => path.join(caseFolder, 'evidence');

/**
 * Where the case looks for a file: where it was said to have moved to, else where it was found at
 * intake.
 */
export const recordedPlace = ({ path, movedTo }: Pick<Evidence, 'path' | 'movedTo'>): string => movedTo?.path ?? path;

/**
 * [Note: places of a case from elsewhere] Its rows name paths of another machine, or of this one:
 * /etc/shadow as well as a photograph. They are text until somebody here says where the evidence
 * lies; until then nothing but what the case brought along is opened.
 */
const roots = new Map<string, readonly string[]>();

/** In place of a path where none may be opened: no system has such a name. */
export const NOT_SAID = '\0 not said where';

/**
 * Evidence of the case in `caseFolder` is opened below these folders alone; `all` where its rows
 * were written here.
 */
export function trustPlaces(caseFolder: string, below: 'all' | readonly string[]): void {
  if (below === 'all') roots.delete(caseFolder);
  else
    roots.set(
      caseFolder,
      below.map((one) => path.resolve(one)),
    );
}

/** True in a case that was not made here, of whose places nothing is believed. */
export const isFromElsewhere = (caseFolder: string): boolean => roots.has(caseFolder);

const isBelow = (root: string, full: string): boolean =>
  full === root || full.startsWith(root.endsWith(path.sep) ? root : root + path.sep);

/**
 * True where a link on the way to `place` leads out of `root`: whoever handed over a folder may
 * have put one there. Of what is not there, false.
 */
export function leadsOut(root: string, place: string): boolean {
  try {
    return !isBelow(realpathSync(root), realpathSync(placeOnDisk(place)));
  } catch {
    return false;
  }
}

/** True for a place that may be opened. */
export function isTrustedPlace(caseFolder: string, place: string): boolean {
  const below = roots.get(caseFolder);
  if (below === undefined) return true;
  const full = path.resolve(place);
  // `..` behind a link leads elsewhere than the spelling says.
  if (full !== place) return false;
  return below.some((root) => isBelow(root, full) && !leadsOut(root, full));
}

/** Where bytes lie, and the file's time of change there. */
export type PlaceHere = { path: string; modifiedAt: string };

/**
 * Where somebody who looks at a case that cannot be written has found its evidence, by the hash
 * that each file had there. Kept by this installation, never by the case.
 */
const placesHere = new Map<string, ReadonlyMap<Sha256, PlaceHere>>();

/** For the case in `caseFolder`, in place of what was said before; none forgets it. */
export function keepPlacesHere(caseFolder: string, places: ReadonlyMap<Sha256, PlaceHere>): void {
  if (places.size === 0) placesHere.delete(caseFolder);
  else placesHere.set(caseFolder, places);
}

/** Paths of those places: evidence like any other. */
export const pathsHere = (caseFolder: string): string[] =>
  [...(placesHere.get(caseFolder)?.values() ?? [])].map((one) => one.path);

const ifTrusted = (caseFolder: string, place: string): string => (isTrustedPlace(caseFolder, place) ? place : NOT_SAID);

/**
 * True for a folder of brought evidence that is not looked into: a link, in a case from elsewhere,
 * could lead anywhere.
 */
export const isCarriedRefused = (caseFolder: string): boolean =>
  roots.has(caseFolder) && lstatSync(carriedFolder(caseFolder), { throwIfNoEntry: false })?.isDirectory() === false;

/** The path to open, read-only. The row keeps the path of intake. */
export function placeOfEvidence(caseFolder: string, evidence: Pick<Evidence, 'path' | 'movedTo' | 'sha256'>): string {
  if (evidence.sha256 === null || !/^[0-9a-f]{64}$/.test(evidence.sha256))
    return ifTrusted(caseFolder, recordedPlace(evidence));
  const carried = path.join(carriedFolder(caseFolder), evidence.sha256);
  if (isOwnFile(carried) && !isCarriedRefused(caseFolder)) return carried;
  return placesHere.get(caseFolder)?.get(evidence.sha256)?.path ?? ifTrusted(caseFolder, recordedPlace(evidence));
}

/** The time of change a file has where the case looks for it, as recorded. */
export const recordedTime = ({ modifiedAt, movedTo }: Pick<Evidence, 'modifiedAt' | 'movedTo'>): string | null =>
  movedTo?.modifiedAt ?? modifiedAt;

/**
 * True if size and time of change of the file are those recorded: for what is too large to be
 * hashed at every look. The copy in a portable case has a time of its own.
 */
export async function isAsTakenIn(
  caseFolder: string,
  place: string,
  evidence: Pick<Evidence, 'path' | 'movedTo' | 'sha256' | 'sizeBytes' | 'modifiedAt'>,
): Promise<boolean> {
  const now = await statEvidence(place);
  if (!now || now.sizeBytes !== evidence.sizeBytes) return false;
  const here = evidence.sha256 === null ? undefined : placesHere.get(caseFolder)?.get(evidence.sha256);
  if (here?.path === place) return isTimeOfChange(here.modifiedAt, now);
  return place !== recordedPlace(evidence) || isTimeOfChange(recordedTime(evidence), now);
}
