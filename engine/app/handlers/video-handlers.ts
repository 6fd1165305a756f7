// Handlers of `video`: what was found along a video.
import type { TrackId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import { hidesSomeOf, hidesTrack } from '../../case/grid/finding.ts';
import { askedModel, modelsUnseen } from '../../case/grid/model-shown.ts';
import { listVideos } from '../../case/grid/video-list.ts';
import { getEvidence } from '../../case/rows/evidence.ts';
import { whichScan } from '../../case/rows/track-place.ts';
import { readTimeline } from '../../report/video-timeline.ts';
import type { CurrentCase } from '../current-case.ts';
import { opinionsElsewhere } from '../opinions-elsewhere.ts';
import { procedures } from './implementer.ts';

export const videoHandlers = (currentCase: CurrentCase) => ({
  list: procedures.video.list.handler(({ input }) =>
    listVideos(currentCase.opened.handle, currentCase.viewer, input?.modelId),
  ),
  timeline: procedures.video.timeline.handler(({ input }) => {
    const { viewer } = currentCase;
    const { handle } = currentCase.opened;
    const { evidenceId, scanId } = input;
    const modelId = viewer.blind ? askedModel(handle, viewer, input.modelId) : input.modelId;
    getEvidence(handle, evidenceId);
    const hidden = hidesSomeOf(handle, currentCase.viewer, evidenceId);
    const hidesOne = (trackId: TrackId): boolean =>
      hidden && hidesTrack(handle, currentCase.viewer, evidenceId, trackId);
    const unseen = modelsUnseen(handle, viewer);
    const found = readTimeline(handle, evidenceId, { modelId, scanId, hidden, hidesTrack: hidesOne });
    // A scan by a model that is not there for the viewer is neither shown nor counted.
    const isShown = found && (scanId === undefined || !unseen.has(found.modelId));
    const timeline = isShown && { ...found, scan: whichScan(handle, found.scan.id, unseen)! };
    const why = modelId ? 'this model has not looked at it; choose another.' : 'no model has looked at it as a video.';
    if (!timeline && scanId !== undefined)
      throw new RecceError('NOT_FOUND', `Scan ${scanId}`, 'it is no scan of this file.');
    if (!timeline) throw new RecceError('NOT_FOUND', `Evidence ${evidenceId}`, why);
    return timeline;
  }),
  opinionsElsewhere: procedures.video.opinionsElsewhere.handler(({ input: { evidenceId, scanId } }) => {
    const { handle } = currentCase.opened;
    getEvidence(handle, evidenceId);
    return opinionsElsewhere(handle, currentCase.viewer, evidenceId, scanId);
  }),
});
