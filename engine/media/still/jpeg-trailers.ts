// Bytes behind the end of a JPEG that makers and programs leave there, by the marks that they begin or end
// with (as ExifTool's tables name them): notes of the photograph, how it was taken and edited. Pure.

const BEGIN = [
  /^CANON OPTIONAL DATA\0/,
  /^(streamdata|vivo\{")/,
  // Sony, of the sensor.
  /^U&.{2}\0/s,
  /^~.{2,3}0MIE/s,
];
const END = [
  // Samsung, AFCP, FotoStation, Photo Mechanic, MIE.
  /(SEFT|QDIOBS)$/,
  /AXS[!*].{8}$/s,
  /\xa1\xb2\xc3\xd4$/,
  /cbipcbbl$/,
  /~\0.\0zmie~\0\0.{6,10}$/s,
  /CANON OPTIONAL DATA\0.{44}$/s,
  // Nikon's application, vivo, OnePlus, Insta360.
  /\0{6}\/NIKON APP$/,
  /\xff{4}.\*9HWfu\x84\x93\xa2\xb1$/s,
  /jxrs.{3}\0$/s,
  /8db42d694ccc418790edff439fe026bf$/,
];
const MARK_BYTES = 64;
/** Notes are no longer; what holds a picture is told of as one. */
const MOST_BYTES = 262_144;

/** True where nothing but filling, or one of these, lies there. `rest`: from the end marker on. */
export function isKnownTrailer(rest: Uint8Array): boolean {
  const [filling = 0] = rest;
  const isOfOne = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === filling);
  if (isOfOne(rest)) return true;
  const from = rest.findIndex((byte) => byte !== 0 && byte !== 0xff);
  const to = rest.findLastIndex((byte) => byte !== 0) + 1;
  const own = rest.subarray(Math.max(0, from), to);
  if (own.length > MOST_BYTES) return false;
  const begin = Buffer.from(own.subarray(0, MARK_BYTES)).toString('latin1');
  const end = Buffer.from(rest.subarray(Math.max(0, to - MARK_BYTES), to)).toString('latin1');
  const whole = Buffer.from(rest.subarray(-MARK_BYTES)).toString('latin1');
  return BEGIN.some((mark) => mark.test(begin)) || END.some((mark) => mark.test(end) || mark.test(whole));
}
