// One number for everything between a file's bytes and a score. Raised when decoding, face finding,
// cropping, the network's input or the reading of its output changes a pixel or a digit; written in
// every verdict.
//
// 1: samples of videos as coded, whatever their shape and curve; a face seen in a turned copy was
// cut as it lay; turned copies of frames
// were looked at every twentieth frame alone; only what libvips and the HEVC reader decode was read
//   of photographs.
// 2: square samples, high dynamic range brought to the standard one, turned faces cut upright,
// turned copies of every frame looked at.
// 3: photographs are looked at from coarse to fine, with a first look of another network.
// 4: films and small photographs too; a turned copy counts only for a face that the first look sees
// standing that way; faces of a picture reduced to a palette are outside every model's limits.
export const PIPELINE_VERSION = 4;

/** Pipelines whose verdicts this build can make again as they were made. */
export const KNOWN_PIPELINES: readonly number[] = [1, 2, 3, 4];
