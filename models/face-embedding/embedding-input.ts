// A face into the embedding network: which square of the picture it looks at, and its value range.
import { resampleRows } from '../image/resample.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { type Float32Tensor, float32Tensor } from '../tensor/tensor.ts';
import { EMBEDDING_INPUT_PX } from './embedding-network.ts';

type Point = { readonly x: number; readonly y: number };

/** Mean colour taken off before scaling by 255; R, G, B. */
const MEAN_RGB = [122.782, 117.001, 104.298] as const;
/** The distance from the eyes to the mouth is this part of the square's side. */
const EYES_TO_MOUTH = 0.45;
/** Where in the square the middle of both eyes and the mouth lies. */
const MIDDLE = { x: 0.5, y: 0.43 } as const;

/**
 * The square of an upright picture that the network was trained to look at, in whole pixels, from 68
 * landmarks in its pixels. It may reach past the picture. Source: the alignment of
 * @vladmandic/face-api after dlib, which does not turn the face.
 */
export function embeddingSquare(landmarks: readonly Point[]): { x: number; y: number; width: number; height: number } {
  const centre = (points: readonly Point[]): Point => ({
    x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
    y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
  });
  const parts = [landmarks.slice(36, 42), landmarks.slice(42, 48), landmarks.slice(48, 68)].map(centre);
  const [left, right, mouth] = parts as [Point, Point, Point];
  const away = (eye: Point): number => Math.hypot(mouth.x - eye.x, mouth.y - eye.y);
  const side = Math.max(1, Math.floor((away(left) + away(right)) / 2 / EYES_TO_MOUTH));
  const middle = centre(parts);
  return {
    x: Math.floor(middle.x - MIDDLE.x * side),
    y: Math.floor(middle.y - MIDDLE.y * side),
    width: side,
    height: side,
  };
}

/** A face to be looked at: an upright picture and the face's landmarks in its pixels. */
export type FaceInPicture = { image: RgbImage; landmarks: readonly Point[] };

/** Faces as the network's input, f32 [faces, 3, 150, 150]; black outside their pictures. */
export function embeddingInput(faces: readonly FaceInPicture[]): Float32Tensor {
  const side = EMBEDDING_INPUT_PX;
  const data = new Float32Array(faces.length * 3 * side * side);
  faces.forEach(({ image, landmarks }, face) => {
    resampleRows(image, embeddingSquare(landmarks), { width: side, height: side, border: 0 }, (row, y) => {
      for (let channel = 0; channel < 3; channel++) {
        let to = ((face * 3 + channel) * side + y) * side;
        for (let i = channel; i < side * 3; i += 3) data[to++] = (row[i]! - MEAN_RGB[channel]!) / 255;
      }
    });
  });
  return float32Tensor([faces.length, 3, side, side], data);
}
