// Pictures are served by id, never by path: over the `evidence:` protocol in the window, over
// /picture/ in the browser.
import * as z from 'zod';
import { openingSchema } from './case.ts';

const id = z.coerce.number().int().positive();
const of = openingSchema.optional();
const maxPx = z.coerce.number().int().min(16).max(8192).optional();

/**
 * `evidence`: the upright original (optionally bounded by `maxPx`), PNG or JPEG made for display,
 * never the file itself. `frame`: the frame of a video with this presentation timestamp, upright,
 * PNG made for display. `crop`, `reconstruction`, `difference`, `gate`: the stored blobs of a
 * verdict, byte for byte. `of`: the opening of the case that is meant; there is none of another. A
 * page keeps pictures by their address, and each case counts from 1.
 */
export const pictureRefSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('evidence'), id, of, maxPx }),
  z.object({
    kind: z.literal('frame'),
    ...{ id, of, maxPx },
    pts: z.coerce.number().int(),
    /** Its number; without it a timestamp that comes twice names the first of the two. */
    frameIndex: z.coerce.number().int().nonnegative().optional(),
  }),
  z.object({ kind: z.enum(['crop', 'reconstruction', 'difference', 'gate']), id, of }),
]);
export type PictureRef = z.infer<typeof pictureRefSchema>;

/**
 * Relative address of a picture, e.g. `picture/crop/12`, `picture/evidence/3?maxPx=1600` or
 * `picture/frame/3?pts=12800`.
 */
export function pictureAddress(ref: PictureRef): string {
  const query = [
    ...(ref.of === undefined ? [] : [`of=${ref.of}`]),
    ...(ref.kind === 'frame' ? [`pts=${ref.pts}`] : []),
    ...(ref.kind === 'frame' && ref.frameIndex !== undefined ? [`n=${ref.frameIndex}`] : []),
    ...('maxPx' in ref && ref.maxPx !== undefined ? [`maxPx=${ref.maxPx}`] : []),
  ];
  return `picture/${ref.kind}/${ref.id}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/** The picture an address names, or undefined when it is not one. `address` may begin with `/`. */
export function pictureFromAddress(address: string): PictureRef | undefined {
  const match =
    /^\/?picture\/([a-z]+)\/(\d+)(?:\?(?:of=([0-9a-f]{32})&?)?(?:pts=(-?\d+)&?)?(?:n=(\d+)&?)?(?:maxPx=(\d+))?)?$/.exec(
      address,
    );
  if (!match) return undefined;
  const [, kind, id, of, pts, frameIndex, maxPx] = match;
  const ref = {
    kind,
    id,
    ...(of ? { of } : {}),
    ...(pts ? { pts } : {}),
    ...(frameIndex ? { frameIndex } : {}),
    ...(maxPx ? { maxPx } : {}),
  };
  const parsed = pictureRefSchema.safeParse(ref);
  return parsed.success ? parsed.data : undefined;
}
