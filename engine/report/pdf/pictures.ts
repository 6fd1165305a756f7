// Pictures as objects of a PDF, each written once however often it is drawn. JPEG goes in as it is;
// a grey map in the fixed colours is written as its grey values with the colours as a palette that
// all maps share.
import { DIFFERENCE_COLOURS } from '../../../contract/colour-scale.ts';
import type { PdfFile, Written } from './pdf-file.ts';

/** A picture that is in the file, to be drawn by pdfkit's `image`. */
export type PlacedPicture = { readonly widthPx: number; readonly heightPx: number; readonly drawn: unknown };

type PdfkitImage = {
  width: number;
  height: number;
  label: string;
  obj: { data: Record<string, unknown>; end(chunk?: Uint8Array): void } | null;
  image?: { colorSpace: unknown; colors: number; palette: unknown[]; hasAlphaChannel: boolean; bits: number };
  embed(doc: unknown): void;
};

export class Pictures {
  readonly #file: PdfFile;
  #palette: Written | undefined;

  constructor(file: PdfFile) {
    this.#file = file;
  }

  /**
   * Writes a JPEG or a PNG. `inColours`: the values of a grey picture are shown on the scale of
   * contract/colour-scale.ts.
   */
  place(bytes: Uint8Array, inColours = false): PlacedPicture {
    const { doc } = this.#file;
    const image = (doc as unknown as { openImage(bytes: Uint8Array): PdfkitImage }).openImage(Buffer.from(bytes));
    const embed = image.embed.bind(image);
    if (!inColours) embed(doc);
    else this.#embedInColours(embed);
    const { width, height, label, obj } = image;
    // Only what is drawn is kept: the bytes are written.
    return { widthPx: width, heightPx: height, drawn: { width, height, label, obj } };
  }

  /** pdfkit writes a picture at once: its colour space is put in between. */
  #embedInColours(embed: (doc: unknown) => void): void {
    const { doc } = this.#file;
    const { ref } = doc as unknown as { ref(data: Record<string, unknown>): unknown };
    const space = ['Indexed', 'DeviceRGB', 255, this.#scale()];
    const withScale = (data: Record<string, unknown>) => {
      const made = ref.call(doc, data) as NonNullable<PdfkitImage['obj']>;
      if (data.Subtype !== 'Image') return made;
      const end = made.end.bind(made);
      made.end = (chunk) => {
        if (made.data.ColorSpace !== 'DeviceGray') throw new RangeError('A map of differences must be grey.');
        made.data.ColorSpace = space;
        end(chunk);
      };
      return made;
    };
    embed(Object.assign(Object.create(doc), { ref: withScale }));
  }

  #scale(): Written {
    this.#palette ??= this.#file.add({}, Buffer.from(DIFFERENCE_COLOURS));
    return this.#palette;
  }
}
