// A film scanned again: its tracks are new ones, and what was said of the earlier stays said, is
// shown beside them, and can be changed where it was given.
import path from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { EvidenceId, TrackId, VideoScanId } from '../../contract/brand.ts';
import type { Conclusion } from '../../contract/opinion.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { allVerdicts } from '../case/rows/verdict.ts';
import { addFile } from '../case/testing/case-material.ts';
import { addFilm, scanFilm } from '../case/testing/film-material.ts';
import type { Client } from '../index.ts';
import { installations } from '../testing/installations.ts';
import { isSamePlace } from './opinions-elsewhere.ts';

const { root, start } = installations('opinions-elsewhere');
let client: Client;
let n = 0;
let film: EvidenceId;
type Scan = { scanId: VideoScanId; trackIds: TrackId[] };
let [first, again]: [Scan, Scan] = [{} as Scan, {} as Scan];

beforeAll(async () => {
  ({ client } = await start('here'));
});
beforeEach(async () => {
  const folder = path.join(root, `case-${n++}`);
  const made = createCase(folder, { title: 'E', reference: '', demonstration: false });
  addFile(made, 'a.jpg', [0.9]);
  const outcome = allVerdicts(made)[0]!.outcome as VerdictOutcome;
  film = addFilm(made, 'film.mp4');
  const byTime = (framesPerSecond: number) => ({ kind: 'byTime' as const, framesPerSecond, sceneChanges: true });
  first = scanFilm(made, film, [0, 12, 24], { sampling: byTime(2), outcome, places: [0, 200] });
  again = scanFilm(made, film, [0, 5, 10, 15, 20], { sampling: byTime(5), outcome, places: [0, 200] });
  closeCase(made);
  await client.case.open({ folder });
  await client.session.set({ examiner: 'Dora', blind: true });
});

const on = (trackId: TrackId, conclusion: Conclusion) =>
  client.opinion.give({ evidenceId: film, faceId: null, trackId, conclusion, note: 'Seen frame by frame.' });
const elsewhere = () => client.video.opinionsElsewhere({ evidenceId: film, scanId: again.scanId });

test('after a film is scanned again, what was said of its earlier tracks is told with its scan and times, beside the tracks that show the same', async () => {
  await on(first.trackIds[0]!, 'forged');
  expect(await elsewhere()).toMatchObject([
    {
      opinion: { conclusion: 'forged', examinerName: 'Dora' },
      track: { id: first.trackIds[0], trackIndex: 0, fromMs: 0, toMs: 960, faces: 3, scan: { number: 1, of: 2 } },
      overlaps: [again.trackIds[0]],
    },
  ]);
  const history = { evidenceId: film, faceId: null, trackId: again.trackIds[0]! };
  expect(await client.opinion.history(history)).toEqual([]);
});

test('in blind review an opinion on a whole film shows nothing of its faces, and one on each of them is still blind', async () => {
  const shown = () => client.video.timeline({ evidenceId: film });
  const listed = async () => (await client.video.list())[0]!;
  const before = await shown();
  expect(before).toMatchObject({ hidden: true, mostSuspiciousTrackId: null });
  const whole = await client.opinion.give({
    evidenceId: film,
    faceId: null,
    conclusion: 'inconclusive',
    note: 'Seen.',
  });
  expect(whole.opinion.blind).toBe(true);
  expect(await shown()).toEqual(before);
  expect(await listed()).toMatchObject({ hidden: true, highestScore: null, ownConclusion: 'inconclusive' });
  const said = [];
  for (const trackId of [...first.trackIds, ...again.trackIds]) said.push((await on(trackId, 'forged')).opinion.blind);
  expect(said.slice(0, 2)).toEqual([true, true]);
  // Of every face something was said: nothing is hidden any more.
  expect((await shown()).hidden).toBe(false);
  expect((await listed()).highestScore).not.toBeNull();
  // What is said of the whole film from now on is said with its scores in view.
  const { evidence } = await listed();
  const later = await client.opinion.give({
    evidenceId: evidence.id,
    faceId: null,
    conclusion: 'forged',
    note: 'Seen with its scores.',
  });
  expect(later.opinion.blind).toBe(false);
});

test('the earlier scan can be looked at, and the opinion withdrawn there', async () => {
  await on(first.trackIds[0]!, 'forged');
  const shown = await client.video.timeline({ evidenceId: film });
  expect(shown.scan).toMatchObject({ id: again.scanId, number: 2, of: 2 });
  const earlier = await client.video.timeline({ evidenceId: film, scanId: first.scanId });
  expect(earlier.tracks.map(({ id, points }) => [id, points.length])).toEqual(first.trackIds.map((id) => [id, 3]));
  await on(earlier.tracks[0]!.id, 'withdrawn');
  expect(await elsewhere()).toEqual([]);
});

test('in blind review the opinion of another is told once one has decided on that track oneself', async () => {
  await on(first.trackIds[0]!, 'forged');
  await client.session.set({ examiner: 'Ben', blind: true });
  expect(await elsewhere()).toEqual([]);
  await on(first.trackIds[0]!, 'genuine');
  expect((await elsewhere()).map(({ opinion }) => opinion.examinerName)).toEqual(['Dora', 'Ben']);
});

test('an opinion on a track is not blind where one on another scan’s track has uncovered a face of it', async () => {
  expect((await on(first.trackIds[0]!, 'forged')).opinion.blind).toBe(true);
  expect((await on(again.trackIds[0]!, 'forged')).opinion.blind).toBe(false);
  expect((await on(again.trackIds[1]!, 'forged')).opinion.blind).toBe(true);
});

test('what stands on the track of a face is not withdrawn on the face, and the refusal names the track, its scan and its times', async () => {
  await on(first.trackIds[0]!, 'forged');
  const { points } = (await client.video.timeline({ evidenceId: film, scanId: first.scanId })).tracks[0]!;
  const { faceId, verdictId } = points[1]!;
  const { opinions, tracks } = await client.finding.inspect({ verdictId });
  expect(opinions.map(({ trackId }) => trackId)).toEqual([first.trackIds[0]]);
  expect(tracks).toMatchObject([{ id: first.trackIds[0], trackIndex: 0, firstFrame: 0 }]);
  await expect(client.opinion.give({ evidenceId: film, faceId, conclusion: 'withdrawn' })).rejects.toMatchObject({
    code: 'OPINION_REFUSED',
    data: { detail: expect.stringContaining('stands on track 1 of scan 1 (0:00.000 to 0:00.960)') },
  });
});

test('tracks show the same where their boxes overlap in the frames nearest in time, however far apart the others are', () => {
  const at = (timeMs: number, x: number) => ({ timeMs, box: { x, y: 0, width: 100, height: 100 } });
  expect(isSamePlace([at(0, 0), at(500, 40)], [at(200, 15), at(400, 30)])).toBe(true);
  // They cross: at the moment that both were looked at they are apart.
  expect(isSamePlace([at(0, 0), at(500, 300)], [at(480, 0), at(900, 0)])).toBe(false);
  expect(isSamePlace([at(0, 0)], [at(5000, 0)])).toBe(false);
  expect(isSamePlace([at(0, 0)], [])).toBe(false);
  // The one before a cut and the one behind it, in the middle of the picture both.
  expect(isSamePlace([at(4000, 0), at(7960, 0)], [at(0, 0), at(3800, 0)])).toBe(false);
  expect(isSamePlace([at(0, 0), at(3800, 0)], [at(4000, 0), at(7960, 0)])).toBe(false);
});
