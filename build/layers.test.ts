import { expect, test } from 'vitest';
import { findForbiddenImports, LAYERS } from './layers.ts';

/** One import that each row must refuse. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  contract: "import { x } from '../engine/index.ts';",
  models: "import fs from 'node:fs';",
  'engine/case': "import { x } from '../media/crop-face.ts';",
  'engine/media': "import * as ort from 'onnxruntime-node';",
  'engine/compute/onnxruntime.ts': "import fs from 'node:fs';",
  'engine/compute': "import { x } from '../case/open-case.ts';",
  'engine/blobs': "import sharp from 'sharp';",
  'engine/process': "import { x } from '../case/job.ts';",
  'engine/jobs': "import { x } from '../scan/scan-evidence.ts';",
  'engine/farm': "import Database from 'better-sqlite3';",
  engine: "import { app } from 'electron';",
  electron: "import { x } from '../engine/case/rows/job.ts';",
  renderer: "import fs from 'node:fs';",
  cli: "import { x } from '../engine/case/rows/job.ts';",
  bench: "import { useState } from 'react';",
};

test('every row refuses what it must, and quotes itself', () => {
  for (const { folder } of LAYERS) {
    const found = findForbiddenImports([`${folder}/x.ts`], () => FORBIDDEN[folder]!);
    expect(found, folder).toHaveLength(1);
    expect(found[0]).toContain(`row "${folder}"`);
  }
});

test('imports in every spelling are seen', () => {
  for (const line of [
    "export { x } from 'electron';",
    "import 'electron';",
    "const x = await import('electron');",
    "import type { A } from 'electron';",
  ])
    expect(findForbiddenImports(['engine/x.ts'], () => line)).toHaveLength(1);
});
