// A frame of a video as it is now, for a verdict made again: the file hashed once, the frame
// decoded by its pts, searched and cut as in the scan.

import type { Evidence } from '../../contract/evidence.ts';
import type { Face } from '../../contract/face.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { frameQuery } from '../../contract/video.ts';
import { placeOfEvidence } from '../blobs/evidence-place.ts';
import { hashEvidenceFile } from '../blobs/read-evidence-file.ts';
import { cutFaces, cuttingOf } from '../examine/judge-faces.ts';
import type { FileIdentity } from '../files/file-identity.ts';
import type { Look, LookTurned } from '../media/find-faces.ts';
import type { Rotation } from '../media/rotation.ts';
import { type FileNow, keyOfLook, type LookAgain, type Unavailable, unavailable } from './file-now.ts';
import type { RerunDeps } from './rerun-deps.ts';

/** Frames by evidence and face; a frame with several faces is decoded once, a file hashed once. */
export function createFrameSource(
  deps: RerunDeps,
): (evidence: Evidence, face: Face | null, look: LookAgain) => Promise<FileNow> {
  let file: { id: number; now: Promise<FileIdentity | Unavailable> } | undefined;
  let frame: { key: string; now: Promise<FileNow> } | undefined;
  return async (evidence, face, look) => {
    if (face?.pts === null || face === null)
      return unavailable('It is a video: a verdict on the whole of it is made again by scanning it in a new case.');
    if (file?.id !== evidence.id) file = { id: evidence.id, now: hashedFilm(deps, evidence) };
    const identity = await file.now;
    if (typeof identity !== 'string') return identity;
    const key = `${evidence.id} ${face.frameIndex} ${keyOfLook(look)}`;
    if (frame?.key !== key)
      frame = { key, now: readFrame(deps, { evidence, identity }, { ...face, pts: face.pts }, look) };
    return frame.now;
  };
}

/** Which file was hashed, or why it is not the one taken in. */
async function hashedFilm(deps: RerunDeps, evidence: Evidence): Promise<FileIdentity | Unavailable> {
  const hashed = await hashEvidenceFile(placeOfEvidence(deps.folder, evidence));
  if (hashed.kind === 'failed') return unavailable(`The evidence file cannot be read now: ${unreadableWords(hashed)}`);
  if (hashed.sha256 === evidence.sha256) return hashed.identity;
  return unavailable(`The evidence file has changed: its SHA-256 is ${hashed.sha256}, ${evidence.sha256} is recorded.`);
}

/**
 * Pipeline 1 looked at turned copies of every twentieth frame alone, and knew frames by their
 * timestamp alone.
 */
const turnedInFirst = (frameIndex: number): LookTurned => (frameIndex % 20 === 0 ? 'tiles' : 'none');

/** All faces of a frame were seen the same way up, since pipeline 2. */
function lookOf(pipeline: number, frameIndex: number, up: Rotation): Look {
  if (pipeline === 1) return { by: 'tiles', turned: turnedInFirst(frameIndex) };
  return pipeline < 4 ? { by: 'tiles', from: up, turned: 'none' } : { by: 'standing', up };
}

async function readFrame(
  deps: RerunDeps,
  { evidence, identity }: { evidence: Evidence; identity: FileIdentity },
  {
    pts,
    frameIndex,
    timeMs,
    foundAtRotation,
  }: Pick<Face, 'frameIndex' | 'timeMs' | 'foundAtRotation'> & { pts: number },
  { model, pipeline, battery = false }: LookAgain,
): Promise<FileNow> {
  const facts = evidence.state.kind === 'read' && pipeline > 1 ? evidence.state.video : undefined;
  const query = facts ? frameQuery(facts, frameIndex, pts) : { pts };
  const picture = await deps.videoDecoder.frameAt(placeOfEvidence(deps.folder, evidence), query, pipeline, identity);
  if (picture.kind === 'unreadable') return unavailable(`The frame cannot be decoded now: ${unreadableWords(picture)}`);
  const found = await deps.findFaces(picture, lookOf(pipeline, frameIndex, foundAtRotation));
  if (found.length === 0) return { kind: 'cut', faces: [], outcome: { kind: 'noFace' } };
  const beyondDomain = pipeline === 1 ? [] : picture.beyondDomain;
  const searched = { image: picture, found, beyondDomain };
  const faces = cutFaces(cuttingOf(model.passport, pipeline, battery), searched, { frameIndex, timeMs, pts });
  return { kind: 'cut', faces, outcome: undefined };
}
