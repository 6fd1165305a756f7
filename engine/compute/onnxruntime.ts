// ONNX Runtime as it is used everywhere here: silent. The first import must stay the first; nothing
// else may import the package (build/layers.ts).
import './no-telemetry.ts';

export * from 'onnxruntime-node';
