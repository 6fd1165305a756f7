// One number for everything between a file's bytes and a score. Raised when decoding, face finding, cropping, the network's
// input or the reading of its output changes a pixel or a digit; written in every verdict.
export const PIPELINE_VERSION = 1;
