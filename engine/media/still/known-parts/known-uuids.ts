// Boxes of the type `uuid` that change no picture: metadata of the file.
import type { Box } from '../../heif/boxes.ts';

const KNOWN = new Set([
  // XMP.
  'be7acfcb97a942e89c71999491e3afac',
  // EXIF, of two makers.
  '4a706754696666457869662d3e4a5032',
  '0537cdab9d0c4431a72afa561f2a113e',
  // IPTC, of two makers; Photoshop's resources.
  '33c7a4d2b81d47238ba0f1a3e097ad38',
  '09a14e97c0b442e0bebf36df6f0ce36f',
  '2c4c010085044ab9a03e562148d6dfeb',
  // Where on the earth (GeoJP2, world files).
  'b14bf8bd083d4b43a5ae8cd7d5a6ce03',
  '96a9f1f1dc98402da7aed68e34451809',
  // What Photoshop notes of a JPEG 2000.
  '3a0d02180ae94115b3764bca41ce0e71',
  '47c92cccd1a14581b90438bb5467713b',
  'bc45a774dd504ec6a9f6f3a137f47e90',
  'd7c8c5ef951f43b28757042500f538e8',
  // Content credentials.
  'd8fec3d61b0e483c92975828877ec481',
]);

export const isKnownUuid = (bytes: Uint8Array, { from, to }: Box): boolean =>
  to - from >= 16 && KNOWN.has(Buffer.from(bytes.subarray(from, from + 16)).toString('hex'));
