import type { Command } from 'commander';
import { closestWord } from '../delivery/closest-word.ts';
import { DeliveryError } from '../delivery/errors.ts';
import { checkFacts, computeIndex } from '../delivery/privacy/index.ts';
import { type Subject, subjects } from '../delivery/privacy/shape.ts';
import { indexWords } from '../delivery/privacy/words.ts';
import type { CommandContext } from './command.ts';
import { readLine } from './output.ts';

const help = `
Reads one JSON object from standard input: its keys are fact ids, its values those of the privacy index.
A missing key is unknown. A discussion takes {"messages": [facts, newest first], "marked": [positions from 0]}.

  echo '{"encryption": "none", "lastHop": "modern"}' | caliopen index message
`;

/** `caliopen index SUBJECT < facts.json`: the privacy index of given facts as JSON; needs no store. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('index [subject]')
    .description(`print the privacy index for given facts (${subjects.join(', ')}) as JSON`)
    .option('--words', 'print the names and sentences of the index in all languages instead')
    .addHelpText('after', help)
    .action(async (subject: string | undefined, options: { words?: boolean }) => {
      const printed = options.words ? indexWords() : await indexOf(subject, context.stdin);
      context.stdout.write(`${JSON.stringify(printed, null, context.json() ? 0 : 2)}\n`);
    });
}

async function indexOf(word: string | undefined, stdin: NodeJS.ReadableStream): Promise<unknown> {
  const subject = subjectOf(word);
  return computeIndex(subject, checkFacts(subject, readJson(await readLine(stdin))));
}

function subjectOf(word = ''): Subject {
  const subject = subjects.find(known => known === word);
  if (subject !== undefined) return subject;
  const near = closestWord(word, subjects);
  const what = word === '' ? 'a subject is missing' : `unknown subject "${word}"`;
  const hint = near === null ? '' : `, did you mean "${near}"?`;
  throw new DeliveryError('badInput', `${what}${hint}; subjects: ${subjects.join(', ')}`);
}

function readJson(text: string): unknown {
  if (text.trim() === '')
    throw new DeliveryError('badInput', 'standard input is empty; it must hold one JSON object');
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new DeliveryError(
      'badInput',
      `standard input is not JSON: ${error instanceof Error ? error.message : error}`,
      {
        cause: error,
      },
    );
  }
}
