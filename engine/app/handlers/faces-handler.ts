// The handler of `faces.extract`: faces out of a labelled set or out of the open case's opinions,
// into a folder that training reads.

import { RecceError } from '../../../contract/errors.ts';
import type { ExtractEvent, ExtractRequest } from '../../../contract/faces.ts';
import { DEFAULT_SAMPLING, type Sampling } from '../../../contract/video.ts';
import { eventsOf } from '../../async/events-of.ts';
import { refuseFolder } from '../../custody/output-guard.ts';
import { extractFaces } from '../../datasets/extract-faces.ts';
import { FACE_FOLDER_MARK, type FaceFolderHead } from '../../datasets/face-folder.ts';
import { extractOpinions } from '../../datasets/faces-of-opinions.ts';
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

async function extract(
  deps: Pick<Services, 'currentCase' | 'decoder' | 'faceSearch' | 'installation' | 'videoDecoder'>,
  request: ExtractRequest,
  say: (event: ExtractEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const inputs = request.from.kind === 'opinions' ? [] : [request.from.folder];
  await refuseFolder(request.to, FACE_FOLDER_MARK, inputs);
  if (request.from.kind === 'opinions') {
    const { handle, blobs } = deps.currentCase.opened;
    const head = await headFor(deps, request, 'examiner opinions of a case');
    say({ kind: 'done', ...(await extractOpinions(handle, blobs, request.to, head)), remarks: [] });
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
