import type { Command } from 'commander';
import { featureClasses } from '../delivery/spam/classes.ts';
import type { CommandContext } from './command.ts';
import { classify } from './spam/classify.ts';
import { evaluate } from './spam/evaluate.ts';
import { learnFolders, unlearnFolders } from './spam/learn.ts';

const classes = featureClasses.join(', ');
const paths = 'messages, mailbox files (mbox) or folders of these, Maildirs too';

const learning = `
Whatever their order, the messages are gone over five times in each of three orders, and the mean is kept; more changes
nothing of note, so there is no number of passes to give. Messages that are known already change nothing.

Learning makes what was learned before weigh less: half after a year, by calendar months (UTC). Nothing fades while
nothing is learned, and the shipped prior never does.`;

/** `caliopen spam learn|unlearn|classify|evaluate`: needs no account and no server. */
export function register(program: Command, context: CommandContext): void {
  const spam = program.command('spam').description('teach and try the spam classifier');
  withModelOptions(spam.command('learn'))
    .description('learn messages; a running instance judges by them at once')
    .option('--ham <path...>', `wanted messages: ${paths}`)
    .option('--spam <path...>', 'unwanted messages')
    .addHelpText('after', learning)
    .action(options => learnFolders(context, options));
  withModelOptions(spam.command('unlearn'))
    .description('take back what was learned of messages')
    .option('--ham <path...>', `messages that were learned as wanted: ${paths}`)
    .option('--spam <path...>', 'messages that were learned as unwanted')
    .action(options => unlearnFolders(context, options));
  withModelOptions(spam.command('classify <path...>'))
    .description('print a verdict for each message, one JSON object a line')
    .action((asked: string[], options) => classify(context, asked, options));
  withModelOptions(spam.command('evaluate'))
    .description('try the classifier on your own mail: how much would be lost and missed; learns nothing')
    .requiredOption('--ham <path...>', `wanted messages: ${paths}`)
    .requiredOption('--spam <path...>', 'unwanted messages')
    .option('--folds <number>', 'parts, each judged by what was learned from the others', '5')
    .option('--threshold <probability>', 'judge by this one (default: spam.junkAt)')
    .option(
      '--max-lost <share>',
      'find the spam.junkAt that loses no more wanted mail than this, such as 0.1%',
    )
    .option('--with-model', "judge by the instance's model as it is, and learn nothing from these messages")
    .option('--sample <number>', 'read so many messages at most, picked evenly', '20000')
    .action(options => evaluate(context, options));
}

function withModelOptions(command: Command): Command {
  return command
    .option('--only <classes>', `leave everything else out: ${classes}`)
    .option('--no-prior', 'start from nothing, leave the shipped prior out');
}
