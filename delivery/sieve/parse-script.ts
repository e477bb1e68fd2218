import { Buffer } from 'node:buffer';
import { SyntaxFault } from './fault.ts';
import { clausesOf } from './grammar.ts';
import { scriptLimits } from './limits.ts';
import type { Script, ScriptFault } from './shape.ts';
import { validate } from './validate.ts';

/** A script that can be run, or what is wrong with it: then at least one fault, in the order of the text. */
export type ParsedScript =
  | { readonly script: Script; readonly faults: readonly [] }
  | { readonly script: null; readonly faults: readonly ScriptFault[] };

/**
 * Reads a Sieve script (RFC 5228) and checks it whole: grammar, arguments, what it requires. A fault of the grammar ends
 * the reading, of the others all are told. Never throws; linear in the script's length.
 */
export function parseScript(text: string): ParsedScript {
  const start = { line: 1, column: 1 };
  if (Buffer.byteLength(text) > scriptLimits.octets) {
    return refused([{ ...start, text: `a script has at most ${scriptLimits.octets} octets` }]);
  }
  try {
    const { clauses, extensions, faults } = validate(clausesOf(text.replace(/^\ufeff/, '')));
    return faults.length > 0 ? refused(faults) : { script: { clauses, extensions }, faults: [] };
  } catch (error) {
    if (error instanceof SyntaxFault) return refused([error.fault]);
    throw error;
  }
}

/** `parseScript` of octets, which must be UTF-8 (RFC 5228 §2.1). */
export function parseScriptOctets(octets: Uint8Array): ParsedScript {
  if (octets.byteLength > scriptLimits.octets) return parseScript('x'.repeat(scriptLimits.octets + 1));
  try {
    return parseScript(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return refused([{ line: lineOfBadOctet(octets), column: 1, text: 'here are octets that are not UTF-8' }]);
  }
}

function refused(faults: readonly ScriptFault[]): ParsedScript {
  return { script: null, faults: faults.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

function lineOfBadOctet(octets: Uint8Array): number {
  const text = new TextDecoder('utf-8').decode(octets);
  // A replacement character that is written as such is told as the place; the fault is in the script all the same.
  return text.slice(0, Math.max(0, text.indexOf('\ufffd'))).split('\n').length;
}
