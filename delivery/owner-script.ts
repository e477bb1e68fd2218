import type { Message } from './message/shape.ts';
import { roleOfAttribute, type ScriptedTags, scriptTags } from './script-tags.ts';
import { runFailures, type ScriptContext, type ScriptInput } from './sieve/run.ts';
import { runScript } from './sieve/run-script.ts';
import type { ScriptOutcome } from './sieve/shape.ts';
import type { OwnerWork, Work } from './stage-table.ts';
import type { TagName } from './store/store.ts';
import { tagOfPath, tagOfRole } from './tag-paths.ts';
import type { TagFindings } from './tags/findings.ts';

/** What the owner's active Sieve script makes of what was decided; the same again where none is active. */
export function decideByScript(
  before: TagFindings,
  { work, owner }: { readonly work: Work; readonly owner: OwnerWork },
  { settings }: { readonly settings: { readonly hostname: string } },
): ScriptedTags {
  const { account, context, script: active } = owner;
  if (!account || !active) return { tags: before, wanted: [] };
  const { tags } = context;
  // Without the tags nobody knows where it files mail: the script alone fails.
  if (!tags) return scriptTags(before, failed(runFailures.tags), []);
  const outcome = active.script
    ? runScript(
        active.script,
        inputOf(work, owner),
        contextOf(tags, { work, owner, hostname: settings.hostname }),
      )
    : failed(active.fault ?? '');
  return scriptTags(before, outcome, tags);
}

function failed(text: string): ScriptOutcome {
  return { actions: [], failure: { line: 0, text }, trace: [] };
}

function inputOf({ message, arrival }: Work, { content, forwardPath }: OwnerWork): ScriptInput {
  return {
    message: content ? openedMessage(message, content) : message,
    sizeOctets: arrival.raw.byteLength,
    envelope: { reversePath: arrival.reversePath, forwardPath },
  };
}

/** Fields of what was encrypted that stand for those outside; who wrote was checked by the fields outside alone. */
const innerFields = /^(?:subject|comments|keywords|content-.*)$/i;

/** What was encrypted, below the header that it came with. */
function openedMessage(outer: Message, content: Message): Message {
  const inner = content.root.fields.filter(({ name }) => innerFields.test(name));
  const names = new Set(inner.map(({ name }) => name.toLowerCase()));
  const others = outer.root.fields.filter(({ name }) => !names.has(name.toLowerCase()));
  return { ...content, root: { ...content.root, fields: [...others, ...inner] } };
}

function contextOf(
  tags: readonly TagName[],
  { work, owner, hostname }: { readonly work: Work; readonly owner: OwnerWork; readonly hostname: string },
): ScriptContext {
  const { session, receivedAt } = work.arrival;
  return {
    now: receivedAt,
    localOffsetMinutes: at => -at.getTimezoneOffset(),
    mailboxExists: name => tagOfPath(name, tags) !== null,
    hasSpecialUse(name, attribute) {
      const role = roleOfAttribute(attribute);
      if (role === null) return false;
      return name === null ? tagOfRole(role, tags) !== null : tagOfPath(name, tags)?.role === role;
    },
    spamProbability: owner.score?.score ?? null,
    environment: {
      ...{ name: 'Caliopen', location: 'MDA', phase: 'during', host: hostname },
      domain: hostname.slice(hostname.indexOf('.') + 1),
      ...(session.remoteAddress === null ? {} : { 'remote-ip': session.remoteAddress }),
      ...(session.remoteName === null ? {} : { 'remote-host': session.remoteName }),
    },
  };
}
