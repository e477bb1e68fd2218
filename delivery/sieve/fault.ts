import type { Place, ScriptFault } from './shape.ts';

/** Thrown inside the reader where nothing behind a fault can be understood; `parseScript` turns it into a value. */
export class SyntaxFault extends Error {
  readonly fault: ScriptFault;

  constructor(place: Place, text: string) {
    super(text);
    this.name = 'SyntaxFault';
    this.fault = faultAt(place, text);
  }
}

/** A fault at a place. */
export function faultAt({ line, column }: Place, text: string): ScriptFault {
  return { line, column, text };
}

/** A word of a script as a message can quote it: short, on one line. */
export function quoted(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  return JSON.stringify(shown.toWellFormed());
}
