// Videos through the engine's own door: a folder of every format, faces followed through shots, and
// a scan killed in the middle of a video. Media are made by the ffmpeg program from the sample
// photographs.
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EvidenceId } from '../../contract/brand.ts';
import { ptsFromRuns, type VideoTimeline } from '../../contract/track.ts';
import type { Sampling } from '../../contract/video.ts';
import { inWords, unscoredWords } from '../../contract/wording.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { type Client, createClient, createEngine, type Engine } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import {
  FORMATS,
  ffmpeg,
  hasFfmpeg,
  makeTwoShots,
  makeWithLostPackets,
  probedPts,
  testPicture,
} from '../media/video/testing/make-media.ts';
import { runAndKill } from '../survival/testing/kills.ts';
import { ended, findingsOf, scan } from '../testing/scanned.ts';
import { isJudged } from './testing/judged.ts';

const H264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'];

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-video-scan-'));
const at = (...parts: string[]): string => path.join(root, ...parts);
let engine: Engine;
let client: Client;

beforeAll(async () => {
  for (const name of ['mixed', 'faces']) mkdirSync(at(name));
  engine = await createEngine({ appDataFolder: at('app') });
  client = createClient(engine);
  if (!hasFfmpeg) return;
  makeTwoShots(at('faces', 'two shots.mp4'));
  // A time of change that is rounded to another millisecond than it is cut to.
  utimesSync(at('faces', 'two shots.mp4'), new Date(), 1_790_000_000.5337);
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

const evidenceId = async (name: string): Promise<EvidenceId> =>
  (await client.evidence.list({ offset: 0, limit: 100 })).rows.find((one) => one.relativePath === name)!.id;

/** A timeline without what differs between two cases: ids. */
const comparable = (timeline: VideoTimeline) => ({
  ...timeline,
  evidenceId: 0,
  // Which of the file's scans it is.
  scan: 0,
  mostSuspiciousTrackId: timeline.tracks.findIndex(({ id }) => id === timeline.mostSuspiciousTrackId),
  tracks: timeline.tracks.map(({ points, outcome, keyFaces }) => ({
    outcome,
    keys: keyFaces.map((id) => points.findIndex(({ faceId }) => faceId === id)),
    points: points.map(({ faceId: _f, verdictId: _v, ...point }) => point),
  })),
});

const facesTimeline = async () =>
  comparable(await client.video.timeline({ evidenceId: await evidenceId('two shots.mp4') }));

describe('videos in a case', { tags: ['ffmpeg'] }, () => {
  test('a folder of every format, good and bad, is scanned to its end, and every file has its row', async () => {
    for (const [name, args] of FORMATS) ffmpeg(...testPicture('160x96', 10, 0.4), ...args, at('mixed', name));
    ffmpeg('-f', 'lavfi', '-i', 'sine=d=1', '-c:a', 'aac', at('mixed', 'sound.mp4'));
    writeFileSync(at('mixed', 'empty.mp4'), '');
    writeFileSync(at('mixed', 'cut.mp4'), readFileSync(at('mixed', 'h264.mp4')).subarray(0, 2000));
    copyFileSync(at('mixed', 'h264.mp4'), at('mixed', 'named-wrongly.jpg'));
    copyFileSync(samplePhotograph(6), at('mixed', 'photograph.mkv'));
    const hashes = () => readdirSync(at('mixed')).map((name) => sha256Of(readFileSync(at('mixed', name))));
    const before = hashes();
    await client.case.create({ folder: at('a'), title: 'A', reference: '' });
    expect(await scan(client, [at('mixed')])).toBe('done');
    const rows = await findingsOf(client);
    const unscored = Object.fromEntries(rows.map((row) => [row.relativePath, row.unscored]));
    for (const [name] of FORMATS)
      expect(unscored[name], name).toMatchObject({ kind: 'noFace', frames: { lookedAt: 3 } });
    expect(unscored['sound.mp4']).toMatchObject({ reason: 'noVideoStream' });
    expect(unscored['empty.mp4']).toMatchObject({ reason: 'empty' });
    expect(unscored['cut.mp4']).toMatchObject({ reason: 'truncated' });
    expect(unscored['named-wrongly.jpg']).toEqual({ kind: 'noFace', frames: { lookedAt: 3, of: 4 } });
    expect(rows.filter((row) => row.relativePath === 'photograph.mkv' && isJudged(row))).toHaveLength(4);
    const { state } = await client.evidence.get({ id: await evidenceId('named-wrongly.jpg') });
    expect(inWords(state)).toMatchObject({
      kind: 'read',
      remarks: expect.arrayContaining(["The name's ending does not fit the content (video/mp4)"]),
      video: { codec: 'h264', frames: 4, frameRate: { num: 10, den: 1 } },
    });
    expect(hashes()).toEqual(before);
    const metadata = await client.evidence.metadata({ id: await evidenceId('h264.mp4') });
    expect(metadata.kind === 'read' && metadata.groups.map((one) => one.group)).toContain('Video');
  });

  test('a video of which every frame is damaged is unreadable, never "no face found"', async () => {
    mkdirSync(at('damaged'));
    const file = at('damaged', 'one group of pictures.mkv');
    ffmpeg(...testPicture('322x182', 25, 1), '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '250', '-bf', '0', file);
    const bytes = readFileSync(file);
    for (let i = 0; i < 500; i++) bytes[2500 + i] = (i * 97) & 255;
    writeFileSync(file, bytes);
    await client.case.create({ folder: at('d'), title: 'D', reference: '' });
    expect(await scan(client, [at('damaged')])).toBe('done');
    const rows = await findingsOf(client);
    expect(rows.map((row) => [row.kind, row.faceId])).toEqual([['unreadable', null]]);
    expect(unscoredWords(rows[0]!.unscored!)).toMatch(
      /None of its 25 frames could be examined; 25 of them are damaged/,
    );
    expect(await scan(client, [at('damaged')])).toBe('done');
    expect(await findingsOf(client)).toEqual(rows);
  });

  test('a film of which most could not be decoded is unreadable, and one of which a part could not is named for that, never plainly "no face found"', async () => {
    mkdirSync(at('holes'));
    makeWithLostPackets(at('holes', 'most.mp4'), 1, 7);
    makeWithLostPackets(at('holes', 'some.mp4'), 2, 4);
    makeWithLostPackets(at('holes', 'whole.mp4'), 0, 0);
    ffmpeg(...testPicture('160x96', 5, 8), '-c:v', 'libx264', '-pix_fmt', 'yuv420p', at('holes', 'cut.mkv'));
    copyFileSync(at('holes', 'cut.mkv'), at('holes', 'shorter.mkv'));
    for (const [name, share] of [
      ['cut.mkv', 0.2],
      ['shorter.mkv', 0.8],
    ] as const)
      truncateSync(at('holes', name), Math.floor(statSync(at('holes', name)).size * share));
    await client.case.create({ folder: at('h'), title: 'H', reference: '' });
    expect(await scan(client, [at('holes')])).toBe('done');
    const rows = await findingsOf(client);
    const said = Object.fromEntries(rows.map((row) => [row.relativePath, unscoredWords(row.unscored!, row.leftOut)]));
    expect(said).toEqual({
      'most.mp4': expect.stringMatching(
        /^Unreadable: 30 of its 40 frames could not be examined\. No face was found in/,
      ),
      'cut.mkv': expect.stringMatching(/^Unreadable: [67]\.\d\d of its 8\.00 s could not be examined\./),
      'some.mp4': expect.stringMatching(
        /^No face in what was looked at: Incomplete: The file states 40 frames; 30 could be decoded.*; 10 frames could not be decoded and are not examined; The film has no frames from 1\.80 to 4\.00 s: .*$/,
      ),
      'shorter.mkv': expect.stringMatching(
        /^No face in what was looked at: Incomplete: The file states 8\.00 s; [4-7]\.\d\d s could/,
      ),
      'whole.mp4': expect.stringMatching(/^No face in what was looked at: [1-3][0-9] of 40 frames were looked at$/),
    });
    const { state } = await client.evidence.get({ id: await evidenceId('some.mp4') });
    expect(state).toMatchObject({ video: { frames: 30, damagedFrames: 0, refusedPackets: 10 } });
    const { path: csv } = await client.report.export({ format: 'csv', path: at('holes.csv'), options: {} });
    expect(readFileSync(csv, 'utf8')).toMatch(
      /some\.mp4,.*,noFace,.*No face was found in what was looked at\. .*10 frames could not be decoded/,
    );
  });

  test('"no face" is said of the frames that were looked at, and gives way to a scan that looked at more', async () => {
    mkdirSync(at('between'));
    ffmpeg(...testPicture('320x240', 5, 3), ...H264, at('between', 'none.mp4'));
    // Somebody shows between two frames that are looked at.
    const shown = "[1]scale=320:240[face];[0][face]overlay=enable='between(n,1,3)'";
    const ground = ['-f', 'lavfi', '-i', 'color=gray:s=320x240:r=5:d=3'];
    ffmpeg(...ground, '-i', samplePhotograph(1), '-filter_complex', shown, ...H264, at('between', 'one.mp4'));
    await client.case.create({ folder: at('between-case'), title: 'Between', reference: '' });
    const saidBy = async (video: Sampling): Promise<Record<string, string>> => {
      const { id } = await client.scan.start({ paths: [at('between')], video, device: 'cpu', minimumFacePx: 30 });
      expect(await ended(client, id)).toBe('done');
      expect((await client.case.verify()).problems).toEqual([]);
      const rows = await findingsOf(client);
      return Object.fromEntries(
        rows.map((row) => [row.relativePath, row.unscored ? unscoredWords(row.unscored, row.leftOut) : row.kind]),
      );
    };
    const inPart = (frames: number) => `No face in what was looked at: ${frames} of 15 frames were looked at`;
    const by = (framesPerSecond: number): Sampling => ({ kind: 'byTime', framesPerSecond, sceneChanges: false });
    expect(await saidBy(by(1))).toEqual({ 'none.mp4': inPart(4), 'one.mp4': inPart(4) });
    const whole = await saidBy({ kind: 'everyFrame' });
    expect(whole['none.mp4']).toBe('No face found');
    expect(whole['one.mp4']).not.toMatch(/No face/);
    // What looked at fewer says nothing new of either.
    expect(await saidBy(by(2))).toEqual(whole);
  });

  test('faces are followed through their shot, and every frame is addressed as another tool addresses it', async () => {
    await client.case.create({ folder: at('b'), title: 'B', reference: '' });
    expect(await scan(client, [at('faces')])).toBe('done');
    const timeline = await client.video.timeline({ evidenceId: await evidenceId('two shots.mp4') });
    const pts = ptsFromRuns(timeline.ptsRuns!);
    expect(pts).toEqual(probedPts(at('faces', 'two shots.mp4')));
    expect(timeline.frames.map((one) => one.timeMs)).toEqual([
      0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000, 5500, 5900,
    ]);
    expect(timeline.frames.every((one) => pts[one.frameIndex] === one.pts)).toBe(true);
    expect(timeline.frames.filter((one) => one.sceneChange).map((one) => one.timeMs)).toEqual([3000]);
    // Nobody is followed across the cut, and somebody is followed through each whole shot.
    const spans = timeline.tracks.map(({ points }) => [points[0]!.timeMs, points.at(-1)!.timeMs] as const);
    expect(spans.every(([from, to]) => to < 3000 || from >= 3000)).toBe(true);
    expect(spans.some(([from, to]) => from === 0 && to === 2500)).toBe(true);
    expect(spans.some(([from, to]) => from === 3000 && to === 5900)).toBe(true);
    const rows = await findingsOf(client);
    expect(rows.length).toBe(timeline.tracks.reduce((sum, { points }) => sum + points.length, 0));
    expect(rows.every((row) => row.timeMs !== null)).toBe(true);
  });

  test('the most telling faces are those of the highest window, and the grid can show only them', async () => {
    const id = await evidenceId('two shots.mp4');
    const timeline = await client.video.timeline({ evidenceId: id });
    const keys = timeline.tracks.flatMap(({ keyFaces }) => keyFaces);
    const page = await client.finding.query({
      filter: { videoFrames: 'key' },
      sort: { by: 'path', direction: 'ascending' },
      offset: 0,
      limit: 1000,
    });
    expect(page.rows.map((row) => row.faceId!).sort((a, b) => a - b)).toEqual(keys.sort((a, b) => a - b));
    for (const { outcome, points, keyFaces } of timeline.tracks) {
      if (outcome?.kind !== 'scored') continue;
      const inWindow = points.filter((p) => p.timeMs >= outcome.windowFromMs && p.timeMs <= outcome.windowToMs);
      const top = Math.max(...inWindow.map((p) => p.score ?? 0));
      expect(points.find((p) => p.score === top && keyFaces.includes(p.faceId))).toBeDefined();
    }
    const best = timeline.tracks.find((one) => one.id === timeline.mostSuspiciousTrackId)!;
    for (const { outcome } of timeline.tracks)
      if (outcome?.kind === 'scored' && best.outcome?.kind === 'scored')
        expect(outcome.windowMedianScore).toBeLessThanOrEqual(best.outcome.windowMedianScore);
  });

  test('a frame is served by its pts, small or whole, and one that is not there is not served', async () => {
    const id = await evidenceId('two shots.mp4');
    const { frames } = await client.video.timeline({ evidenceId: id });
    const picture = await engine.readPicture({ kind: 'frame', id, pts: frames[3]!.pts, maxPx: 160 });
    expect(picture?.mediaType).toBe('image/png');
    expect(await engine.readPicture({ kind: 'frame', id, pts: frames[3]!.pts + 1 })).toBeUndefined();
    expect(await engine.readPicture({ kind: 'evidence', id, maxPx: 64 })).toBeDefined();
  });

  test('the same scan again does nothing; another case, and a killed scan gone on with, end with the same rows', async () => {
    const expected = await facesTimeline();
    const { verdicts } = (await client.case.current())!.counts;
    expect(await scan(client, [at('faces')])).toBe('done');
    expect((await client.case.current())!.counts.verdicts).toBe(verdicts);
    const folder = at('killed');
    await runAndKill(() => untilVerdicts(folder), 'scan-until-killed.ts', folder, at('faces'), at('app2'));
    await client.case.open({ folder });
    const job = (await client.job.list()).find((one) => !['done', 'cancelled'].includes(one.state));
    if (job) expect(await ended(client, job.id)).toBe('done');
    expect(await scan(client, [at('faces')])).toBe('done');
    expect(await facesTimeline()).toEqual(expected);
    expect((await client.case.verify()).problems).toEqual([]);
  });

  test('a video of which every face was too small is walked through again with a lower limit, and ends with the same rows', async () => {
    const expected = await facesTimeline();
    await client.case.create({ folder: at('small'), title: 'Small', reference: '' });
    const paths = [at('faces')];
    const { id } = await client.scan.start({ paths, device: 'cpu', minimumFacePx: 2000 });
    expect(await ended(client, id)).toBe('done');
    expect((await facesTimeline()).tracks.every(({ outcome }) => outcome?.kind !== 'scored')).toBe(true);
    expect(await scan(client, paths)).toBe('done');
    expect(await facesTimeline()).toEqual(expected);
    const { verdicts } = (await client.case.current())!.counts;
    expect(await scan(client, paths)).toBe('done');
    expect((await client.case.current())!.counts.verdicts).toBe(verdicts);
    expect((await client.case.verify()).problems).toEqual([]);
    await client.case.open({ folder: at('killed') });
  });

  test('frames and tracks are only ever added', async () => {
    const folder = (await client.case.current())!.folder;
    await client.case.close();
    const db = new Database(path.join(folder, 'case.sqlite'));
    for (const change of ['UPDATE video_frame SET pts = 0', 'DELETE FROM track', 'UPDATE track_face SET is_key = 0'])
      expect(() => db.exec(change), change).toThrow(/append-only/);
    db.close();
    await client.case.open({ folder });
  });

  test('what is said of a track stands when the model has other operating points later', async () => {
    const id = await evidenceId('two shots.mp4');
    const leanings = async () =>
      (await client.video.timeline({ evidenceId: id })).tracks.map(({ outcome }) =>
        outcome?.kind === 'scored' ? outcome.leaning : outcome?.kind,
      );
    const before = await leanings();
    // Points by which at least one track would now be said to lean the other way.
    const others = before.includes('towardsForged') ? { low: 0.999, high: 1 } : { low: 0, high: 0.000001 };
    expect(before.some((one) => one !== 'notScored')).toBe(true);
    const folder = (await client.case.current())!.folder;
    await client.case.close();
    const db = new Database(path.join(folder, 'case.sqlite'));
    db.exec(`UPDATE model SET json = json_set(json, '$.operatingPoints', json('${JSON.stringify(others)}'))`);
    db.close();
    await client.case.open({ folder });
    expect(await leanings()).toEqual(before);
  });

  test('a verdict on a frame is made again from the video, bit-identical', async () => {
    const verdictIds = (await findingsOf(client)).slice(2, 5).map((row) => row.verdictId);
    const { id } = await client.rerun.start({ verdictIds });
    expect(await ended(client, id)).toBe('done');
    const { rows } = await client.rerun.read({ jobId: id });
    expect(rows.map((row) => [row.result, row.basis, row.environment])).toEqual(
      verdictIds.map(() => ['identical', 'evidence', []]),
    );
  });

  test('blind mode shows where faces are and nothing of what the machine says', async () => {
    const id = await evidenceId('two shots.mp4');
    await client.session.set({ examiner: 'E. Xaminer', blind: true });
    const hidden = await client.video.timeline({ evidenceId: id });
    expect(hidden).toMatchObject({ hidden: true, mostSuspiciousTrackId: null });
    expect(hidden.tracks.every((one) => one.outcome === null && one.keyFaces.length === 0)).toBe(true);
    expect(hidden.tracks.flatMap((one) => one.points).every((point) => point.score === null)).toBe(true);
    const firsts = hidden.tracks.map(({ points }) => points[0]!.faceId);
    const page = await client.finding.query({ filter: { videoFrames: 'key' }, offset: 0, limit: 1000 });
    expect(page.rows.map((row) => row.faceId!).sort((a, b) => a - b)).toEqual(firsts.sort((a, b) => a - b));
    expect((await client.finding.facets({ filter: { videoFrames: 'key' } })).total).toBe(firsts.length);
    await client.opinion.give({ evidenceId: id, faceId: null, conclusion: 'inconclusive', note: '' });
    expect(await client.video.timeline({ evidenceId: id })).toEqual(hidden);
    for (const { id: trackId } of hidden.tracks)
      await client.opinion.give({ evidenceId: id, faceId: null, trackId, conclusion: 'inconclusive', note: '' });
    const shown = await client.video.timeline({ evidenceId: id });
    expect(shown.tracks.every((one) => one.outcome !== null)).toBe(true);
    await client.session.set({ blind: false });
  });

  test('a video asked for that is none, or that nobody scanned, is an error of the table', async () => {
    await expect(client.video.timeline({ evidenceId: 999 as EvidenceId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

/**
 * Waits until the case on disk has the first verdicts of the video, read by a second connection.
 */
async function untilVerdicts(folder: string): Promise<void> {
  const { openCaseForReading, closeCase } = await import('../case/open-case.ts');
  for (let tries = 0; tries < 6000; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    try {
      const opened = openCaseForReading(folder);
      const n = opened.db.raw.prepare('SELECT count(*) FROM verdict').pluck().get() as number;
      closeCase(opened);
      if (n > 0) return;
    } catch {
      // Not made yet.
    }
  }
  throw new Error('no verdict was written');
}
