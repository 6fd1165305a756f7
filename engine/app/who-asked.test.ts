// What takes minutes is entered under the name of whoever asked for it, whoever sits here at its end.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { scanRequestSchema } from '../../contract/scan.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { ended } from '../testing/scanned.ts';

const { root, start } = installations('who-asked');

test('scans, a report and a portable case bear the name of the examiner who asked for them', async () => {
  const { client } = await start('here');
  for (const name of ['one', 'two']) {
    mkdirSync(path.join(root, name));
    writeFileSync(path.join(root, name, `${name}.jpg`), samplePhotograph(1));
    copyFileSync(path.join(root, name, `${name}.jpg`), path.join(root, name, 'again.jpg'));
  }
  await client.case.create({ folder: path.join(root, 'case'), title: 'W', reference: '', examiner: 'Ada' });
  const scan = (name: string) => client.scan.start(scanRequestSchema.parse({ paths: [path.join(root, name)] }));
  const [, queued] = [await scan('one'), await scan('two')];
  await client.session.set({ examiner: 'Bo' });
  expect(await ended(client, queued.id)).toBe('done');

  await client.session.set({ examiner: 'Ada' });
  const written = client.report.export({ format: 'json', options: {} });
  await client.session.set({ examiner: 'Bo' });
  await written;
  await client.session.set({ examiner: 'Ada' });
  const packed = client.case.pack({ file: path.join(root, 'case.recce'), evidence: false, models: false });
  await client.session.set({ examiner: 'Bo' });
  await packed;

  const entries = await client.case.activity({});
  const whoDid = (action: string) => entries.filter((one) => one.action === action).map(({ who }) => who);
  expect(whoDid('scan.started')).toEqual(['Ada', 'Ada']);
  expect(whoDid('scan.finished')).toEqual(['Ada', 'Ada']);
  expect(whoDid('report.exported')).toEqual(['Ada']);
  expect(whoDid('case.packed')).toEqual(['Ada']);
});
