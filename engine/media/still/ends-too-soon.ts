// Does a picture's coded data end before its last pixel? Asked where FFmpeg's decoder does not: it
// gives the picture with whatever lies in memory for what is missing. Pure.

/** True for a QOI or PCX file that codes fewer pixels than its head promises. */
export function endsTooSoon(bytes: Uint8Array, mediaType: string): boolean {
  if (mediaType === 'image/qoi') return qoiEndsTooSoon(bytes);
  return mediaType === 'image/x-pcx' && pcxEndsTooSoon(bytes);
}

const QOI_HEAD_BYTES = 14;

/** Chunks of one to five bytes, each of one pixel or a run of up to 62 (QOI's specification). */
function qoiEndsTooSoon(bytes: Uint8Array): boolean {
  if (bytes.length < QOI_HEAD_BYTES) return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let missing = view.getUint32(4) * view.getUint32(8);
  let at = QOI_HEAD_BYTES;
  while (missing > 0 && at < bytes.length) {
    const chunk = bytes[at]!;
    at += chunk === 0xff ? 5 : chunk === 0xfe ? 4 : chunk >> 6 === 2 ? 2 : 1;
    missing -= chunk < 0xfe && chunk >> 6 === 3 ? (chunk & 63) + 1 : 1;
  }
  return missing > 0 || at > bytes.length;
}

const PCX_HEAD_BYTES = 128;

/** Lines of runs; a run ends with its line (ZSoft's technical reference). */
function pcxEndsTooSoon(bytes: Uint8Array): boolean {
  if (bytes.length < PCX_HEAD_BYTES) return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines = view.getUint16(10, true) - view.getUint16(6, true) + 1;
  const lineBytes = bytes[65]! * view.getUint16(66, true);
  let at = PCX_HEAD_BYTES;
  for (let line = 0; line < lines; line++)
    for (let filled = 0; filled < lineBytes; ) {
      if (at >= bytes.length) return true;
      const isRun = bytes[at]! >= 0xc0;
      filled += isRun ? bytes[at]! & 63 : 1;
      at += isRun ? 2 : 1;
    }
  return at > bytes.length;
}
