// ONNX Runtime's own binaries report to their maker from version 1.29 on (Linux and macOS;
// versions, names and hashes of models, paths, a lasting identifier of the machine), and keep what
// could not be sent in the user's cache folder. Nothing of a case leaves the machine: this is read
// once, when the runtime starts, and must be set before. On Windows the runtime writes trace events
// to the system instead (docs/security.md).
process.env.ORT_DISABLE_TELEMETRY = '1';
