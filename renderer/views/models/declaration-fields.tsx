// What is declared of weights at import, and put right by a correction: how they are fed, and what
// their outputs mean.
import type { ClassMap, ModelDeclaration } from '../../../contract/model.ts';
import { Field, Input, Select } from '../../parts/field.tsx';

/** As typed. `cropRecipe` empty: as is usual for the file; `classMap` empty: not declared. */
export type Declaration = {
  name: string;
  inputPx: string;
  cropRecipe: string;
  classMap: keyof typeof CLASS_MAPS | '';
  licence: string;
};

const CLASS_MAPS = {
  forged: { genuine: 0, forged: 1 },
  genuine: { genuine: 1, forged: 0 },
} as const satisfies Record<string, ClassMap>;

export const RECIPES = {
  'square-1.3': 'Square around the face, side 1.3 times its longer side (RECCE)',
  'aligned-1.3': 'Aligned by the landmarks, margin 1.3 (DeepfakeBench)',
  'box-1.25': 'The box and an eighth on each side, stretched to a square (SBI)',
} as const;

/** What class 1 means where `forged` is the class that means forged. */
export const classOfOne = ({ forged }: Pick<ClassMap, 'forged'>): keyof typeof CLASS_MAPS =>
  forged === 1 ? 'forged' : 'genuine';

/** Without what was left empty. */
export const declarationFrom = ({ name, inputPx, cropRecipe, classMap, licence }: Declaration): ModelDeclaration => ({
  ...(name.trim() ? { name: name.trim() } : {}),
  ...(inputPx ? { inputPx: Number(inputPx) } : {}),
  ...(cropRecipe ? { cropRecipe } : {}),
  ...(classMap ? { classMap: CLASS_MAPS[classMap] } : {}),
  ...(licence.trim() ? { licence: licence.trim() } : {}),
});

export function DeclarationFields({
  value,
  onChange,
  inputHint,
  licenceHint,
  classHint = 'As the weights were trained. RECCE’s own code trains forged = 1.',
}: {
  value: Declaration;
  onChange: (change: Partial<Declaration>) => void;
  inputHint: string;
  licenceHint: string;
  classHint?: string;
}) {
  return (
    <>
      <Field label="Name" hint="Left empty: the file’s name.">
        <Input value={value.name} onChange={(event) => onChange({ name: event.target.value })} maxLength={200} />
      </Field>
      <Field label="Input size, pixels (required)" hint={inputHint}>
        <Input
          type="number"
          min={64}
          max={1024}
          required
          value={value.inputPx}
          onChange={(event) => onChange({ inputPx: event.target.value })}
        />
      </Field>
      <Field label="Face crop" hint="As the faces were cut for training.">
        <Select value={value.cropRecipe} onChange={(event) => onChange({ cropRecipe: event.target.value })}>
          {value.cropRecipe === '' ? <option value="">As usual for the file’s layout</option> : null}
          {Object.entries(RECIPES).map(([recipe, words]) => (
            <option key={recipe} value={recipe}>
              {words}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="An output of 1 means" hint={classHint}>
        <Select
          value={value.classMap}
          onChange={(event) => onChange({ classMap: event.target.value as Declaration['classMap'] })}
        >
          {value.classMap === '' ? <option value="">Not declared</option> : null}
          <option value="forged">forged</option>
          <option value="genuine">genuine (real)</option>
        </Select>
      </Field>
      <Field label="Licence" hint={licenceHint}>
        <Input value={value.licence} onChange={(event) => onChange({ licence: event.target.value })} maxLength={500} />
      </Field>
    </>
  );
}
