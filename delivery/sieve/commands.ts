import { isMailboxName } from './checks.ts';
import { flagChanges, flagsOf } from './flags.ts';
import { modified } from './modifiers.ts';
import { type Run, RunFailure } from './run.ts';
import type { Clause } from './shape.ts';
import { holdsTest } from './tests.ts';

/** Runs commands one behind the other until the run is stopped. */
export function runCommands(clauses: readonly Clause[], run: Run): void {
  /** Whether a branch of the `if` that stands before was taken. */
  let isDone = false;
  for (const clause of clauses) {
    if (run.isStopped) return;
    run.line = clause.line;
    run.spend(1);
    if (clause.name === 'if') isDone = false;
    if (isBranch(clause)) {
      if (isDone || !clause.tests.every(test => holdsTest(test, run))) continue;
      isDone = true;
      runCommands(clause.block, run);
      continue;
    }
    run.step({ name: clause.name, result: null }, clause.line);
    const command = commands[clause.name];
    // A script with an unknown command is none.
    if (!command) throw new Error('an unknown command was let through');
    command(clause, run);
  }
}

function isBranch({ name }: Clause): boolean {
  return name === 'if' || name === 'elsif' || name === 'else';
}

const commands: Readonly<Record<string, (clause: Clause, run: Run) => void>> = {
  stop: (_clause, run) => {
    run.isStopped = true;
  },
  keep: (clause, run) => {
    run.keepsImplicitly = false;
    run.act({ kind: 'keep', flags: flagsFor(clause, run), line: clause.line });
  },
  discard: (clause, run) => {
    run.keepsImplicitly = false;
    run.act({ kind: 'discard', line: clause.line });
  },
  fileinto,
  setflag: changeFlags,
  addflag: changeFlags,
  removeflag: changeFlags,
  set: ({ positional: [name, value], tags }, run) =>
    run.setVariable(run.string(name), modified(run.string(value), tags)),
};

function fileinto(clause: Clause, run: Run): void {
  const { tags, line } = clause;
  const mailbox = run.string(clause.positional[0]);
  if (!isMailboxName(mailbox)) throw new RunFailure('mailbox');
  if (!tags.has('copy')) run.keepsImplicitly = false;
  run.act({
    kind: 'fileinto',
    mailbox,
    specialUse: tags.has('specialuse') ? run.string(tags.get('specialuse')) : null,
    create: tags.has('create'),
    flags: flagsFor(clause, run),
    line,
  });
}

/** Those of `:flags`, else the internal variable's (RFC 5232 §5). */
function flagsFor({ tags }: Clause, run: Run): readonly string[] {
  return tags.has('flags') ? flagsOf(run.strings(tags.get('flags'))) : run.flags;
}

function changeFlags({ name, positional: [variable, given] }: Clause, run: Run): void {
  const change = flagChanges[name as keyof typeof flagChanges];
  const texts = run.strings(given);
  run.spend(texts.reduce((sum, text) => sum + text.length, 0));
  if (variable === undefined) run.flags = change(run.flags, texts);
  else {
    const key = run.string(variable);
    run.setVariable(key, change([run.variable(key)], texts).join(' '));
  }
}
