import { parseMessage } from '../../delivery/message/message.ts';
import { scoreMessage } from '../../delivery/spam/score.ts';
import type { CommandContext } from '../command.ts';
import { listed, octetsOf } from './messages.ts';
import { classesOf, type ModelOptions, modelFor } from './model-options.ts';

/** Prints a verdict for each message, one JSON object a line: `path`, `verdict` (`ham`, `spam`), `score`. */
export function classify(context: CommandContext, paths: readonly string[], options: ModelOptions): void {
  const only = classesOf(options);
  const files = listed(paths);
  const settings = context.config();
  const model = modelFor(settings.data, options);
  const [junkAt, rejectAt] = [settings['spam.junkAt'], 1];
  for (const file of files) {
    const raw = octetsOf(context, file);
    if (!raw) continue;
    const message = parseMessage(raw);
    const found = scoreMessage({
      message,
      authentication: null,
      knownSender: false,
      model,
      junkAt,
      rejectAt,
      only,
    });
    const verdict = found.verdict === 'spam' ? 'spam' : 'ham';
    context.stdout.write(`${JSON.stringify({ path: file.path, verdict, score: found.score })}\n`);
  }
}
