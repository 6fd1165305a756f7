// The same three people filmed upright, on the side without a word of it, squeezed, in high dynamic
// range, joined to another recording, and in a second picture track: the same faces come of it,
// scored as they are upright; a sideways photograph too. And what an older pipeline made is still
// made again as it was.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Track } from '../../contract/track.ts';
import { tamperWith } from '../case/testing/tamper.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { makeHdrFilm } from '../media/video/testing/make-hdr.ts';
import { ffmpeg } from '../media/video/testing/make-media.ts';
import { installations } from '../testing/installations.ts';
import { ended, findingsOf, rowsOf, scan } from '../testing/scanned.ts';
import { isJudged } from './testing/judged.ts';

const { root, start } = installations('world-scan');
const media = path.join(root, 'media');
const at = (name: string): string => path.join(media, name);
const OTHERS = ['sideways.mp4', 'squeezed.mp4', 'hlg.mp4', 'pq.mp4', 'joined.ts', 'second track.mp4', 'stream.jpg'];

describe('three people', { tags: ['ffmpeg'] }, () => {
  let client: Client;
  const film = (file: string, filter: string, ...more: string[]): void => {
    const look = `scale=480:-2,fps=4,${filter}format=yuv420p`;
    ffmpeg(
      '-loop',
      '1',
      '-t',
      '1',
      '-i',
      samplePhotograph(3),
      '-vf',
      look,
      '-c:v',
      'libx264',
      '-qp',
      '10',
      ...more,
      file,
    );
  };

  beforeAll(async () => {
    mkdirSync(media);
    film(at('upright.mp4'), '');
    film(at('sideways.mp4'), 'transpose=1,');
    film(at('squeezed.mp4'), 'scale=iw*9/16:ih,setsar=16/9,');
    film(at('people.ts'), '');
    ffmpeg(
      '-f',
      'lavfi',
      '-i',
      'color=gray:s=480x320:r=4:d=1',
      '-c:v',
      'libx264',
      '-pix_fmt',
      'yuv420p',
      at('empty.ts'),
    );
    writeFileSync(at('joined.ts'), Buffer.concat([readFileSync(at('empty.ts')), readFileSync(at('people.ts'))]));
    const tracks = ['-map', '0:v', '-map', '1:v', '-c:v', 'copy', '-disposition:v:1', '0'];
    ffmpeg('-i', at('empty.ts'), '-i', at('people.ts'), ...tracks, at('second track.mp4'));
    const jpegs = ['-frames:v', '25', '-vf', 'scale=480:-2', '-q:v', '2', '-f', 'mjpeg'];
    ffmpeg('-loop', '1', '-i', samplePhotograph(3), ...jpegs, at('stream.jpg'));
    const small = sharp(samplePhotograph(3)).resize(480, 320);
    const data = new Uint8Array(await small.clone().removeAlpha().raw().toBuffer());
    const image = { widthPx: 480, heightPx: 320, data };
    // The very pixels of the films of high dynamic range, in the ordinary one.
    await small.clone().png().toFile(at('small.png'));
    const ordinary = ['-vf', 'fps=4,format=yuv420p', '-c:v', 'libx264', '-qp', '1'];
    ffmpeg('-loop', '1', '-t', '1', '-i', at('small.png'), ...ordinary, at('ordinary.mp4'));
    makeHdrFilm(at('hlg.mp4'), image, { transfer: 'arib-std-b67', frames: 4 });
    makeHdrFilm(at('pq.mp4'), image, { transfer: 'smpte2084', frames: 4 });
    const photograph = await sharp(samplePhotograph(3)).resize(960).png().toBuffer();
    writeFileSync(at('upright.png'), photograph);
    writeFileSync(at('sideways.png'), await sharp(photograph).rotate(90).png().toBuffer());
    ({ client } = await start());
    await client.case.create({ folder: path.join(root, 'case'), title: 'W', reference: '' });
    expect(await scan(client, ['upright.mp4', 'ordinary.mp4', 'upright.png', 'sideways.png', ...OTHERS].map(at))).toBe(
      'done',
    );
  });

  const tracksOf = async (name: string): Promise<Track[]> => {
    const { rows } = await client.evidence.list({ offset: 0, limit: 20 });
    const evidenceId = rows.find((one) => one.relativePath === name)!.id;
    return (await client.video.timeline({ evidenceId })).tracks;
  };
  const mediansOf = (tracks: readonly Track[]): number[] =>
    tracks.flatMap(({ outcome }) => (outcome?.kind === 'scored' ? [outcome.medianScore] : [])).sort((a, b) => a - b);

  test.each(OTHERS)('%s: the same tracks, and nearly the same scores (cases 7, 8, 10, 11, 17, 20)', async (name) => {
    const [expected, found] = [
      await tracksOf(/hlg|pq/.test(name) ? 'ordinary.mp4' : 'upright.mp4'),
      await tracksOf(name),
    ];
    expect(expected).toHaveLength(3);
    expect(found).toHaveLength(3);
    const [a, b] = [mediansOf(expected), mediansOf(found)];
    expect(b).toHaveLength(a.length);
    for (const [i, one] of a.entries()) expect(Math.abs(one - b[i]!), `${a} and ${b}`).toBeLessThan(0.2);
  });

  test('a photograph taken sideways has the faces of the upright one, cut upright, with the same scores (case 10)', async () => {
    const rows = await findingsOf(client);
    const facesOf = (name: string) => rows.filter(({ relativePath }) => relativePath === name);
    const scores = (name: string) =>
      facesOf(name)
        .map(({ score }) => score ?? -1)
        .sort((a, b) => a - b);
    expect(facesOf('sideways.png').map(({ kind }) => kind)).toEqual(facesOf('upright.png').map(({ kind }) => kind));
    expect(facesOf('sideways.png').filter(isJudged)).toHaveLength(3);
    for (const [i, one] of scores('upright.png').entries())
      expect(Math.abs(one - scores('sideways.png')[i]!)).toBeLessThan(0.01);
  });

  test('verdicts on them are made again, bit-identical, and their frames are shown by their numbers', async () => {
    const rows = (await findingsOf(client)).filter((row) => /sideways|second/.test(row.relativePath) && isJudged(row));
    const verdictIds = [rows[0]!, rows.at(-1)!].map(({ verdictId }) => verdictId);
    const { id } = await client.rerun.start({ verdictIds });
    expect(await ended(client, id)).toBe('done');
    const report = await client.rerun.read({ jobId: id });
    expect(report.rows.map(({ result, basis }) => [result, basis])).toEqual([
      ['identical', 'evidence'],
      ['identical', 'evidence'],
    ]);
  });

  test('a row of an older pipeline is made again by its rules', async () => {
    const folder = path.join(root, 'case');
    const before = await rowsOf(client);
    await client.case.close();
    // As version 1 wrote it: parameters of that pipeline, and facts that know no segments.
    const db = new Database(path.join(folder, 'case.sqlite'));
    tamperWith(
      db,
      `UPDATE parameters SET json = json_set(json, '$.pipelineVersion', 1);
      UPDATE verdict SET pipeline_version = 1; UPDATE face SET pipeline_version = 1; UPDATE video_scan SET pipeline_version = 1;
      UPDATE evidence SET state = json_remove(state, '$.video.segments', '$.video.frameAccess')`,
    );
    db.close();
    await client.case.open({ folder });
    expect(await rowsOf(client)).toEqual(before);
    const rows = await findingsOf(client);
    const idOf = (name: string) => rows.find((row) => row.relativePath === name && isJudged(row))!.verdictId;
    const { id } = await client.rerun.start({ verdictIds: [idOf('upright.mp4'), idOf('squeezed.mp4')] });
    expect(await ended(client, id)).toBe('done');
    const results = (await client.rerun.read({ jobId: id })).rows.map(({ relativePath, result }) => [
      relativePath,
      result,
    ]);
    // Upright and square the two pipelines see the same; squeezed, the first saw other pixels.
    expect(results.find(([name]) => name?.includes('upright'))?.[1]).toBe('identical');
    expect(results.find(([name]) => name?.includes('squeezed'))?.[1]).not.toBe('identical');
  });
});
