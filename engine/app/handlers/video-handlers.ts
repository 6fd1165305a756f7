// Handlers of `video`: what was found along a video.
import type { TrackId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import { hidesFrom, hidesTrack } from '../../case/grid/finding.ts';
import { listVideos } from '../../case/grid/video-list.ts';
import { getEvidence } from '../../case/rows/evidence.ts';
import { readTimeline } from '../../report/video-timeline.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';

export const videoHandlers = (state: Services) => ({
  list: procedures.video.list.handler(({ input }) => listVideos(state.opened.handle, state.viewer, input?.modelId)),
  timeline: procedures.video.timeline.handler(({ input }) => {
    const { handle } = state.opened;
    const { evidenceId, modelId } = input;
    getEvidence(handle, evidenceId);
    const hidden = hidesFrom(handle, state.viewer, evidenceId, null);
    const hidesOne = (trackId: TrackId): boolean => hidden && hidesTrack(handle, state.viewer, evidenceId, trackId);
    const timeline = readTimeline(handle, evidenceId, { modelId, hidden, hidesTrack: hidesOne });
    const why = modelId ? 'this model has not looked at it; choose another.' : 'no model has looked at it as a video.';
    if (!timeline) throw new RecceError('NOT_FOUND', `evidence ${evidenceId}`, why);
    return timeline;
  }),
});
