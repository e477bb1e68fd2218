import { instanceField, isInOurName, withNeeded } from '../delivery/instance-fields.ts';
import type { Assessment, OwnerAssessment } from '../delivery/pipeline.ts';
import { type StageName, stageNames } from '../delivery/stages.ts';
import { closeDoor, declaredPlugins, declarePlugin, isLineMode, openContext, startDoor } from './context.ts';
import { guard } from './hook.ts';
import { doorNotes } from './notes.ts';
import { arrivalOf } from './session.ts';

/**
 * What a stage found, for `transaction.results`, when it works alone in somebody else's Haraka; null when the stage
 * failed.
 */
type StageResults = (owner: OwnerAssessment) => Record<string, unknown> | null;

/** What a stage alone tells Haraka besides. */
type Tell = (owner: OwnerAssessment, connection: HarakaConnection) => void;

/**
 * The hooks of a stage's plugin. With our `deliver` in the list (line mode) it only enlists the stage, which then
 * runs for each owner; without it (alone) it judges for the instance and leaves the message to others' queues.
 */
export function stagePlugin(stage: StageName, resultsOf: StageResults, tell: Tell = () => {}) {
  return {
    register(this: HarakaPlugin): void {
      declarePlugin(stage, this);
    },
    hook_init_master: guard<HarakaServer>(server => startDoor(server).then(() => undefined)),
    hook_init_child: guard<HarakaServer>(server => startDoor(server).then(() => undefined)),
    hook_data: guard(({ transaction }) => {
      if (!transaction) return undefined;
      if (isLineMode()) doorNotes(transaction).stages.push(stage);
      else copyLines(transaction);
      return undefined;
    }),
    hook_data_post: guard(async function (connection) {
      if (!isLineMode()) await judgeAlone({ stage, plugin: this, resultsOf, tell }, connection);
      return undefined;
    }),
    shutdown(): void {
      void closeDoor();
    },
  };
}

/** Keeps the peer's lines as they come: Haraka parses and rewrites the header later. */
function copyLines(transaction: HarakaTransaction): void {
  const notes = doorNotes(transaction);
  if (notes.lines) return;
  const lines: Buffer[] = [];
  notes.lines = lines;
  const add = transaction.add_data;
  transaction.add_data = line => {
    lines.push(line[0] === 0x2e ? line.subarray(1) : line);
    add.call(transaction, line);
  };
}

async function judgeAlone(
  {
    stage,
    plugin,
    resultsOf,
    tell,
  }: { stage: StageName; plugin: HarakaPlugin; resultsOf: StageResults; tell: Tell },
  connection: HarakaConnection,
): Promise<void> {
  const { transaction } = connection;
  if (!transaction) return;
  const notes = doorNotes(transaction);
  if (!notes.assessment) {
    removeForeignFields(transaction);
    notes.assessment = assess(connection, transaction);
  }
  const [owner] = (await notes.assessment).owners;
  const results = owner && resultsOf(owner);
  if (!owner || !results) {
    transaction.results.add(plugin, { err: 'the stage failed, see the log' });
    return;
  }
  transaction.results.add(plugin, results);
  const { name, value } = instanceField(stage, owner);
  transaction.add_header(name, value);
  tell(owner, connection);
}

async function assess(connection: HarakaConnection, transaction: HarakaTransaction): Promise<Assessment> {
  const { line } = await openContext();
  const octets = Buffer.concat(doorNotes(transaction).lines ?? []);
  const arrival = arrivalOf(connection, transaction, { octets, recipients: [], receivedAt: new Date() });
  return line.assess(arrival, { stages: wantedStages() });
}

function wantedStages(): StageName[] {
  const declared = declaredPlugins();
  return withNeeded(stageNames.filter(stage => declared.has(stage)));
}

/** A sender must not be able to speak in our name. */
function removeForeignFields(transaction: HarakaTransaction): void {
  const names = transaction.header.header_list.map(field => field.slice(0, Math.max(0, field.indexOf(':'))));
  for (const name of new Set(names)) {
    if (isInOurName(name)) transaction.remove_header(name);
  }
}
