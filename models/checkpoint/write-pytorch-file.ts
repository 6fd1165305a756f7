// A PyTorch file (zip container) from plain values and tensors: what torch.load reads. The
// counterpart of pytorch-file.ts.
import { stridesFromShape, type Tensor } from '../tensor/tensor.ts';
import { type PyValue, type StoredTensor, writePickle } from './pickle-writer.ts';
import { writeZip } from './zip-writer.ts';

/** Collects the tensors of one file, then writes it. */
export class PyTorchFileWriter {
  readonly #storages: Uint8Array[] = [];

  /** A reference to put into the file's object; the numbers go into a storage of their own. */
  tensor({ dtype, shape, data }: Tensor): StoredTensor {
    const key = String(this.#storages.length);
    this.#storages.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return { kind: 'storedTensor', key, dtype, shape, strides: stridesFromShape(shape), size: data.length };
  }

  /** Bytes of the file that holds `root`. */
  write(root: PyValue): Uint8Array {
    const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
    return writeZip(
      new Map([
        ['archive/data.pkl', writePickle(root)],
        ['archive/byteorder', ascii('little')],
        ...this.#storages.map((data, key): [string, Uint8Array] => [`archive/data/${key}`, data]),
        ['archive/version', ascii('3\n')],
      ]),
    );
  }
}
