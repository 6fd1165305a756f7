// The laboratory's report templates: one JSON file each in the application's folder.

import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { RecceError } from '../../contract/errors.ts';
import { type ReportTemplate, reportTemplateSchema } from '../../contract/report-template.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { writeAtomic } from '../files/write-atomic.ts';

const folderOf = (appDataFolder: string): string => path.join(appDataFolder, 'report-templates');
/** A template's name may hold anything; its file is named by the name's hash. */
const fileOf = (appDataFolder: string, name: string): string =>
  path.join(folderOf(appDataFolder), `${sha256Of(Buffer.from(name)).slice(0, 32)}.json`);

/** Every template, by name. A file that is none is passed over. */
export async function listTemplates(appDataFolder: string): Promise<ReportTemplate[]> {
  const folder = folderOf(appDataFolder);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8').catch(() => '')));
  return texts
    .flatMap((text) => {
      try {
        return [reportTemplateSchema.parse(JSON.parse(text))];
      } catch {
        return [];
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Throws NOT_FOUND. */
export async function getTemplate(appDataFolder: string, name: string): Promise<ReportTemplate> {
  const found = (await listTemplates(appDataFolder)).find((one) => one.name === name);
  if (!found) throw new RecceError('NOT_FOUND', `Template ${name}`, 'this installation has no such report template.');
  return found;
}

/** Adds a template or replaces the one of that name. */
export async function saveTemplate(appDataFolder: string, template: ReportTemplate): Promise<ReportTemplate> {
  const file = fileOf(appDataFolder, template.name);
  await writeAtomic(file, [`${JSON.stringify(template, null, 2)}\n`]);
  return template;
}

/** Throws NOT_FOUND. */
export async function removeTemplate(appDataFolder: string, name: string): Promise<void> {
  await getTemplate(appDataFolder, name);
  await rm(fileOf(appDataFolder, name));
}
