// A farm scan that is cancelled, or whose case is closed, while its queue is away for good: it ends
// all the same.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createBlobStore } from '../../blobs/blob-store.ts';
import { blobFolder, closeCase, createCase } from '../../case/open-case.ts';
import { keepModel } from '../../case/rows/model.ts';
import { testModel, testParameters } from '../../case/testing/case-material.ts';
import type { JobControl } from '../../jobs/job-queue.ts';
import { samplePhotograph } from '../../media/finder-weights.ts';
import type { FarmDeps } from './farm-run.ts';
import { scanFarm } from './scan-farm.ts';
import { startRedis } from './testing/redis-server.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-queue-away-'));
const media = path.join(root, 'media');
const FILES = 20;
mkdirSync(media);
for (let n = 0; n < FILES; n++) copyFileSync(samplePhotograph(1), path.join(media, `${n}.jpg`));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A job that calls `said` with each message. */
const jobOf = (signal: AbortSignal, said: (message: string) => void): JobControl => ({
  signal,
  pausePoint: async () => signal.throwIfAborted(),
  report: ({ message }) => message !== undefined && said(message),
  problem: () => {},
});

test.each([
  ['before a file is with the workers', `${FILES} files`],
  ['when every file is', `${FILES} files are with the workers`],
])('a queue that goes for good %s keeps no cancelled scan from ending', { tags: ['redis'] }, async (_, moment) => {
  const server = await startRedis(root);
  const opened = createCase(path.join(root, moment), { title: 'T', reference: '', demonstration: false });
  keepModel(opened, testModel);
  const { appVersion, pipelineVersion, finderSha256 } = testParameters;
  const deps: FarmDeps = {
    ...{ opened, blobs: createBlobStore(blobFolder(opened.folder)), model: testModel, parameters: testParameters },
    ...{ videoDecoder: { probe: async () => null }, minimumFacePx: 40, sampling: { kind: 'everyFrame' }, inFlight: 64 },
    ...{ queue: { address: server.address }, credentials: {} },
    passport: { appVersion, pipelineVersion, finderSha256, modelId: testModel.id },
  };
  const cancelling = new AbortController();
  const reached = Promise.withResolvers<void>();
  const scan = scanFarm(
    deps,
    jobOf(cancelling.signal, (message) => message === moment && reached.resolve()),
    [media],
  );
  await reached.promise;
  await server.stop();
  cancelling.abort(new Error('Cancelled.'));
  await expect(scan).rejects.toThrow('Cancelled.');
  closeCase(opened);
});
