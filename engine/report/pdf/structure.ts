// The structure of a tagged PDF (ISO 32000-1, 14.7): which text is a heading, a paragraph, a cell.
// Each element is written when it is complete, and only its number is kept.
import { type PdfFile, Written } from './pdf-file.ts';

/** Roles used here; all are standard (ISO 32000-1, 14.8.4). */
export type Role =
  | 'Document'
  | 'Sect'
  | 'H1'
  | 'H2'
  | 'H3'
  | 'P'
  | 'Table'
  | 'TR'
  | 'TH'
  | 'TD'
  | 'Figure'
  | 'Caption'
  | 'L'
  | 'LI'
  | 'LBody';

type Attributes = { alt?: string; scope?: 'Column' | 'Row' };
type Marking = { pageRef: { id: number; data: { StructParents: number } }; mcid: number };
type Markings = {
  markStructureContent(tag: string): { refs: Marking[] };
  markContent(tag: string, options?: object): void;
  endMarkedContent(): void;
  getStructTreeRoot(): { id: number; data: { K?: unknown } };
  getStructParentTree(): { get(key: number): unknown[]; add(key: number, value: unknown): void };
};

/** An element that may still grow: children, and stretches of pages. */
export class Element {
  readonly #structure: Structure;
  readonly #reference: ReturnType<PdfFile['reserve']>;
  readonly #role: Role;
  readonly #kids: unknown[] = [];
  #page: Written | undefined;

  constructor(structure: Structure, role: Role, parent: Written, { alt, scope }: Attributes) {
    this.#structure = structure;
    this.#role = role;
    this.#reference = structure.file.reserve({
      S: role,
      P: parent,
      ...(alt === undefined ? {} : { Alt: new String(alt) }),
      ...(scope === undefined ? {} : { A: { O: 'Table', Scope: scope } }),
    });
  }

  get written(): Written {
    return new Written(this.#reference.id);
  }

  /** An element inside this one. */
  element(role: Role, attributes: Attributes = {}): Element {
    const child = new Element(this.#structure, role, this.written, attributes);
    this.#kids.push(child.written);
    return child;
  }

  /** Draws a part of this element on the present page. */
  mark(draw: () => void): void {
    const { markings } = this.#structure;
    const [{ pageRef, mcid }] = markings.markStructureContent(this.#role).refs as [Marking];
    draw();
    markings.endMarkedContent();
    this.#structure.parentsOf(pageRef.data.StructParents)[mcid] = this.written;
    const page = new Written(pageRef.id);
    this.#page ??= page;
    this.#kids.push(`${page}` === `${this.#page}` ? mcid : { Type: 'MCR', Pg: page, MCID: mcid });
  }

  /** Writes the element; nothing can be added from then on. */
  end(): void {
    if (this.#page) this.#reference.data.Pg = this.#page;
    this.#reference.data.K = this.#kids;
    this.#reference.end();
    this.#reference.data = {};
  }
}

export class Structure {
  readonly file: PdfFile;
  readonly document: Element;
  #page = -1;

  constructor(file: PdfFile) {
    this.file = file;
    const root = this.markings.getStructTreeRoot();
    this.document = new Element(this, 'Document', new Written(root.id), {});
    root.data.K = [this.document.written];
  }

  get markings(): Markings {
    return this.file.doc as unknown as Markings;
  }

  /**
   * Elements of the marked stretches of a page, by their numbers; those of the page before are
   * written when the next one begins.
   */
  parentsOf(key: number): unknown[] {
    if (key !== this.#page) this.#writePage();
    this.#page = key;
    return this.markings.getStructParentTree().get(key);
  }

  #writePage(): void {
    if (this.#page < 0) return;
    const tree = this.markings.getStructParentTree();
    tree.add(this.#page, this.file.add(tree.get(this.#page)));
  }

  /** Draws what is no part of the text: lines, running heads, page numbers. */
  artifact(draw: () => void, type: 'Pagination' | 'Layout' = 'Layout'): void {
    this.markings.markContent('Artifact', { type });
    draw();
    this.markings.endMarkedContent();
  }

  end(): void {
    this.#writePage();
    this.document.end();
  }
}
