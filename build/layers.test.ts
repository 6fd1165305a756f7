import { globSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findForbiddenImports, LAYERS, withTableOfLayers } from './layers.ts';

const root = path.resolve(import.meta.dirname, '..');

/** One import that each row must refuse. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  contract: "import { x } from '../engine/index.ts';",
  models: "import fs from 'node:fs';",
  'engine/async': "import { x } from '../files/write-atomic.ts';",
  'engine/archives': "import { x } from '../blobs/blob-store.ts';",
  'engine/files': "import { x } from '../case/open-case.ts';",
  'engine/process': "import { x } from '../case/rows/job.ts';",
  'engine/case/db': "import { x } from '../rows/job.ts';",
  'engine/case/log': "import { x } from '../rows/job.ts';",
  'engine/case/rows': "import { x } from '../grid/finding.ts';",
  'engine/case/groups': "import { x } from '../grid/finding.ts';",
  'engine/case/grid': "import { x } from '../custody/seal.ts';",
  'engine/case/custody': "import { x } from '../../blobs/blob-store.ts';",
  'engine/case': "import { x } from '../media/crop-face.ts';",
  'engine/blobs': "import sharp from 'sharp';",
  'engine/media': "import * as ort from 'onnxruntime-node';",
  'engine/compute/onnxruntime.ts': "import fs from 'node:fs';",
  'engine/compute': "import { x } from '../case/open-case.ts';",
  'engine/examine': "import { x } from '../case/rows/face.ts';",
  'engine/library': "import { x } from '../scan/ingest.ts';",
  'engine/jobs': "import { x } from '../scan/scan-evidence.ts';",
  'engine/custody': "import { x } from '../scan/ingest.ts';",
  'engine/datasets': "import { x } from '../train/run/batches.ts';",
  'engine/scan/farm': "import Database from 'better-sqlite3';",
  'engine/scan': "import { x } from '../report/sheet.ts';",
  'engine/rerun': "import { x } from '../scan/ingest.ts';",
  'engine/persons': "import { x } from '../rerun/rerun-all.ts';",
  'engine/copies': "import { x } from '../persons/find-alike.ts';",
  'engine/validate': "import { x } from '../train/run/batches.ts';",
  'engine/train': "import { x } from '../validate/strata.ts';",
  'engine/portable': "import { x } from '../report/sheet.ts';",
  'engine/report': "import { x } from '../app/current-case.ts';",
  'engine/app/testing': "import { x } from '../../index.ts';",
  'engine/app/services.ts': "import { app } from 'electron';",
  'engine/app': "import { app } from 'electron';",
  'engine/server': "import { x } from '../app/current-case.ts';",
  'engine/survival': "import { app } from 'electron';",
  'engine/testing': "import { app } from 'electron';",
  engine: "import { app } from 'electron';",
  electron: "import { x } from '../engine/case/rows/job.ts';",
  'renderer/transport': "import { x } from '../data/engine.ts';",
  'renderer/data': "import { x } from '../parts/button.tsx';",
  'renderer/keys': "import { x } from '../parts/key.tsx';",
  'renderer/parts': "import { x } from '../views/scan/scan-view.tsx';",
  'renderer/viewer': "import { x } from '../views/inspect/photograph.tsx';",
  'renderer/views/app-shell': "import fs from 'node:fs';",
  'renderer/views/activity': "import { x } from '../scan/scan-view.tsx';",
  'renderer/views/cases': "import { x } from '../scan/scan-view.tsx';",
  'renderer/views/faces': "import { x } from '../scan/scan-view.tsx';",
  'renderer/views/inspect': "import { x } from '../faces/selection-bar.tsx';",
  'renderer/views/models': "import '../inspect/inspect.css';",
  'renderer/views/report': "import { x } from '../scan/scan-view.tsx';",
  'renderer/views/scan': "import { x } from '../faces/face-tile.tsx';",
  'renderer/views/settings': "import { x } from '../scan/scan-view.tsx';",
  'renderer/views/training': "import { x } from '../models/record-view.tsx';",
  'renderer/views/video': "import { x } from '../inspect/photograph.tsx';",
  renderer: "import { x } from './views/scan/scan-view.tsx';",
  cli: "import { x } from '../engine/case/rows/job.ts';",
  build: "import { x } from '../engine/index.ts';",
  bench: "import { useState } from 'react';",
  e2e: "import { x } from '../engine/app/current-case.ts';",
};

test('every row refuses what it must, and quotes itself', () => {
  for (const { folder } of LAYERS) {
    const found = findForbiddenImports([folder.endsWith('.ts') ? folder : `${folder}/x.ts`], () => FORBIDDEN[folder]!);
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

test('a test may use its whole room, fixtures and the engine’s doors, and nothing else that its row forbids', () => {
  const found = (line: string) => findForbiddenImports(['engine/scan/farm/x.test.ts'], () => line);
  for (const spec of ['../../index.ts', '../ingest.ts', '../../validate/testing/record-made-at.ts', 'better-sqlite3'])
    expect(found(`import { x } from '${spec}';`), spec).toEqual([]);
  for (const spec of ['../../app/services.ts', '../../validate/strata.ts'])
    expect(found(`import { x } from '${spec}';`), spec).toHaveLength(1);
});

test('nothing outside engine/app names the services', () => {
  for (const file of ['engine/x.ts', 'engine/survival/testing/x.ts', 'engine/testing/x.test.ts', 'bench/x.ts']) {
    const up = '../'.repeat(file.split('/').length - 1);
    const [found] = findForbiddenImports([file], () => `import { x } from '${up}engine/app/services.ts';`);
    expect(found, file).toContain('row "engine/app/services.ts"');
  }
  const naming = globSync('{contract,models,engine,electron,renderer,cli,bench,e2e}/**/*.{ts,tsx}', { cwd: root })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => /\b\w*Services\b|\/services\.ts';$/m.test(readFileSync(path.join(root, file), 'utf8')));
  expect(naming.length).toBeGreaterThan(10);
  expect(naming.filter((file) => !file.startsWith('engine/app/'))).toEqual([]);
});

test('every folder with code has a row, and every room of the engine and of the window one of its own', () => {
  const roomsOf = (folder: string): string[] =>
    readdirSync(path.join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|dist|docs|public|theme)$/.test(entry.name))
      .map(({ name }) => (folder ? `${folder}/${name}` : name));
  const folders = ['', 'engine', 'engine/case', 'renderer', 'renderer/views'].flatMap(roomsOf);
  const rows = LAYERS.map(({ folder }) => folder);
  // Fixtures of a room and a folder of rooms need none.
  const without = ['engine/case/testing', 'renderer/views'];
  expect(folders.filter((folder) => !rows.includes(folder) && !without.includes(folder))).toEqual([]);
});

test('the engine’s root holds its entry points alone', () => {
  const files = readdirSync(path.join(root, 'engine'), { withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name).sort()).toEqual(['index.ts', 'serve.ts', 'supervise.ts', 'tsconfig.json']);
});

test('a folder’s row does not open a room inside it that has a row of its own', () => {
  const line = "import { x } from './farm/scan-farm.ts';";
  expect(findForbiddenImports(['engine/scan/x.ts'], () => line)).toHaveLength(1);
  expect(findForbiddenImports(['engine/app/x.ts'], () => "import { x } from '../scan/farm/scan-farm.ts';")).toEqual([]);
});

test('the architecture document shows this very table', () => {
  const document = readFileSync(path.join(root, 'docs/architecture.md'), 'utf8');
  // The formatter widens columns.
  const plain = (text: string) => text.replace(/-{3,}/g, '---').replace(/ +/g, ' ');
  expect(plain(withTableOfLayers(document))).toBe(plain(document));
});
