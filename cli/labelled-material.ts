// Options of the commands that measure a model on labelled material: which material, which part of
// it, which model.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';

export type MaterialOptions = {
  data: string[];
  crops?: boolean;
  margin: string;
  model?: string;
  split: string;
  compression?: string;
  methods?: string;
};

/**
 * Adds them; `usualSplit` is the part measured when none is named. Without `model` it is not asked
 * which model is measured.
 */
export function addMaterialOptions(command: Command, usualSplit: string, { model = true } = {}): Command {
  const asked = command
    .requiredOption(
      '--data <dir>',
      'real/ and fake/ folders, or FaceForensics++, Celeb-DF, WildDeepfake, DFDC as unpacked, or a set with pairs.csv. Again for further sources: rates are then given for each of them, too',
      (dir: string, before: string[] = []) => [...before, dir],
    )
    .option('--crops', 'the pictures are faces already cut: read them as they are, without searching')
    .option('--margin <share>', 'with --crops: add this share of the picture on every side by reflection', '0')
    .option('--split <split>', 'training, validation, test or all', usualSplit)
    .option('--compression <c>', 'FaceForensics++: raw, c23 or c40 only')
    .option('--methods <names>', 'FaceForensics++: only these, separated by commas');
  if (model)
    asked.option('--model <model>', 'id (or its beginning), name or weights file; the default model when absent');
  return asked;
}

/**
 * What they say, as fields of a validation request (not yet checked). `portraits`: how folders that
 * are not labelled are read.
 */
export function materialFromOptions(
  { data, crops, margin, split, compression, methods }: MaterialOptions,
  portraits = false,
) {
  const [first, ...further] = data.map((dir) => {
    const folder = path.resolve(dir);
    if (portraits && !isLabelled(folder)) return { folder, kind: 'portraits' };
    return crops
      ? { folder, kind: 'crops', margin: Number(margin) }
      : { folder, kind: portraits ? 'portraits' : 'labelled' };
  });
  return { ...first!, further, split, compression, methods: methods?.split(',') };
}

/**
 * Whether the folder is a labelled set by its parts: beside portraits, such a one is read by its
 * labels.
 */
const isLabelled = (folder: string): boolean =>
  ['pairs.csv', 'real', 'fake'].some((name) => existsSync(path.join(folder, name)));
