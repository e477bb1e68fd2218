import { runCommands } from './commands.ts';
import { Run, RunFailure, runFailures, type ScriptContext, type ScriptInput } from './run.ts';
import type { Script, ScriptOutcome } from './shape.ts';

/**
 * Runs a script on a message (RFC 5228): what it decides, in its order. A run that can't go on decides nothing but the
 * implicit keep. Pure and never throws; takes some tenths of a second of CPU at most, whatever script and message hold.
 */
export function runScript(script: Script, input: ScriptInput, context: ScriptContext): ScriptOutcome {
  const run = new Run(script, input, context);
  try {
    runCommands(script.clauses, run);
  } catch (error) {
    const text = error instanceof RunFailure ? error.message : runFailures.broken;
    return {
      actions: [{ kind: 'keep', flags: [], line: null }],
      failure: { line: run.line, text },
      trace: run.trace,
    };
  }
  const { actions, keepsImplicitly, flags, trace } = run;
  return {
    actions: keepsImplicitly ? [...actions, { kind: 'keep', flags, line: null }] : actions,
    failure: null,
    trace,
  };
}
