// The handler of `faces.extract`: faces out of a labelled set or out of the open case's opinions, into a folder that training reads.

import { RecceError } from '../../contract/errors.ts';
import type { ExtractEvent, ExtractRequest } from '../../contract/faces.ts';
import { DEFAULT_SAMPLING, type Sampling } from '../../contract/video.ts';
import type { EngineState } from '../engine-state.ts';
import { refuseFolder } from '../refuse-overwrite.ts';
import { extractFaces } from '../train/data/extract-faces.ts';
import { FACE_FOLDER_MARK, type FaceFolderHead } from '../train/data/face-folder.ts';
import { extractOpinions } from '../train/data/faces-of-opinions.ts';
import type { SetHands } from '../train/data/faces-of-set.ts';
import { loadLabelledSet } from '../train/data/load-labelled-set.ts';
import { eventsOf } from './events-of.ts';
import { procedures } from './implementer.ts';

/** What reading a labelled set takes of the engine. */
export const setHandsOf = (state: EngineState, sampling: Sampling = DEFAULT_SAMPLING): SetHands => ({
  decode: (bytes) => state.decoder.decode(bytes),
  findFaces: (image) => state.findFaces(image),
  video: state.videoDecoder,
  sampling,
});

async function headFor(
  state: EngineState,
  { cropRecipe, sidePx }: ExtractRequest,
  from: string,
): Promise<FaceFolderHead> {
  const { sha256 } = await state.finder();
  return {
    format: 'recce-faces-1',
    cropRecipe,
    sidePx,
    finderSha256: sha256 as FaceFolderHead['finderSha256'],
    appVersion: state.appVersion,
    from,
    remarks: [],
  };
}

async function extract(
  state: EngineState,
  request: ExtractRequest,
  say: (event: ExtractEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const inputs = request.from.kind === 'opinions' ? [] : [request.from.folder];
  await refuseFolder(request.to, FACE_FOLDER_MARK, inputs);
  if (request.from.kind === 'opinions') {
    const { handle, blobs } = state.opened;
    const head = await headFor(state, request, 'examiner opinions of a case');
    say({ kind: 'done', ...(await extractOpinions(handle, blobs, request.to, head)), remarks: [] });
    return;
  }
  const { folder, compression, methods, framesPerSecond } = request.from;
  const set = await loadLabelledSet(folder, { compression, methods }).catch((cause: Error) => {
    if (cause instanceof RecceError) throw cause;
    throw new RecceError('MATERIAL_REFUSED', folder, cause.message, { cause });
  });
  const head = { ...(await headFor(state, request, set.layout)), remarks: set.remarks };
  const hands = setHandsOf(state, { kind: 'byTime', framesPerSecond, sceneChanges: false });
  const { faces, without } = await extractFaces(set, request.to, head, hands, (done, total) => {
    signal.throwIfAborted();
    say({ kind: 'progress', done, total });
  });
  say({ kind: 'done', faces, without, remarks: set.remarks });
}

export const facesHandlers = (state: EngineState) => ({
  extract: procedures.faces.extract.handler(({ input }) =>
    eventsOf<ExtractEvent>((say, signal) => extract(state, input, say, signal)),
  ),
});
