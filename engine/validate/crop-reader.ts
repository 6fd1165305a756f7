// A picture that was cut to a face, as a face found in it: its box is the one whose crop is the
// whole picture, so that a model is shown what is there and nothing is searched for.
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { boxOfCrop } from '../datasets/forgeries/crop-portraits.ts';
import type { FoundFace } from '../media/find-faces.ts';

/** `margin`: added on every side by reflection, as a share of the picture's longer side. */
export const cropReader =
  ({ landmarksOfCrop }: { landmarksOfCrop(image: RgbImage): Promise<FoundFace> }, margin: number) =>
  async (image: RgbImage): Promise<FoundFace[]> => {
    const face = await landmarksOfCrop(image);
    const box = boxOfCrop(image.widthPx, image.heightPx, margin);
    return [{ ...face, box }];
  };
