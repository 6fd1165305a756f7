// `recce faces extract`: the faces of a labelled set or of a case's opinions, cut by one recipe and
// written to a folder with labels, sources and splits. Runs in the engine; taken up again it goes
// on with the files that are left.
import { createFaceCutter, STILL_FRAME } from '../examine/judge-faces.ts';
import { encodeRgbPng } from '../media/encode-png.ts';
import { type FaceFolderHead, faceFileName, openFaceFolder } from './face-folder.ts';
import { type FaceOfSet, facesOfSet, type SetDeps } from './faces-of-set.ts';
import type { LabelledFile, LabelledSet } from './labelled-file.ts';

export type Extracted = { faces: number; files: number; without: { from: string; reason: string }[] };

/** Cuts every face of the set into `folder`. `onProgress` counts files. */
export async function extractFaces(
  set: LabelledSet,
  folder: string,
  head: FaceFolderHead,
  deps: SetDeps,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Extracted> {
  const opened = await openFaceFolder(folder, head);
  const todo = set.files.filter((file) => !opened.done.has(file.relativePath));
  const result: Extracted = { faces: 0, files: todo.length, without: [] };
  let current: LabelledFile | undefined;
  let finished = set.files.length - todo.length;
  const finish = async (): Promise<void> => {
    if (current) await opened.add({ kind: 'done', from: current.relativePath });
    current = undefined;
    onProgress(++finished, set.files.length);
  };
  for await (const one of facesOfSet(todo, deps)) {
    if (current && current !== one.file) await finish();
    current = one.file;
    if (one.kind === 'none') {
      result.without.push({ from: one.file.relativePath, reason: one.reason });
      await opened.add({ kind: 'none', from: one.file.relativePath, reason: one.reason });
    } else {
      result.faces += 1;
      await opened.add(...(await lineAndPicture(one, head)));
    }
  }
  if (current) await finish();
  return result;
}

async function lineAndPicture(one: Extract<FaceOfSet, { kind: 'face' }>, { cropRecipe, sidePx }: FaceFolderHead) {
  const { file, picture, faceIndex, frameIndex, jpegQuality } = one;
  const cutFace = createFaceCutter({ cropRecipe, inputPx: sidePx }, picture, STILL_FRAME);
  const { crop, measures } = cutFace(faceIndex);
  const { label, source, split, strata, relativePath: from } = file;
  const known = jpegQuality === undefined ? {} : { 'JPEG quality': String(jpegQuality) };
  const line = {
    kind: 'face' as const,
    file: faceFileName(from, frameIndex),
    from,
    frameIndex,
    label,
    source,
    split,
    strata: { ...strata, ...known },
    measures,
  };
  return [line, await encodeRgbPng(crop.data, sidePx, sidePx)] as const;
}
