// A photograph that would take more memory than is free is refused before a pixel is decoded, with
// that reason; what is free is replaced here.
import sharp from 'sharp';
import { afterEach, expect, test, vi } from 'vitest';
import { inWords } from '../../contract/wording.ts';
import { decodeStill } from './decode-still.ts';

afterEach(() => vi.restoreAllMocks());

test('the limit on pixels follows the memory that is free, and says so', async () => {
  const bytes = await sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#555' } })
    .tiff({ compression: 'deflate' })
    .toBuffer();
  expect(bytes.length).toBeLessThan(200_000);
  vi.spyOn(process, 'availableMemory').mockReturnValue(200e6);
  expect(inWords(await decodeStill(bytes))).toMatchObject({
    kind: 'unreadable',
    reason: 'tooLarge',
    message: expect.stringContaining('more than fit into the memory that is free now'),
  });
  vi.spyOn(process, 'availableMemory').mockReturnValue(2e9);
  expect(await decodeStill(bytes)).toMatchObject({ kind: 'decoded', widthPx: 4000 });
});
