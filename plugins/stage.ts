import type { Assessment, OwnerAssessment } from '../delivery/pipeline.ts';
import { type StageName, stageNames } from '../delivery/stages.ts';
import { closeDoor, declaredPlugins, declarePlugin, isLineMode, openContext, startDoor } from './context.ts';
import { guard } from './hook.ts';
import { doorNotes } from './notes.ts';
import { arrivalOf } from './session.ts';

/** How a stage shows what it found when it works alone in somebody else's Haraka. */
export interface StageDisplay {
  /** The part of `X-Caliopen-…` that names the stage. */
  readonly field: string;
  /** For `transaction.results`; null when the stage failed. */
  results(owner: OwnerAssessment): Record<string, unknown> | null;
  /** One line of printable ASCII for the header field. */
  summary(owner: OwnerAssessment): string;
}

/** What a stage needs from others to say anything: with `score` alone in the list, `authenticate` still runs for it. */
const needs: Readonly<Record<StageName, readonly StageName[]>> = {
  authenticate: [],
  decrypt: [],
  score: ['authenticate'],
  privacy: ['authenticate', 'decrypt'],
  tag: ['authenticate', 'score'],
};

/**
 * The hooks of a stage's plugin. With our `deliver` in the list (line mode) it only enlists the stage, which then
 * runs for each owner; without it (alone) it judges for the instance and leaves the message to others' queues.
 */
export function stagePlugin(stage: StageName, display: StageDisplay) {
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
      if (!isLineMode()) await judgeAlone(this, connection, display);
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
  plugin: HarakaPlugin,
  connection: HarakaConnection,
  display: StageDisplay,
): Promise<void> {
  const { transaction } = connection;
  if (!transaction) return;
  const notes = doorNotes(transaction);
  if (!notes.assessment) {
    removeForeignFields(transaction);
    notes.assessment = assess(connection, transaction);
  }
  const [owner] = (await notes.assessment).owners;
  const results = owner && display.results(owner);
  if (!owner || !results) {
    transaction.results.add(plugin, { err: 'the stage failed, see the log' });
    return;
  }
  transaction.results.add(plugin, results);
  transaction.add_header(`X-Caliopen-${display.field}`, oneLine(display.summary(owner)));
}

async function assess(connection: HarakaConnection, transaction: HarakaTransaction): Promise<Assessment> {
  const { line } = await openContext();
  const octets = Buffer.concat(doorNotes(transaction).lines ?? []);
  const arrival = arrivalOf(connection, transaction, { octets, recipients: [], receivedAt: new Date() });
  return line.assess(arrival, { stages: wantedStages() });
}

function wantedStages(): StageName[] {
  const declared = declaredPlugins();
  const asked = stageNames.filter(stage => declared.has(stage));
  const wanted = new Set(asked.flatMap(stage => [stage, ...needs[stage]]));
  return stageNames.filter(stage => wanted.has(stage));
}

/** A sender must not be able to speak in our name. */
function removeForeignFields(transaction: HarakaTransaction): void {
  const names = transaction.header.header_list.map(field => field.slice(0, Math.max(0, field.indexOf(':'))));
  for (const name of new Set(names)) {
    if (/^x-caliopen-/i.test(name)) transaction.remove_header(name);
  }
}

function oneLine(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, '?').slice(0, 900);
}
