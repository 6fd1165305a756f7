// Options of the commands that measure a model on labelled material: which material, which part of it, which model.
import path from 'node:path';
import type { Command } from 'commander';

export type MaterialOptions = { data: string; model?: string; split: string; compression?: string; methods?: string };

/** Adds them; `usualSplit` is the part measured when none is named. */
export const addMaterialOptions = (command: Command, usualSplit: string): Command =>
  command
    .requiredOption(
      '--data <dir>',
      'real/ and fake/ folders, or FaceForensics++, Celeb-DF, WildDeepfake, DFDC as unpacked',
    )
    .option('--model <model>', 'id (or its beginning), name or weights file; the default model when absent')
    .option('--split <split>', 'training, validation, test or all', usualSplit)
    .option('--compression <c>', 'FaceForensics++: raw, c23 or c40 only')
    .option('--methods <names>', 'FaceForensics++: only these, separated by commas');

/** What they say, as fields of a validation request (not yet checked). */
export const materialFromOptions = ({ data, split, compression, methods }: MaterialOptions) => ({
  folder: path.resolve(data),
  split,
  compression,
  methods: methods?.split(','),
});
