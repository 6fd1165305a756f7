// "This frame is that photograph": frames of films in which a face was found are compared like stills.
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { samplePhotograph } from '../media/finder-weights.ts';
import { ffmpeg, makeTwoShots } from '../media/video/testing/make-media.ts';
import { installations } from '../testing/installations.ts';
import { ended, findingsOf, scan } from '../testing/scanned.ts';

const { root, start } = installations('copies-film');

test('a photograph is found in the film that shows it, at its time, and the film from the photograph; frames of one film are no copies of each other', {
  tags: ['ffmpeg'],
}, async () => {
  const media = path.join(root, 'media');
  mkdirSync(media);
  const film = path.join(media, 'two shots.mp4');
  makeTwoShots(film);
  copyFileSync(film, path.join(media, 'the same film.mp4'));
  ffmpeg('-i', film, '-vf', 'scale=320:-2', '-c:v', 'libx264', '-crf', '32', path.join(media, 'smaller.mp4'));
  // What the film shows when it begins: a part of a photograph.
  const { width = 0, height = 0 } = await sharp(samplePhotograph(1)).metadata();
  const shown = { width: 560, height: 420, left: 0, top: Math.round((height * 720) / width / 2 - 210) };
  const part = await sharp(samplePhotograph(1)).resize(720).extract(shown).png().toBuffer();
  await sharp(part).resize(280).jpeg({ quality: 50 }).toFile(path.join(media, 'still.jpg'));
  const { client } = await start();
  await client.case.create({ folder: path.join(root, 'case'), title: 'Film', reference: '' });
  expect(await scan(client, [media])).toBe('done');
  expect(await ended(client, (await client.copies.make({ examiner: 'Anna' })).id)).toBe('done');
  const { kept, pictures } = await client.copies.state();
  expect(kept).toBe(pictures);
  const { total, stacks } = await client.copies.find({});
  expect(total).toBe(1);
  expect(stacks[0]!.files).toMatchObject([
    { shownPath: 'media/smaller.mp4', timeMs: null, sameBytes: 0 },
    { shownPath: 'media/still.jpg', timeMs: null },
    { shownPath: 'media/the same film.mp4', timeMs: null, sameBytes: 1 },
  ]);
  const films = stacks[0]!.pairs.find(({ one, other }) => /mp4/.test(one.shownPath) && /mp4/.test(other.shownPath))!;
  expect(films.one.timeMs).toBe(films.other.timeMs);
  expect(films.bits).toBeLessThan(20);
  const still = (await findingsOf(client)).find(({ shownPath }) => shownPath === 'media/still.jpg')!;
  const answer = await client.copies.like({ of: { verdictId: still.verdictId } });
  expect(answer.of).toMatchObject({ kind: 'picture', timeMs: null });
  expect(answer.compared).toBe(kept - 1);
  expect(answer.copies.map(({ shownPath }) => shownPath).sort()).toEqual([
    'media/smaller.mp4',
    'media/the same film.mp4',
  ]);
  for (const copy of answer.copies) {
    expect(copy.timeMs).toBeLessThan(1000);
    expect(copy.verdictId).not.toBeNull();
  }
  // From the frame back to the photograph; of its own film it names nothing.
  const back = await client.copies.like({ of: { verdictId: answer.copies[0]!.verdictId! } });
  expect(back.of).toMatchObject({ timeMs: answer.copies[0]!.timeMs });
  expect(back.copies.map(({ shownPath }) => shownPath)).toContain('media/still.jpg');
  expect(back.copies.map(({ sha256 }) => sha256)).not.toContain(answer.copies[0]!.sha256);
  expect((await client.case.verify()).problems).toEqual([]);
});
