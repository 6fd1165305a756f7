// Comparing the faces of a film: one of each track stands for it, and every other is found by it.
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { samplePhotograph } from '../media/finder-weights.ts';
import { makeTwoShots } from '../media/video/testing/make-media.ts';
import { installations } from '../testing/installations.ts';
import { ended, findingsOf, scan } from '../testing/scanned.ts';

const { root, start } = installations('persons-film');

test('of a film the largest face of each track is measured; any other of it is measured when it is looked for', {
  tags: ['ffmpeg'],
}, async () => {
  const media = path.join(root, 'media');
  mkdirSync(media);
  makeTwoShots(path.join(media, 'two shots.mp4'));
  // The photograph of which its first shot is made.
  copyFileSync(samplePhotograph(1), path.join(media, 'still.jpg'));
  const { client } = await start();
  await client.case.create({ folder: path.join(root, 'case'), title: 'Film', reference: '' });
  expect(await scan(client, [media])).toBe('done');
  const findings = await findingsOf(client);
  const ofFilm = findings.filter(({ timeMs, faceId }) => timeMs !== null && faceId !== null);
  const { tracks } = await client.video.timeline({ evidenceId: ofFilm[0]!.evidenceId });
  const { id } = await client.persons.switchOn({ reason: 'Order 7 of the court', examiner: 'Anna' });
  expect(await ended(client, id)).toBe('done');
  const state = await client.persons.state();
  const stills = findings.filter(({ timeMs, faceId }) => timeMs === null && faceId !== null).length;
  expect(state.kept).toBe(tracks.length + stills);
  expect(state.kept).toBeLessThan(findings.length);
  const still = findings.find(({ timeMs, faceIndex }) => timeMs === null && faceIndex === 0)!;
  const { alike } = await client.persons.find({ of: { faceId: still.faceId! }, within: 2 });
  expect(alike).toHaveLength(state.kept - 1);
  // The nearest are of the film's first shot, which shows the same face.
  expect(alike[0]).toMatchObject({ shownPath: expect.stringMatching(/two shots\.mp4$/), timeMs: expect.any(Number) });
  expect(alike[0]!.timeMs).toBeLessThan(3000);
  expect(alike[0]!.distance).toBeLessThan(0.35);
  const measured = new Set(alike.map(({ faceId }) => faceId));
  const beside = ofFilm.find(({ faceId, timeMs }) => !measured.has(faceId!) && timeMs! < 3000)!;
  const found = await client.persons.find({ of: { faceId: beside.faceId! }, within: 2 });
  expect(found.compared).toBe(state.kept);
  expect(found.alike[0]!.distance).toBeLessThan(0.35);
  expect(found.alike[0]!.timeMs ?? 0).toBeLessThan(3000);
  expect((await client.case.verify()).problems).toEqual([]);
});
