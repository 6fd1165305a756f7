// The handler of `faces.extract`: faces out of a labelled set or out of the open case's opinions,
// into a folder that training reads.

import path from 'node:path';
import { RecceError } from '../../../contract/errors.ts';
import type { ExtractEvent, ExtractRequest } from '../../../contract/faces.ts';
import { DEFAULT_SAMPLING, type Sampling } from '../../../contract/video.ts';
import { eventsOf } from '../../async/events-of.ts';
import { isWritable } from '../../case/db/case-handle.ts';
import { appendAudit } from '../../case/log/audit.ts';
import { refuseFolder } from '../../custody/output-guard.ts';
import { extractFaces } from '../../datasets/extract-faces.ts';
import { FACE_FOLDER_MARK, type FaceFolderHead } from '../../datasets/face-folder.ts';
import { extractOpinions, type FacesOfOpinions } from '../../datasets/faces-of-opinions.ts';
import type { SetDeps } from '../../datasets/faces-of-set.ts';
import { loadLabelledSet } from '../../datasets/load-labelled-set.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';

/** What reading a labelled set takes of the engine. */
export const setDepsOf = (
  deps: Pick<Services, 'decoder' | 'faceSearch' | 'videoDecoder'>,
  sampling: Sampling = DEFAULT_SAMPLING,
): SetDeps => ({
  decode: (bytes) => deps.decoder.decode(bytes),
  findFaces: (image) => deps.faceSearch.findFaces(image),
  video: deps.videoDecoder,
  sampling,
});

async function headFor(
  deps: Pick<Services, 'faceSearch' | 'installation'>,
  { cropRecipe, sidePx }: ExtractRequest,
  from: string,
): Promise<FaceFolderHead> {
  const { sha256 } = await deps.faceSearch.finder();
  return {
    format: 'recce-faces-1',
    cropRecipe,
    sidePx,
    finderSha256: sha256 as FaceFolderHead['finderSha256'],
    appVersion: deps.installation.appVersion,
    from,
    remarks: [],
  };
}

/** Out of the open case. They leave it with what others concluded: refused in blind review, and entered. */
async function extractConcluded(
  deps: Pick<Services, 'currentCase' | 'faceSearch' | 'installation'>,
  request: ExtractRequest,
  signal: AbortSignal,
): Promise<FacesOfOpinions> {
  const { opened, who } = deps.currentCase;
  const { handle, blobs, session } = opened;
  if (session.blind)
    throw new RecceError(
      'BLIND_REVIEW',
      'The folder of faces',
      'it tells what every examiner concluded. Leave blind review first: that is asked about and entered.',
    );
  if (isWritable(handle)) handle.db.expectInPlace();
  const head = await headFor(deps, request, 'examiner opinions of a case');
  const written: FacesOfOpinions = { faces: 0, without: [] };
  try {
    await opened.exports.run(signal, (stop) =>
      extractOpinions(handle, blobs, { folder: request.to, head, signal: stop }, written),
    );
  } finally {
    // Also of what was ended on the way: that much is outside.
    if (isWritable(handle)) {
      const { cropRecipe, sidePx } = request;
      const details = { faces: written.faces, left: written.without.length, cropRecipe, sidePx };
      appendAudit(handle, { who, action: 'faces.extracted', subject: path.basename(request.to), details });
    }
  }
  return written;
}

async function extract(
  deps: Pick<Services, 'currentCase' | 'decoder' | 'faceSearch' | 'installation' | 'videoDecoder'>,
  request: ExtractRequest,
  say: (event: ExtractEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const inputs = request.from.kind === 'opinions' ? [] : [request.from.folder];
  await refuseFolder(request.to, FACE_FOLDER_MARK, inputs);
  if (request.from.kind === 'opinions') {
    say({ kind: 'done', ...(await extractConcluded(deps, request, signal)), remarks: [] });
    return;
  }
  const { folder, compression, methods, framesPerSecond } = request.from;
  const set = await loadLabelledSet(folder, { compression, methods }).catch((cause: Error) => {
    if (cause instanceof RecceError) throw cause;
    throw new RecceError('MATERIAL_REFUSED', folder, cause.message, { cause });
  });
  const head = { ...(await headFor(deps, request, set.layout)), remarks: set.remarks };
  const reading = setDepsOf(deps, { kind: 'byTime', framesPerSecond, sceneChanges: false });
  const { faces, without } = await extractFaces(set, request.to, head, reading, (done, total) => {
    signal.throwIfAborted();
    say({ kind: 'progress', done, total });
  });
  say({ kind: 'done', faces, without, remarks: set.remarks });
}

export const facesHandlers = (
  deps: Pick<Services, 'currentCase' | 'decoder' | 'faceSearch' | 'installation' | 'videoDecoder'>,
) => ({
  extract: procedures.faces.extract.handler(({ input }) =>
    eventsOf<ExtractEvent>((say, signal) => extract(deps, input, say, signal)),
  ),
});
